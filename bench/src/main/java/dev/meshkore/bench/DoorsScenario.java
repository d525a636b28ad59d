package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

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

  private final BenchOptions options;
  private final Progress progress;

  DoorsScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      var results = new ArrayList<Result>();
      Result rest = sends(hub, "POST /send", RestAgent.Form.REST, conditions);
      results.add(rest);
      results.add(beside(rest, sends(hub, "MCP, send", RestAgent.Form.MCP, conditions)));
      results.add(beside(rest, sends(hub, "A2A, SendMessage", RestAgent.Form.A2A, conditions)));
      Roster roster = hub.newRoster(FILL.senders() + 1);
      CatchupScenario.fill(hub, roster, FILL, Topology.only(READER), WAITING, options);
      Credentials reader = roster.members().get(READER);
      results.add(waiting("MCP, inbox", hub, conditions, _ -> hub.api().tool(reader, "inbox")));
      results.add(
          waiting("POST /hooks/claude", hub, conditions, call -> hub.api().hook(reader, call)));
      return results;
    }
  }

  private static Result beside(Result rest, Result door) {
    var notes = new ArrayList<>(door.notes());
    notes.add(
        String.format(
            Locale.ROOT,
            "a message costs %.2f times one through REST (messages/s)",
            median(rest) / median(door)));
    return new Result(NAME, door.target(), door.shape(), door.conditions(), door.metrics(), notes);
  }

  private Result sends(
      HubTarget hub, String name, RestAgent.Form form, Result.Conditions conditions)
      throws InterruptedException {
    LoadRun load = new LoadRun(options, progress);
    Shape shape = new Shape(options.connections(), 1, 0);
    LoadRun.Figures figures = load.run(hub.rest(form), shape, options.connections(), false);
    return new Result(NAME, hub.name(), name, conditions, figures.metrics(), figures.notes());
  }

  private static double median(Result result) {
    Metric rate = result.metric(Aggregate.MESSAGES_PER_SECOND);
    if (rate == null) {
      throw new BenchFailure("nothing was measured");
    }
    return rate.median();
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
