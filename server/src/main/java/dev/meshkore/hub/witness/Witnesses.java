package dev.meshkore.hub.witness;

import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// Asks others to witness this hub's heads: the newest, once a second, each witness by itself. One
/// that does not answer is asked again later; the log does not wait for it.
public final class Witnesses implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Witnesses.class.getName());
  private static final long EVERY_MS = 500;
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  /// What is witnessed here makes this log grow. If its head were witnessed for that alone, two
  /// hubs that witness each other would never come to rest.
  private static final long QUIET_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final int ATTEMPTS = 3;
  private static final int CONFLICT = 409;
  private static final int FORKED = 422;
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "text/plain; charset=utf-8");

  private final AuditLog log;
  private final OutboundClient outbound;
  private final LongSupplier nanoTime;
  private final List<Asked> witnesses;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("witnesses").factory());
  private final ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor();

  /// One witness, and what is known of it.
  private static final class Asked {
    final WitnessSettings.Peer peer;
    final AtomicBoolean isBusy = new AtomicBoolean();
    volatile long signed = -1;
    volatile long signedAt;
    volatile long seen;
    volatile long pauseUntil;
    volatile boolean isFailing;

    Asked(WitnessSettings.Peer peer, long now) {
      this.peer = peer;
      this.pauseUntil = now;
    }
  }

  /// Asks these witnesses about this log.
  public Witnesses(
      AuditLog log,
      OutboundClient outbound,
      List<WitnessSettings.Peer> peers,
      LongSupplier nanoTime) {
    this.log = log;
    this.outbound = outbound;
    this.nanoTime = nanoTime;
    long now = nanoTime.getAsLong();
    this.witnesses = peers.stream().map(peer -> new Asked(peer, now)).toList();
  }

  /// Begins to ask.
  public void start() {
    if (!witnesses.isEmpty()) {
      var _ = ticks.scheduleWithFixedDelay(this::tick, 0, EVERY_MS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    asking.shutdownNow();
  }

  private void tick() {
    for (Asked one : witnesses) {
      boolean isDue = nanoTime.getAsLong() - one.pauseUntil >= 0;
      if (isDue && one.isBusy.compareAndSet(false, true)) {
        asking.execute(() -> {
          try {
            askNewest(one);
          } catch (RuntimeException failure) {
            LOG.log(Level.DEBUG, "Will ask the witness again: " + one.peer.key().name(), failure);
            one.pauseUntil = nanoTime.getAsLong() + PAUSE_NANOS;
          } finally {
            one.isBusy.set(false);
          }
        });
      }
    }
  }

  private void askNewest(Asked one) {
    AuditLog.Head head = log.head();
    if (!isWorthAsking(one, head.checkpoint().size())) {
      return;
    }
    Optional<String> refusal = ask(one, head);
    if (refusal.isEmpty()) {
      one.signed = head.checkpoint().size();
      one.signedAt = nanoTime.getAsLong();
      one.isFailing = false;
      return;
    }
    Level level = one.isFailing ? Level.DEBUG : Level.WARNING;
    LOG.log(level, "The witness " + one.peer.key().name() + " signs nothing: " + refusal.get());
    one.isFailing = true;
    one.pauseUntil = nanoTime.getAsLong() + PAUSE_NANOS;
  }

  private boolean isWorthAsking(Asked one, long size) {
    if (one.signed < 0 || size == one.signed) {
      return size != one.signed;
    }
    return nanoTime.getAsLong() - one.signedAt > QUIET_NANOS
        || !log.grewOnlyBy(WitnessRoutes.LEAF, one.signed, size);
  }

  /// Nothing where the witness has signed; else why it has not.
  private Optional<String> ask(Asked one, AuditLog.Head head) {
    URI url = URI.create(one.peer.url() + "/add-checkpoint");
    long size = head.checkpoint().size();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      long old = one.seen;
      if (old > size) {
        return Optional.of("it has seen a head of " + old + ", and the log has " + size);
      }
      List<byte[]> proof = old == 0 ? List.of() : log.consistency(old, size);
      byte[] body = new Submission(old, proof, head.note()).body();
      if (!(outbound.post(url, HEADERS, body) instanceof Outcome.Answered answer)) {
        return Optional.of("it cannot be reached");
      }
      String text = new String(answer.body(), StandardCharsets.UTF_8);
      if (answer.status() == CONFLICT) {
        OptionalLong newest = size(text);
        if (newest.isEmpty() || newest.getAsLong() == old) {
          return Optional.of("it has seen another head of the same size");
        }
        one.seen = newest.getAsLong();
      } else if (answer.status() == FORKED) {
        return Optional.of("it has seen another log under the same name");
      } else if (answer.isDone()) {
        return keep(one, head.checkpoint(), text);
      } else {
        return Optional.of("it answered " + answer.status());
      }
    }
    return Optional.of("others ask it, too");
  }

  private Optional<String> keep(Asked one, Checkpoint checkpoint, String lines) {
    for (String line : lines.split("\n", -1)) {
      String note = checkpoint.text() + "\n" + line + "\n";
      if (one.peer.key().open(note).isPresent()) {
        log.witnessed(checkpoint.size(), one.peer.key().name(), line + "\n");
        one.seen = checkpoint.size();
        return Optional.empty();
      }
    }
    return Optional.of("its signature is not of its key");
  }

  private static OptionalLong size(String text) {
    String digits = text.strip();
    return digits.matches("[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(digits))
        : OptionalLong.empty();
  }
}
