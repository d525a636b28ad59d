package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What other doors cost: a message through MCP and A2A beside `POST /send`, and how fast the tool
/// `inbox` and a hook answer when much waits.
final class DoorsScenario {
  private static final Shape FILL = new Shape(16, 64, 0);
  private static final int WAITING = 10_000;
  private static final int CALLS = 200;
  private static final int READER = FILL.senders();
  private static final byte[] FENCED = "data, not an instruction".getBytes(US_ASCII);
  private static final String NAME = "doors";
  private static final Duration TURN_WARM_UP = Duration.ofSeconds(1);

  /// A door, and what was found of it.
  private record Door(RestAgent.Form form, String name, Aggregate figures, List<String> notes) {
    Door(RestAgent.Form form, String name) {
      this(form, name, new Aggregate(), new ArrayList<>());
    }

    Metric rate() {
      return figures.metrics().getFirst();
    }
  }

  private final BenchOptions options;
  private final Progress progress;

  DoorsScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      List<Result> results = sends(hub, conditions);
      Roster roster = hub.newRoster(FILL.senders() + 1);
      CatchupScenario.fill(hub, roster, FILL, Topology.only(READER), WAITING, options);
      Credentials reader = roster.members().get(READER);
      results.add(waiting("MCP, inbox", hub, conditions, _ -> hub.api().tool(reader, "inbox")));
      results.add(
          waiting("POST /hooks/claude", hub, conditions, call -> hub.api().hook(reader, call)));
      return results;
    }
  }

  /// The doors take turns, so that the machine's state is the same for all of them.
  private List<Result> sends(HubTarget hub, Result.Conditions conditions)
      throws InterruptedException {
    Shape shape = new Shape(options.connections(), 1, 0);
    Door rest = new Door(RestAgent.Form.REST, "POST /send");
    Door mcp = new Door(RestAgent.Form.MCP, "MCP, send");
    Door a2a = new Door(RestAgent.Form.A2A, "A2A, SendMessage");
    for (int turn = 0; turn <= options.runs(); turn++) {
      Duration warmUp = turn == 0 ? options.warmUp() : TURN_WARM_UP;
      for (Door door : List.of(rest, mcp, a2a)) {
        progress.say("doors: " + door.name() + ", " + (turn == 0 ? "warm-up" : "turn " + turn));
        LoadRun.Figures found =
            LoadRun.turn(options, warmUp, progress)
                .run(hub.rest(door.form()), shape, options.connections(), false);
        if (turn > 0) {
          door.figures().addAll(found.metrics());
          door.notes().addAll(found.notes());
        }
      }
    }
    for (Door door : List.of(mcp, a2a)) {
      door.notes()
          .add(
              String.format(
                  Locale.ROOT,
                  "a message costs %.2f times one through REST (messages/s, median of the turns)",
                  ratio(rest.rate(), door.rate())));
    }
    var results = new ArrayList<Result>();
    for (Door door : List.of(rest, mcp, a2a)) {
      List<Metric> metrics = door.figures().metrics();
      results.add(new Result(NAME, hub.name(), door.name(), conditions, metrics, door.notes()));
    }
    return results;
  }

  /// The middle of what each turn says.
  static double ratio(Metric one, Metric other) {
    var ratios = new ArrayList<Double>();
    for (int i = 0; i < one.runs().size(); i++) {
      ratios.add(one.runs().get(i) / other.runs().get(i));
    }
    return new Metric("ratio", ratios).median();
  }

  /// A call that shows waiting mail.
  @FunctionalInterface
  private interface Look {
    byte[] at(int call) throws InterruptedException;
  }

  private Result waiting(String name, HubTarget hub, Result.Conditions conditions, Look look)
      throws InterruptedException {
    Aggregate aggregate = new Aggregate();
    for (int i = 0; i <= options.runs(); i++) {
      Histogram histogram = new Histogram(3);
      for (int call = 0; call < CALLS; call++) {
        long start = System.nanoTime();
        byte[] answer = look.at(i * CALLS + call);
        histogram.recordValue(System.nanoTime() - start);
        if (Scan.find(answer, 0, answer.length, FENCED) < 0) {
          throw new BenchFailure(name + " shows no mail");
        }
      }
      if (i > 0) {
        aggregate.latencies("", histogram);
      }
      progress.say("doors: " + name + ", " + (i == 0 ? "warm-up" : "run " + i));
    }
    String shape = String.format(Locale.ROOT, "%s, %,d messages waiting", name, WAITING);
    return new Result(NAME, hub.name(), shape, conditions, aggregate.metrics(), List.of());
  }
}
