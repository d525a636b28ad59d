package dev.meshkore.bench;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// What goes on between the agents of one run: who may send next, and how long messages took.
///
/// All of it lives on the loop. A sender's slot is free again when its message is both acknowledged
/// by the server and in the recipient's hands.
final class Traffic {
  private static final Duration TICK = Duration.ofNanos(500_000);
  private static final Duration ACKNOWLEDGE_TICK = Duration.ofMillis(20);
  private static final long LATENCY_MAX = 600_000_000_000L;
  private static final long ORIGIN = System.nanoTime();

  private final Loop loop;
  private final Shape shape;
  private final Topology topology;
  private final int recipientCount;
  private final boolean awaitsDelivery;
  private final SplittableRandom random = new SplittableRandom(7);
  private final long[] sent;
  private final long[] acknowledged;
  private final long[] delivered;
  private final Histogram latencies = new Histogram(LATENCY_MAX, 3);
  private List<? extends Agent> agents = List.of();
  private boolean sending;
  private boolean closed;
  private long budget = Long.MAX_VALUE;
  private long sentTotal;
  private long acknowledgedTotal;
  private long deliveredTotal;
  private long refusedTotal;
  private long acknowledgedAt;
  private long deliveredAt;
  private long acknowledgedGoal;
  private long deliveredGoal;
  private @Nullable CompletableFuture<Void> reached;
  private long windowStart;
  private long windowBase;
  private long steadyStart;
  private long steadyCount;
  private @Nullable String refusal;
  private @Nullable CompletableFuture<Void> drained;
  private final CompletableFuture<Void> broken = new CompletableFuture<>();

  /// @param recipientCount how many agents may be sent to; the first of them are the senders
  /// @param awaitsDelivery false when nobody reads: then the acknowledgement alone is measured
  Traffic(Loop loop, Shape shape, Topology topology, int recipientCount, boolean awaitsDelivery) {
    this.loop = loop;
    this.shape = shape;
    this.topology = topology;
    this.recipientCount = recipientCount;
    this.awaitsDelivery = awaitsDelivery;
    int size = Math.max(shape.senders(), recipientCount);
    sent = new long[size];
    acknowledged = new long[size];
    delivered = new long[size];
  }

  /// The time on the clock that stamps messages.
  static long stamp(long nanoTime) {
    return nanoTime - ORIGIN;
  }

  /// Starts sending, without end or until `messageCount` messages are out.
  void start(List<? extends Agent> readyAgents, long messageCount) {
    agents = readyAgents;
    budget = messageCount;
    sending = true;
    loop.tick();
    acknowledgeAll();
    if (shape.isSteady()) {
      steadyStart = System.nanoTime();
      sendDue();
      return;
    }
    for (int i = 0; i < shape.senders(); i++) {
      fill(i);
    }
  }

  /// Begins a measurement.
  void reset() {
    latencies.reset();
    windowStart = System.nanoTime();
    windowBase = done();
  }

  /// Ends a measurement.
  Window take() {
    long nanos = System.nanoTime() - windowStart;
    return new Window(nanos, done() - windowBase, latencies.copy());
  }

  /// Stops sending; completes when everything that was sent has come through.
  CompletableFuture<Void> stop() {
    sending = false;
    return drained();
  }

  /// Completes when nothing is under way and nothing more will be sent.
  CompletableFuture<Void> drained() {
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    drained = waiting;
    checkDrained();
    return waiting;
  }

  /// Completes when, in all, so many messages are acknowledged and so many are delivered.
  CompletableFuture<Void> reaches(long acknowledgedCount, long deliveredCount) {
    acknowledgedGoal = acknowledgedCount;
    deliveredGoal = deliveredCount;
    CompletableFuture<Void> waiting = new CompletableFuture<>();
    reached = waiting;
    checkReached();
    return waiting;
  }

  long acknowledgedCount() {
    return acknowledgedTotal;
  }

  long deliveredCount() {
    return deliveredTotal;
  }

  /// What `reaches` still waits for, for people.
  String missingText() {
    return String.format(
        Locale.ROOT,
        "%d of %d acknowledged, %d of %d delivered, %d refused%s",
        acknowledgedTotal,
        acknowledgedGoal,
        deliveredTotal,
        deliveredGoal,
        refusedTotal,
        refusal == null ? "" : ", the first: " + refusal);
  }

