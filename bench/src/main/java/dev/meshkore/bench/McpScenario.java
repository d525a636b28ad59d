package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// What the door of MCP costs: the tool `send` beside `POST /send`, and the tool `inbox` when much
/// waits.
final class McpScenario {
  private static final Shape FILL = new Shape(16, 64, 0);
  private static final int WAITING = 10_000;
  private static final int CALLS = 200;
  private static final byte[] HEAD = ("\"head\":" + WAITING).getBytes(US_ASCII);

  private final BenchOptions options;
  private final Progress progress;

  McpScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      var results = new ArrayList<Result>();
      Result rest = sends(hub, "POST /send", RestAgent.Form.REST, conditions);
      Result mcp = sends(hub, "the tool send", RestAgent.Form.MCP, conditions);
      String ratio =
          String.format(
              Locale.ROOT,
              "a message through MCP costs %.2f times one through REST (messages/s)",
              median(rest) / median(mcp));
      progress.say("mcp: " + ratio);
      results.add(rest);
      var notes = new ArrayList<>(mcp.notes());
      notes.add(ratio);
      results.add(new Result("mcp", mcp.target(), mcp.shape(), conditions, mcp.metrics(), notes));
      results.add(inbox(hub, conditions));
      return results;
    }
  }

  private Result sends(
      HubTarget hub, String name, RestAgent.Form form, Result.Conditions conditions)
      throws InterruptedException {
    LoadRun load = new LoadRun(options, progress);
    Shape shape = new Shape(options.connections(), 1, 0);
    LoadRun.Figures figures = load.run(hub.rest(form), shape, options.connections(), false);
    return new Result("mcp", hub.name(), name, conditions, figures.metrics(), figures.notes());
  }

  private static double median(Result result) {
    Metric rate = result.metric(Aggregate.MESSAGES_PER_SECOND);
    if (rate == null) {
      throw new BenchFailure("nothing was measured");
    }
    return rate.median();
  }

  private Result inbox(HubTarget hub, Result.Conditions conditions) throws InterruptedException {
    Roster roster = hub.newRoster(FILL.senders() + 1);
    int reader = FILL.senders();
    CatchupScenario.fill(hub, roster, FILL, Topology.only(reader), WAITING, options);
    Aggregate aggregate = new Aggregate();
    for (int i = 0; i <= options.runs(); i++) {
      Histogram histogram = new Histogram(3);
      for (int call = 0; call < CALLS; call++) {
        long start = System.nanoTime();
        byte[] answer = hub.api().tool(roster.members().get(reader), "inbox");
        histogram.recordValue(System.nanoTime() - start);
        if (Scan.find(answer, 0, answer.length, HEAD) < 0) {
          throw new BenchFailure("the inbox does not hold " + WAITING + " messages");
        }
      }
      if (i > 0) {
        aggregate.latencies("", histogram);
      }
      progress.say("mcp: the tool inbox, " + (i == 0 ? "warm-up" : "run " + i));
    }
    String name = String.format(Locale.ROOT, "the tool inbox, %,d messages waiting", WAITING);
    return new Result("mcp", hub.name(), name, conditions, aggregate.metrics(), List.of());
  }
}
