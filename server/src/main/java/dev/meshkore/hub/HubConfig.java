package dev.meshkore.hub;

import dev.meshkore.hub.chain.ChainSettings;
import dev.meshkore.hub.guard.GuardSettings;
import dev.meshkore.hub.identity.OpenDoor;
import dev.meshkore.hub.intent.IntentSettings;
import dev.meshkore.hub.jobs.JobSettings;
import dev.meshkore.hub.meaning.MeaningSettings;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Channels;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.witness.WitnessSettings;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;

/// Every setting of a hub. Each can be an option of the command line (`--port 4770`), a variable
/// (`MESHKORE_PORT`), or a line in a properties file (`port=4770`); the first of these wins.
///
/// @param host the address to listen on
/// @param port the port to listen on; 0 takes any free one
/// @param data the folder that holds all the hub keeps
/// @param database where the tables are
/// @param publicUrl how agents reach the hub, if not by host and port
/// @param open whether an unknown id may register with the key it brings, and how many may
/// @param ratePerMinute messages a minute for each agent; 0 for no limit
/// @param payloadBytesMax the largest payload
/// @param unreadMax the most unread messages an inbox may hold
/// @param channelMembersMax the most members a channel may have
/// @param openMax the most polls, sessions and streams that an agent may hold open; 0 for no limit
/// @param tasksKept how long A2A tasks that have ended are kept; zero is for ever
/// @param agentInvites whether agents may invite others
/// @param outboundPrivate whether addresses that agents name may be of private networks
/// @param guard limits on how agents behave
/// @param dnsServers the name servers that are asked about domains; none for the machine's own
/// @param search whether messages can be found by their words
/// @param meaning how agents and services are found by meaning
/// @param intent which language model reads requests in plain words, if any does
/// @param witness who witnesses this hub's audit log, and whose logs it witnesses
/// @param x402Chain the chain's number in payments that are signed for the hub's ledger
/// @param jobs fees of jobs, and from when on there is escrow
/// @param chain on which chain payments are settled, if on any
/// @param gitHubApi where GitHub answers programs
/// @param probePort a port of its own for health, readiness and metrics; 0 for none
public record HubConfig(
    String host,
    int port,
    Path data,
    DatabaseUrl database,
    Optional<String> publicUrl,
    OpenDoor open,
    int ratePerMinute,
    int payloadBytesMax,
    int unreadMax,
    int channelMembersMax,
    int openMax,
    Duration tasksKept,
    boolean agentInvites,
    boolean outboundPrivate,
    GuardSettings guard,
    List<InetSocketAddress> dnsServers,
    boolean search,
    MeaningSettings meaning,
    IntentSettings intent,
    WitnessSettings witness,
    long x402Chain,
    JobSettings jobs,
    ChainSettings chain,
    String gitHubApi,
    int probePort) {

  /// One setting, as help and documentation show it.
  ///
  /// @param name as an option and in the file
  /// @param fallback the value where none is given
  /// @param description one sentence
  public record Setting(String name, String fallback, String description) {
    /// Its name among the variables.
    public String variable() {
      return PREFIX + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }
  }

  /// Settings that are not accepted, all of them at once.
  public static final class Mistakes extends RuntimeException {
    private final transient List<String> mistakes;

    Mistakes(List<String> mistakes) {
      super(String.join("\n", mistakes), null, false, false);
      this.mistakes = List.copyOf(mistakes);
    }

    /// One sentence for each mistake, with the setting's name and value.
    public List<String> mistakes() {
      return mistakes;
    }
  }

  private static final String PREFIX = "MESHKORE_";

  /// Variables of the same prefix that the launcher, the command line and assistants read.
  private static final Set<String> OTHER_VARIABLES =
      Set.of(
          "MESHKORE_JAVA",
          "MESHKORE_JAVA_FOLDERS",
          "MESHKORE_JAVA_OPTIONS",
          "MESHKORE_JAR",
          "MESHKORE_HOME",
          "MESHKORE_CONFIG",
          "MESHKORE_TOKEN",
          "MESHKORE_URL");

  /// Every setting, in the order of the documentation.
  public static List<Setting> settings() {
    return HubSettings.ALL;
  }

  /// Reads the settings. The option or variable `config` names a properties file.
  ///
  /// @throws Mistakes when any is unknown or wrong
  public static HubConfig read(Map<String, String> options, Map<String, String> environment) {
    return new Reading(options, environment).read();
  }

  /// How the hub is reached when it listens on this port.
  public String url(int boundPort) {
    String name = host.contains(":") ? "[" + host + "]" : host;
    String reachable = Set.of("0.0.0.0", "[::]").contains(name) ? "127.0.0.1" : name;
    return publicUrl.orElse("http://" + reachable + ":" + boundPort);
  }

  /// The name of the audit log, where the hub has a public one.
  String auditName() {
    return publicUrl.map(url -> url.replaceFirst("^https?://", "")).orElse("");
  }

  Relay.Limits relayLimits() {
    return new Relay.Limits(payloadBytesMax, unreadMax, channelMembersMax);
  }

  /// One pass over all sources that gathers every mistake.
  private static final class Reading {
    private final Map<String, String> values = new HashMap<>();
    private final List<String> mistakes = new ArrayList<>();
    private final Set<String> names =
        HubSettings.ALL.stream().map(Setting::name).collect(Collectors.toSet());

    Reading(Map<String, String> options, Map<String, String> environment) {
      HubSettings.ALL.forEach(setting -> values.put(setting.name(), setting.fallback()));
      Optional.ofNullable(options.getOrDefault("config", environment.get("MESHKORE_CONFIG")))
          .ifPresent(this::readFile);
      environment.forEach(this::readVariable);
      options.forEach((name, value) -> {
        if (!name.equals("config")) {
          put("--" + name, name, value);
        }
      });
    }

    private void readFile(String file) {
      var properties = new Properties();
      try (Reader in = Files.newBufferedReader(Path.of(file), StandardCharsets.UTF_8)) {
        properties.load(in);
      } catch (IOException | IllegalArgumentException _) {
        mistakes.add("config=" + file + ": the file cannot be read");
      }
      properties
          .stringPropertyNames()
          .forEach(name -> put(file + ": " + name, name, properties.getProperty(name)));
    }

    private void readVariable(String variable, String value) {
      boolean isSetting = variable.startsWith(PREFIX) && !OTHER_VARIABLES.contains(variable);
      if (isSetting && !value.isBlank()) {
        String name =
            variable.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        put(variable, name, value);
      }
    }

    private void put(String source, String name, String value) {
      if (names.contains(name)) {
        values.put(name, value.strip());
      } else {
        mistakes.add(source + ": there is no setting of this name");
      }
    }

    HubConfig read() {
      Path data = Path.of(value("data"));
      int ratePerMinute = number("rate-per-minute", 0, 10_000_000);
      var config =
          new HubConfig(
              value("host"),
              number("port", 0, 65_535),
              data,
              database(data),
              address("public-url"),
              new OpenDoor(flag("open"), number("open-joins-per-hour", 0, 10_000_000)),
              ratePerMinute,
              number("payload-bytes-max", 1_024, 16 << 20),
              number("unread-max", 1, Integer.MAX_VALUE),
              number("channel-members-max", 1, Channels.MEMBERS_MOST),
              number("open-max", 0, 1_000_000),
              Duration.ofDays(number("task-days", 0, 36_500)),
              flag("agent-invites"),
              flag("outbound-private"),
              guard(ratePerMinute),
              dnsServers(),
              flag("search"),
              meaning(),
              IntentSettings.read(this::value, mistakes::add),
              WitnessSettings.read(value("witnesses"), value("witness-logs"), mistakes::add),
              number("x402-chain", 1, Integer.MAX_VALUE),
              jobs(),
              ChainSettings.read(this::value, data, mistakes::add),
              address("github-api").orElse(""),
              number("probe-port", 0, 65_535));
      boolean anywhere = flag("open-anywhere");
      if (config.open().isOpen() && !anywhere && !isLoopback(config.host())) {
        mistakes.add(
            "open=true with host="
                + config.host()
                + ": an open hub listens on loopback only; open-anywhere=true allows more");
      }
      if (config.chain().isOnChain(config.x402Chain())) {
        mistakes.add(
            "x402-chain="
                + config.x402Chain()
                + ": must be another number than that of evm-chain, or payers take one for the"
                + " other");
      }
      if (!mistakes.isEmpty()) {
        throw new Mistakes(mistakes);
      }
      return config;
    }

    private GuardSettings guard(int ratePerMinute) {
      int most = 10_000_000;
      return new GuardSettings(
          ratePerMinute,
          number("pair-rate-per-minute", 0, most),
          number("breaker-turns", -1, most),
          number("breaker-repeats", -1, most),
          number("breaker-recipients", -1, most),
          number("breaker-refusals", -1, most),
          number("breaker-depth", -1, 1_000),
          number("breaker-breadth", -1, 1_000),
          number("breaker-owner-messages", 0, most),
          number("breaker-hub-messages", 0, most),
          number("breaker-hub-refusals", 0, most),
          number("breaker-payments", -1, most),
          number("breaker-spike", -1, most),
          number("approvals-kept-days", 1, 36_500));
    }

    private JobSettings jobs() {
      Money above = JobSettings.NO_ESCROW_UP_TO;
      try {
        above = Money.parse("escrow-above", Asset.CREDIT, value("escrow-above"));
      } catch (Refused refused) {
        mistakes.add("escrow-above=" + value("escrow-above") + ": " + refused.getMessage());
      }
      return new JobSettings(
          above.atoms(), number("transaction-fee-bps", 200, 500), number("escrow-fee-bps", 0, 500));
    }

    private MeaningSettings meaning() {
      String url = address("embeddings-url").orElse("");
      if (url.isEmpty() != value("embeddings-model").isEmpty()) {
        mistakes.add("embeddings-url and embeddings-model go together");
      }
      String key = value("embeddings-key");
      String file = value("embeddings-key-file");
      try {
        if (!file.isEmpty()) {
          key = Files.readString(Path.of(file)).lines().findFirst().orElse("").strip();
        }
      } catch (IOException | IllegalArgumentException _) {
        mistakes.add("embeddings-key-file=" + file + ": the file cannot be read");
      }
      return new MeaningSettings(flag("meaning"), url, value("embeddings-model"), key);
    }

    private String value(String name) {
      return values.getOrDefault(name, "");
    }

    private int number(String name, int least, int most) {
      String text = value(name);
      try {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      } catch (NumberFormatException _) {
        // Told below, like a number out of bounds.
      }
      mistakes.add(name + "=" + text + ": must be a whole number from " + least + " to " + most);
      return least;
    }

    private boolean flag(String name) {
      return switch (value(name)) {
        case "true" -> true;
        case "false" -> false;
        case String other -> {
          mistakes.add(name + "=" + other + ": must be true or false");
          yield false;
        }
      };
    }

    /// Addresses, not names: to look a name up needs the servers that are named here.
    private List<InetSocketAddress> dnsServers() {
      String text = value("dns-servers");
      var servers = new ArrayList<InetSocketAddress>();
      for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
        int colon = one.lastIndexOf(':');
        try {
          int port = colon < 0 ? 53 : Integer.parseInt(one.substring(colon + 1).strip());
          String host = (colon < 0 ? one : one.substring(0, colon)).strip();
          servers.add(new InetSocketAddress(InetAddress.ofLiteral(host), port));
        } catch (IllegalArgumentException _) {
          mistakes.add("dns-servers=" + text + ": must be addresses, each as address:port");
        }
      }
      return servers;
    }

    private Optional<String> address(String name) {
      String text = value(name);
      if (text.isEmpty()) {
        return Optional.empty();
      }
      try {
        URI uri = URI.create(text);
        if (Set.of("http", "https").contains(String.valueOf(uri.getScheme()))
            && uri.getHost() != null) {
          return Optional.of(text.replaceFirst("/+$", ""));
        }
      } catch (IllegalArgumentException _) {
        // Told below, like an address of another kind.
      }
      mistakes.add(name + "=" + text + ": must be an http or https address");
      return Optional.empty();
    }

    private DatabaseUrl database(Path data) {
      String synchronous = value("sqlite-synchronous");
      if (!Set.of("FULL", "NORMAL", "OFF").contains(synchronous)) {
        mistakes.add("sqlite-synchronous=" + synchronous + ": must be FULL, NORMAL or OFF");
        synchronous = "FULL";
      }
      String text = value("database");
      if (!text.isEmpty()) {
        try {
          return DatabaseUrl.postgresql(text);
        } catch (IllegalArgumentException failure) {
          mistakes.add("database: " + failure.getMessage());
        }
      }
      return new DatabaseUrl.SqliteFile(data.resolve("hub.db"), synchronous);
    }

    private static boolean isLoopback(String host) {
      try {
        return InetAddress.getByName(host).isLoopbackAddress();
      } catch (UnknownHostException _) {
        return false;
      }
    }
  }
}
