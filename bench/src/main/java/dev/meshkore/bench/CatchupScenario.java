package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// How fast an agent that was away reads its full inbox, by WebSocket and by polling.
final class CatchupScenario {
  private static final Shape FILL = new Shape(16, 64, 0);
  private static final int PATIENCE_SECONDS = 600;
  private static final byte[] SEQUENCE = "\"sequence\":".getBytes(US_ASCII);

  private final BenchOptions options;
  private final Progress progress;

  CatchupScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options)) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      int inboxes = options.runs() + 1;
      Roster roster = hub.newRoster(FILL.senders() + inboxes);
      Aggregate live = new Aggregate();
      Aggregate polled = new Aggregate();
      for (int i = 0; i < inboxes; i++) {
        int reader = FILL.senders() + i;
        fill(hub, roster, FILL, Topology.only(reader), options.catchup(), options);
        long liveNanos = readLive(hub, roster, reader);
        long pollNanos = readPolling(hub, roster.members().get(reader));
        if (i > 0) {
          live.rate(options.catchup(), liveNanos);
          polled.rate(options.catchup(), pollNanos);
        }
        progress.say("catchup: " + (i == 0 ? "warm-up done" : "run " + i));
      }
      String name = String.format(Locale.ROOT, "%,d messages by ", options.catchup());
      return List.of(
          result(hub, name + "WebSocket", conditions, live),
          result(hub, name + "polling 1,000", conditions, polled));
    }
  }

  private static Result result(
      HubTarget hub, String shape, Result.Conditions conditions, Aggregate aggregate) {
    return new Result("catchup", hub.name(), shape, conditions, aggregate.metrics(), List.of());
  }

  /// Sends that many messages to recipients of a roster; its first agents are the senders. Returns
  /// the nanoseconds that it took.
  static long fill(
      HubTarget hub,
      Roster roster,
      Shape shape,
      Topology topology,
      long messageCount,
      BenchOptions options)
      throws InterruptedException {
    try (Loop loop = new Loop()) {
      Traffic traffic = new Traffic(loop, shape, topology, roster.members().size(), false);
      Payload payload = new Payload(options.payloadBytes());
      List<HubAgent> agents = hub.open(roster, shape.senders(), loop, payload, traffic);
      agents.forEach(HubAgent::withoutAcknowledging);
      LoadRun.awaitReady(agents, LoadRun.OPEN);
      long start = System.nanoTime();
      CompletableFuture<Void> sent =
          loop.call(() -> {
            traffic.start(agents, messageCount);
            return traffic.drained();
          });
      long patience = PATIENCE_SECONDS + messageCount / 1_000;
      await(CompletableFuture.anyOf(sent, traffic.broken()), patience, "filling the hub");
      long nanos = System.nanoTime() - start;
      loop.run(traffic::close);
      agents.forEach(HubAgent::close);
      if (traffic.refused() > 0) {
        throw new BenchFailure("the hub refused a message: " + traffic.refusal());
      }
      return nanos;
    }
  }

  private long readLive(HubTarget hub, Roster roster, int reader) throws InterruptedException {
    try (Loop loop = new Loop()) {
      int agentCount = roster.members().size();
      Traffic traffic = new Traffic(loop, FILL, Topology.RING, agentCount, true);
      Place place = hub.place(reader, loop, new Payload(options.payloadBytes()), traffic);
      HubAgent agent =
          new HubAgent(place, roster.members().get(reader), roster.recipient(), "/ws?after=0")
              .withoutAcknowledging();
      CompletableFuture<Void> read = loop.call(() -> traffic.reaches(0, options.catchup()));
      long start = System.nanoTime();
      loop.connect(agent, hub.address());
      await(CompletableFuture.anyOf(read, traffic.broken()), PATIENCE_SECONDS, "reading");
      long nanos = loop.call(traffic::deliveredAt) - start;
      agent.close();
      return nanos;
    }
  }

  private long readPolling(HubTarget hub, Credentials reader) throws InterruptedException {
    long start = System.nanoTime();
    long count = 0;
    while (count < options.catchup()) {
      byte[] answer = hub.api().poll(reader, "?limit=1000&after=" + count);
      int found = 0;
      int at = Scan.find(answer, 0, answer.length, SEQUENCE);
      while (at >= 0) {
        found++;
        at = Scan.find(answer, at + SEQUENCE.length, answer.length, SEQUENCE);
      }
      if (found == 0) {
        throw new BenchFailure("polling ended after " + count + " messages");
      }
      count += found;
    }
    return System.nanoTime() - start;
  }

  private static void await(CompletableFuture<?> work, long seconds, String what)
      throws InterruptedException {
    try {
      work.get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new BenchFailure(what + " failed: " + BenchFailure.causeOf(e), e);
    } catch (TimeoutException e) {
      throw new BenchFailure(what + " took longer than " + seconds + " s", e);
    }
  }
}
