package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;

/// How long a hub takes for a proof of a large log: that a leaf is in the newest head, and that the
/// head goes on from an older one. One request after another, at random places.
final class ProofsScenario {
  private static final String NAME = "proofs";
  private static final int PROOFS = 2_000;
  private static final int AGENTS = 1_000;
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final int LOOKS_MAX = 600;

  private final BenchOptions options;
  private final Progress progress;
  private final SplittableRandom random = new SplittableRandom(1);

  ProofsScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  List<Result> run() throws InterruptedException {
    try (HubTarget hub = HubTarget.open(options);
        Loop loop = new Loop()) {
      Roster roster = hub.newRoster(Math.min(AGENTS, options.agents()));
      StoredScenario.fill(hub, roster, options, progress);
      long size = settled(hub, loop);
      Result.Conditions conditions = Machine.conditions(options.folder(), hub.durability());
      var inclusion = new Aggregate();
      var consistency = new Aggregate();
      for (int run = 0; run <= options.runs(); run++) {
        boolean counts = run > 0;
        ask(counts ? inclusion : new Aggregate(), () -> hub.api().get(proof(size)));
        ask(counts ? consistency : new Aggregate(), () -> hub.api().get(growth(size)));
        progress.say("proofs: " + (counts ? "run " + run : "warm-up"));
      }
      String leaves = String.format(Locale.ROOT, " in %,d leaves", size);
      return List.of(
          result(hub, "inclusion" + leaves, conditions, inclusion),
          result(hub, "consistency" + leaves, conditions, consistency));
    }
  }

  private static Result result(
      HubTarget hub, String shape, Result.Conditions conditions, Aggregate aggregate) {
    return new Result(NAME, hub.name(), shape, conditions, aggregate.metrics(), List.of());
  }

  private String proof(long size) {
    return "/audit/proof/" + random.nextLong(size);
  }

  private String growth(long size) {
    return "/audit/consistency?from=" + random.nextLong(1, size) + "&to=" + size;
  }

  /// A request that proves something.
  @FunctionalInterface
  private interface Asked {
    byte[] ask() throws InterruptedException;
  }

  private static void ask(Aggregate aggregate, Asked asked) throws InterruptedException {
    var histogram = new Histogram(3);
    for (int i = 0; i < PROOFS; i++) {
      long start = System.nanoTime();
      byte[] answer = asked.ask();
      histogram.recordValue(System.nanoTime() - start);
      if (answer.length == 0) {
        throw new BenchFailure("a proof is empty");
      }
    }
    aggregate.latencies("", histogram);
  }

  /// The size of the head that has every message; what is stored gets its leaves behind the commit.
  private long settled(HubTarget hub, Loop loop) throws InterruptedException {
    var sizes = new ArrayList<Long>();
    while (sizes.size() < LOOKS_MAX) {
      long size = size(hub.api().get("/audit/checkpoint"));
      if (size >= options.stored()) {
        return size;
      }
      sizes.add(size);
      loop.pause(LOOK_AGAIN);
    }
    throw new BenchFailure("the log has only " + sizes.getLast() + " leaves");
  }

  /// The second line of a checkpoint (C2SP tlog-checkpoint).
  private static long size(byte[] checkpoint) {
    return Long.parseLong(new String(checkpoint, US_ASCII).lines().toList().get(1));
  }
}