  /// When the last acknowledgement came, on the clock of `System.nanoTime`.
  long acknowledgedAt() {
    return acknowledgedAt;
  }

  /// When the last message came, on the clock of `System.nanoTime`.
  long deliveredAt() {
    return deliveredAt;
  }

  /// Ends the timers.
  void close() {
    sending = false;
    closed = true;
  }

  long missing() {
    return sentTotal - refusedTotal - done();
  }

  long refused() {
    return refusedTotal;
  }

  /// The first refusal that was seen.
  @Nullable String refusal() {
    return refusal;
  }

  /// Completes, with an exception, when a connection breaks.
  CompletableFuture<Void> broken() {
    return broken;
  }

  /// The server has taken the next `count` messages of that sender.
  void acknowledged(int sender, int count) {
    acknowledged[sender] += count;
    acknowledgedTotal += count;
    acknowledgedAt = loop.now();
    progressed(sender);
  }

  /// The server has taken one more message of a sender, the newest of which has that stamp. When
  /// nobody reads, this is what is measured.
  void answered(int sender, long stamp) {
    if (!awaitsDelivery) {
      latencies.recordValue(Math.max(0, stamp(loop.now()) - stamp));
    }
    acknowledged(sender, 1);
  }

  /// A message of `sender` is in the recipient's hands.
  void delivered(int sender, long stamp) {
    if (awaitsDelivery) {
      latencies.recordValue(Math.max(0, stamp(loop.now()) - stamp));
    }
    delivered[sender]++;
    deliveredTotal++;
    deliveredAt = loop.now();
    progressed(sender);
  }

  /// The server has refused the next message of that sender.
  void refused(int sender, String reason) {
    if (refusal == null) {
      refusal = reason;
    }
    refusedTotal++;
    acknowledged[sender]++;
    delivered[sender]++;
    progressed(sender);
  }

  void broke(String reason) {
    sending = false;
    broken.completeExceptionally(new BenchFailure(reason));
  }

  private long done() {
    return awaitsDelivery ? Math.min(deliveredTotal, acknowledgedTotal) : acknowledgedTotal;
  }

  private void progressed(int sender) {
    if (sending && shape.window() > 0) {
      fill(sender);
    }
    if (drained != null) {
      checkDrained();
    }
    if (reached != null) {
      checkReached();
    }
  }

  private void checkReached() {
    CompletableFuture<Void> waiting = reached;
    if (waiting != null
        && acknowledgedTotal >= acknowledgedGoal
        && deliveredTotal >= deliveredGoal) {
      reached = null;
      waiting.complete(null);
    }
  }

  private void checkDrained() {
    CompletableFuture<Void> waiting = drained;
    if (waiting != null && !sending && missing() == 0) {
      drained = null;
      waiting.complete(null);
    }
  }

  private void fill(int sender) {
    long through =
        awaitsDelivery ? Math.min(acknowledged[sender], delivered[sender]) : acknowledged[sender];
    while (sending && sent[sender] - through < shape.window()) {
      send(sender, stamp(loop.now()));
    }
  }

  private void send(int sender, long stamp) {
    sent[sender]++;
    sentTotal++;
    agents.get(sender).send(topology.recipient(sender, recipientCount, random), stamp);
    if (sentTotal >= budget) {
      sending = false;
    }
  }

  /// Sends what the rate asks for by now. Each message is stamped with the time at which it was
  /// due, so that a server, or a generator, that falls behind cannot hide it.
  private void sendDue() {
    long due = (System.nanoTime() - steadyStart) * shape.ratePerSecond() / 1_000_000_000L;
    while (sending && steadyCount < due) {
      long intended = steadyStart + steadyCount * 1_000_000_000L / shape.ratePerSecond();
      send((int) (steadyCount % shape.senders()), stamp(intended));
      steadyCount++;
    }
    if (sending) {
      loop.later(this::sendDue, TICK);
    }
  }

  private void acknowledgeAll() {
    if (closed) {
      return;
    }
    for (Agent agent : agents) {
      agent.acknowledge();
    }
    loop.later(this::acknowledgeAll, ACKNOWLEDGE_TICK);
  }

  /// One measurement: how long it took, how many messages came through, and how long each took.
  record Window(long nanos, long messageCount, Histogram latencies) {}
}
