package dev.meshkore.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/// Whether a hub that holds millions of messages is as quick as an empty one.
final class StoredScenario {
  private static final int SENDERS = 64;
  private static final Shape FILL = new Shape(SENDERS, 256, 0);
  private static final Shape QUICK = new Shape(SENDERS, 1, 0);
  private static final int POLLS = 1_000;
  private static final int FILL_STEP = 1_000_000;

  private final BenchOptions options;
  private final Progress progress;

  StoredScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      String durability = hub.durability();
      progress.say("stored: " + options.agents() + " agents join");
      Roster roster = hub.newRoster(options.agents());
      CatchupScenario.fill(hub, roster, QUICK, Topology.RING, SENDERS * 20L, options);
      Result.Conditions empty = Machine.conditions(options.folder(), durability);
      List<Metric> before = measure(hub, roster);
      long nanos = fill(hub, roster, options, progress);
      Result.Conditions full = Machine.conditions(options.folder(), durability);
      List<Metric> after = new ArrayList<>(measure(hub, roster));
      after.add(Metric.once("filled/s", options.stored() * 1e9 / nanos));
      long bytes = hub.storedBytes();
      if (bytes > 0) {
        after.add(Metric.once("disk MB", bytes / 1048576.0));
      }
      String name =
          String.format(
              Locale.ROOT, "%,d messages, %,d agents", options.stored(), options.agents());
      return List.of(
          new Result("stored", hub.name(), "nearly empty", empty, before, List.of()),
          new Result("stored", hub.name(), name, full, after, List.of()));
    }
  }

  /// Sends as many messages as are asked for, and answers how long it took.
  static long fill(HubTarget hub, Roster roster, BenchOptions options, Progress progress)
      throws InterruptedException {
    long nanos = 0;
    for (long sent = 0; sent < options.stored(); sent += FILL_STEP) {
      long step = Math.min(FILL_STEP, options.stored() - sent);
      nanos += CatchupScenario.fill(hub, roster, FILL, Topology.RANDOM, step, options);
      progress.say(String.format(Locale.ROOT, "stored: %,d messages", sent + step));
    }
    return nanos;
  }

  private List<Metric> measure(HubTarget hub, Roster roster) throws InterruptedException {
    Aggregate aggregate = new Aggregate();
    for (int i = 0; i <= options.runs(); i++) {
      Aggregate into = i == 0 ? new Aggregate() : aggregate;
      sends(hub, roster, into);
      polls(hub, roster, into);
      Usage usage = hub.usage();
      into.add("server RSS MB", usage.residentBytes() / 1048576.0);
      progress.say("stored: " + (i == 0 ? "warm-up" : "run " + i));
    }
    return aggregate.metrics();
  }

  /// 64 senders, one message under way each, to recipients all over the hub.
  private void sends(HubTarget hub, Roster roster, Aggregate aggregate)
      throws InterruptedException {
    try (Loop loop = new Loop()) {
      Traffic traffic = new Traffic(loop, QUICK, Topology.RANDOM, roster.members().size(), false);
      Payload payload = new Payload(options.payloadBytes());
      List<HubAgent> agents = hub.open(roster, SENDERS, loop, payload, traffic);
      agents.forEach(HubAgent::withoutAcknowledging);
      LoadRun.awaitReady(agents, LoadRun.OPEN);
      loop.run(() -> traffic.start(agents, Long.MAX_VALUE));
      loop.run(traffic::reset);
      LoadRun.pause(loop, traffic, options.runTime());
      Traffic.Window window = loop.call(traffic::take);
      loop.run(traffic::close);
      agents.forEach(HubAgent::close);
      aggregate
          .add("sends/s", window.messageCount() * 1e9 / window.nanos())
          .latencies("send ", window.latencies());
    }
  }

  /// One poll after another, ten messages each, without acknowledging.
  private void polls(HubTarget hub, Roster roster, Aggregate aggregate)
      throws InterruptedException {
    Histogram histogram = new Histogram(600_000_000_000L, 3);
    for (int i = 0; i < POLLS; i++) {
      Credentials agent = roster.members().get(i % SENDERS);
      long start = System.nanoTime();
      hub.api().poll(agent, "?limit=10");
      histogram.recordValue(System.nanoTime() - start);
    }
    aggregate.latencies("poll ", histogram);
  }
}
