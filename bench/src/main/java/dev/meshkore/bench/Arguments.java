package dev.meshkore.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads the command line.
final class Arguments {
  static final List<String> SCENARIOS =
      List.of(
          "ws",
          "rest",
          "channel",
          "idle",
          "catchup",
          "doors",
          "signed",
          "pay",
          "start",
          "proofs",
          "stored",
          "discover");

  static final String HELP =
      """
      Usage: bench [SCENARIO...] [OPTIONS]

      Measures a hub beside this process on the same machine. Without --url it starts a hub of its
      own in a new folder for each scenario, and stops only that one.

      Scenarios (default: ws; all: every one but proofs, stored and discover)
        ws        agent to hub to disk to agent over WebSocket
        rest      POST /send on connections that are kept alive
        channel   one send to a channel, until the last member has it
        idle      memory of idle WebSocket agents
        catchup   reading a full inbox, by WebSocket and by polling
        doors     a message by MCP and A2A beside POST /send; inbox and hook with 10,000 waiting
        signed    POST /send with a token, signed by RFC 9421 and by NIP-98, in turns
        pay       a message, a payment, and one under a mandate, in turns
        start     from the start of the process until GET /ready answers 200
        proofs    proofs of the audit log of millions of stored messages
        stored    send and poll against millions of stored messages, and against none
        discover  POST /discover among many agents, or with --labelled how often it is right
        report    runs nothing; writes the page from --from

      A hub
        --url URL               a running hub (with --admin-key-file; its rate limit has to be off)
        --admin-key-file FILE   holds its admin key
        --pid PID               its process, to measure what it uses
        --java-options OPTIONS  options for the Java of an own hub
        --aot FILE              start: measures with this AOT cache too
        --no-hub                ws: only the peers
        --peers LIST            ws: redis, nats, rabbitmq do the same work

      Size
        --runs N                measurements of each shape (5)
        --seconds N             time of each (5)
        --warm-up N             seconds before the first (5)
        --bytes N               bytes of a payload (400)
        --shapes LIST           ws: senders x window, or a rate (64x1,64x16,1000x4,20000/s)
        --topology ring|random  ws: who sends to whom (ring)
        --connections N         rest, doors, signed, pay: connections (256)
        --members N             channel: members (1000)
        --idle N                idle: agents (10000)
        --catchup N             catchup: messages in the inbox (100000)
        --stored N              stored, proofs: messages (10000000)
        --agents N              stored, discover: agents (100000); proofs: 1000 at most
        --labelled FOLDER       discover: asks what is in its queries-dev.jsonl (query, agent_id)
                                for the agents of its agents.jsonl (agent_id, description)

      Results
        --json FILE             writes the results
        --markdown FILE         writes the results as a page; its part from `## Notes` on stays
        --from FILES            reads results of earlier runs for the page
        --data FOLDER           where data goes (the folder for temporary files)
        --help                  shows this
      """;

  private static final Set<String> SWITCHES = Set.of("--help", "--no-hub");
  private static final Set<String> VALUES =
      Set.of(
          "--url",
          "--admin-key-file",
          "--pid",
          "--java-options",
          "--aot",
          "--peers",
          "--runs",
          "--seconds",
          "--warm-up",
          "--bytes",
          "--shapes",
          "--topology",
          "--connections",
          "--members",
          "--idle",
          "--catchup",
          "--stored",
          "--agents",
          "--labelled",
          "--json",
          "--markdown",
          "--from",
          "--data");

  private final Map<String, String> given = new LinkedHashMap<>();
  private final List<String> scenarios = new ArrayList<>();

  private Arguments() {}

  static boolean asksForHelp(String[] arguments) {
    return List.of(arguments).contains("--help") || List.of(arguments).contains("-h");
  }

