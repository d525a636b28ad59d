package dev.meshkore.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.HdrHistogram.Histogram;

/// One send to a channel of many members: until it is acknowledged, and until the last has it.
final class ChannelScenario {
  private static final int SENDS_PER_RUN = 40;
  private static final Duration SETTLE_LEAST = Duration.ofSeconds(1);
  private static final int PATIENCE_SECONDS = 60;

  private final BenchOptions options;
  private final Progress progress;

  ChannelScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options);
        Loop loop = new Loop()) {
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      progress.say("channel: " + options.members() + " members join");
      Roster roster = hub.newRoster(options.members());
      String channelId = roster.prefix() + "channel";
      hub.api().channel(channelId, roster);
      Shape shape = new Shape(options.members(), 1, 0);
      Traffic traffic = new Traffic(loop, shape, Topology.RING, options.members(), true);
      Payload payload = new Payload(options.payloadBytes());
      List<HubAgent> members = hub.open(roster, options.members(), loop, payload, traffic);
      Place place = hub.place(0, loop, payload, traffic);
      Credentials owner = roster.members().getFirst();
      HubAgent sender =
          new HubAgent(place, owner, "channel\":\"" + channelId, "/ws").withoutAcknowledging();
      LoadRun.awaitReady(members, LoadRun.OPEN);
      loop.connect(sender, hub.address());
      LoadRun.awaitReady(List.of(sender), LoadRun.OPEN);
      Aggregate aggregate = measure(loop, traffic, sender);
      loop.run(traffic::close);
      sender.close();
      members.forEach(HubAgent::close);
      String name = options.members() + " members";
      return List.of(
          new Result("channel", hub.name(), name, conditions, aggregate.metrics(), List.of()));
    }
  }

  /// The first send finds out how many copies come back: the sender's own sessions may get one too.
  private Aggregate measure(Loop loop, Traffic traffic, HubAgent sender)
      throws InterruptedException {
    loop.run(() -> send(sender));
    Duration settle = options.warmUp();
    LoadRun.pause(loop, traffic, settle.compareTo(SETTLE_LEAST) < 0 ? SETTLE_LEAST : settle);
    long copies = loop.call(traffic::deliveredCount);
    if (copies < options.members() - 1) {
      throw new BenchFailure("only " + copies + " members got the first message");
    }
    Aggregate aggregate = new Aggregate();
    for (int i = 0; i <= options.runs(); i++) {
      Histogram acknowledged = new Histogram(600_000_000_000L, 3);
      Histogram delivered = new Histogram(600_000_000_000L, 3);
      for (int n = 0; n < SENDS_PER_RUN; n++) {
        one(loop, traffic, sender, copies, acknowledged, delivered);
      }
      if (i > 0) {
        aggregate.latencies("acknowledged ", acknowledged);
        aggregate.latencies("last member ", delivered);
        progress.say("channel: run " + i);
      }
    }
    return aggregate;
  }

  private static void one(
      Loop loop,
      Traffic traffic,
      HubAgent sender,
      long copies,
      Histogram acknowledged,
      Histogram delivered)
      throws InterruptedException {
    long start = System.nanoTime();
    CompletableFuture<Void> done =
        loop.call(() -> {
          send(sender);
          return traffic.reaches(
              traffic.acknowledgedCount() + 1, traffic.deliveredCount() + copies);
        });
    try {
      var _ =
          CompletableFuture.anyOf(done, traffic.broken()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new BenchFailure(BenchFailure.causeOf(e), e);
    } catch (TimeoutException e) {
      throw new BenchFailure(
          "a channel's message did not reach every member: " + loop.call(traffic::missingText), e);
    }
    acknowledged.recordValue(Math.max(0, loop.call(traffic::acknowledgedAt) - start));
    delivered.recordValue(Math.max(0, loop.call(traffic::deliveredAt) - start));
  }

  private static void send(HubAgent sender) {
    sender.send(-1, Traffic.stamp(System.nanoTime()));
  }
}
