package dev.meshkore.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Puts one shape of load on one target: opens the agents, warms up, measures several times, and
/// lets everything that is under way arrive.
final class LoadRun {
  static final Duration OPEN = Duration.ofMinutes(3);
  private static final Duration DRAIN = Duration.ofMinutes(1);
  private static final double REACHED = 0.98;

  private final BenchOptions options;
  private final int runs;
  private final Duration warmUp;
  private final Progress progress;

  LoadRun(BenchOptions options, Progress progress) {
    this(options, options.runs(), options.warmUp(), progress);
  }

  private LoadRun(BenchOptions options, int runs, Duration warmUp, Progress progress) {
    this.options = options;
    this.runs = runs;
    this.warmUp = warmUp;
    this.progress = progress;
  }

  /// One run only, of several that take turns.
  static LoadRun turn(BenchOptions options, Duration warmUp, Progress progress) {
    return new LoadRun(options, 1, warmUp, progress);
  }

  /// @param agentCount how many agents there are to send to
  /// @param awaitsDelivery whether recipients read
  Figures run(Target target, Shape shape, int agentCount, boolean awaitsDelivery)
      throws InterruptedException {
    Payload payload = new Payload(options.payloadBytes());
    try (Loop loop = new Loop()) {
      Traffic traffic = new Traffic(loop, shape, options.topology(), agentCount, awaitsDelivery);
      progress.say(target.name() + " " + shape + ": opening agents");
      List<? extends Agent> agents = target.open(shape.senders(), loop, payload, traffic);
      awaitReady(agents, OPEN);
      loop.run(() -> traffic.start(agents, Long.MAX_VALUE));
      pause(loop, traffic, warmUp);
      Aggregate aggregate = new Aggregate();
      for (int i = 1; i <= runs; i++) {
        measure(target, loop, traffic, aggregate);
        progress.say(target.name() + " " + shape + ": run " + i + " " + lastRate(aggregate));
      }
      List<String> notes = end(shape, loop, traffic, aggregate);
      agents.forEach(Agent::close);
      return new Figures(aggregate.metrics(), notes);
    }
  }

  private void measure(Target target, Loop loop, Traffic traffic, Aggregate aggregate)
      throws InterruptedException {
    Usage ownBefore = Usage.of(ProcessHandle.current().pid());
    Usage before = target.usage();
    loop.run(traffic::reset);
    pause(loop, traffic, options.runTime());
    Traffic.Window window = loop.call(traffic::take);
    Usage after = target.usage();
    Usage own = Usage.of(ProcessHandle.current().pid());
    aggregate.rate(window.messageCount(), window.nanos()).latencies("", window.latencies());
    if (after.residentBytes() > 0) {
      aggregate
          .add("server cores", after.coresSince(before, window.nanos()))
          .add("server RSS MB", after.residentBytes() / 1048576.0);
    }
    aggregate.add("generator cores", own.coresSince(ownBefore, window.nanos()));
  }

  private static List<String> end(Shape shape, Loop loop, Traffic traffic, Aggregate aggregate)
      throws InterruptedException {
    List<String> notes = new ArrayList<>();
    CompletableFuture<Void> drained = loop.call(traffic::stop);
    try {
      drained.get(DRAIN.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException _) {
      notes.add(loop.call(traffic::missing) + " messages never came through");
    } catch (ExecutionException e) {
      throw new BenchFailure("the run failed: " + e.getCause(), e);
    }
    loop.run(traffic::close);
    if (traffic.refused() > 0) {
      notes.add(traffic.refused() + " refused, the first: " + traffic.refusal());
    }
    double rate = aggregate.metrics().getFirst().median();
    if (shape.isSteady() && rate < REACHED * shape.ratePerSecond()) {
      notes.add("the rate was not reached");
    }
    return notes;
  }

  /// Waits until all are ready; one that cannot be fails the run.
  static void awaitReady(List<? extends Agent> agents, Duration patience)
      throws InterruptedException {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(
            agents.stream().map(Agent::ready).toArray(CompletableFuture[]::new));
    try {
      all.get(patience.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      long open = agents.stream().filter(agent -> agent.ready().isDone()).count();
      throw new BenchFailure(open + " of " + agents.size() + " agents were ready in time", e);
    } catch (ExecutionException e) {
      throw new BenchFailure(BenchFailure.causeOf(e), e);
    }
  }

  /// Lets the load run; a broken connection ends it at once.
  static void pause(Loop loop, Traffic traffic, Duration duration) throws InterruptedException {
    loop.pause(duration);
    if (traffic.broken().isCompletedExceptionally()) {
      throw new BenchFailure(String.valueOf(traffic.broken().exceptionNow().getMessage()));
    }
  }

  private static String lastRate(Aggregate aggregate) {
    double rate = aggregate.metrics().getFirst().runs().getLast();
    return String.format(Locale.ROOT, "%,.0f messages/s", rate);
  }

  /// What a run found.
  record Figures(List<Metric> metrics, List<String> notes) {}
}