  /// Reads what was asked for, or says which part cannot be read.
  static BenchOptions parse(String... arguments) {
    Arguments parsed = new Arguments();
    for (int i = 0; i < arguments.length; i++) {
      String word = arguments[i];
      int equals = word.indexOf('=');
      if (word.startsWith("--") && equals > 0) {
        parsed.put(word.substring(0, equals), word.substring(equals + 1));
      } else if (SWITCHES.contains(word)) {
        parsed.given.put(word, "");
      } else if (word.startsWith("-")) {
        if (i + 1 == arguments.length) {
          throw new UsageFailure(word + (VALUES.contains(word) ? " needs a value" : " is unknown"));
        }
        parsed.put(word, arguments[++i]);
      } else {
        parsed.scenario(word);
      }
    }
    return parsed.options();
  }

  private void put(String name, String value) {
    if (!VALUES.contains(name)) {
      throw new UsageFailure(name + " is unknown; --help lists the options");
    }
    given.put(name, value);
  }

  private void scenario(String word) {
    switch (word) {
      case "all" -> scenarios.addAll(SCENARIOS.subList(0, SCENARIOS.indexOf("proofs")));
      case "report" -> scenarios.add(word);
      default -> {
        if (!SCENARIOS.contains(word)) {
          throw new UsageFailure(
              "there is no scenario " + word + "; there are " + String.join(", ", SCENARIOS));
        }
        scenarios.add(word);
      }
    }
  }

  private BenchOptions options() {
    if (given.containsKey("--url") != given.containsKey("--admin-key-file")) {
      throw new UsageFailure("--url and --admin-key-file belong together");
    }
    boolean report = scenarios.contains("report");
    List<String> wanted = scenarios.isEmpty() ? List.of("ws") : scenarios;
    return new BenchOptions(
        report ? List.of() : wanted,
        list("--peers", ""),
        !given.containsKey("--no-hub"),
        given.get("--url"),
        path("--admin-key-file"),
        number("--pid", 0, 0, Integer.MAX_VALUE),
        path("--json"),
        path("--markdown"),
        list("--from", "").stream().map(Path::of).toList(),
        Path.of(given.getOrDefault("--data", System.getProperty("java.io.tmpdir"))),
        list("--java-options", "", " +"),
        path("--aot"),
        number("--runs", 5, 1, 1_000),
        Duration.ofSeconds(number("--seconds", 5, 1, 3_600)),
        Duration.ofSeconds(number("--warm-up", 5, 0, 3_600)),
        number("--bytes", 400, Payload.BYTES_MIN, 262_144),
        topologyName(),
        list("--shapes", "64x1,64x16,1000x4,20000/s").stream().map(Shape::parse).toList(),
        number("--connections", 256, 1, 20_000),
        number("--members", 1_000, 2, 20_000),
        number("--idle", 10_000, 1, 1_000_000),
        number("--catchup", 100_000, 1, 10_000_000),
        number("--stored", 10_000_000, 1, 1_000_000_000),
        number("--agents", 100_000, 64, 5_000_000),
        path("--labelled"));
  }

  private String topologyName() {
    String name = given.getOrDefault("--topology", "ring");
    if (!Topology.NAMES.contains(name)) {
      throw new UsageFailure("--topology is ring or random, not " + name);
    }
    return name;
  }

  private @Nullable Path path(String name) {
    String value = given.get(name);
    return value == null ? null : Path.of(value);
  }

  private List<String> list(String name, String otherwise) {
    return list(name, otherwise, ",");
  }

  private List<String> list(String name, String otherwise, String separator) {
    return List.of(given.getOrDefault(name, otherwise).split(separator)).stream()
        .map(String::strip)
        .filter(word -> !word.isEmpty())
        .toList();
  }

  private int number(String name, int otherwise, int least, int most) {
    String value = given.get(name);
    if (value == null) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // Told below, as a number out of range is.
    }
    throw new UsageFailure(
        String.format(Locale.ROOT, "%s is a number from %,d to %,d", name, least, most));
  }
}
