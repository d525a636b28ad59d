package dev.meshkore.hub.guard;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/// A token bucket per key, kept as the one time at which the bucket is full again (the generic cell
/// rate algorithm), so that taking a token is one compare-and-set. Thread-safe.
public final class RateLimiter {
  /// What a taken or refused token leaves.
  ///
  /// @param allowed whether a token was there
  /// @param limit tokens a minute; 0 where there is no limit
  /// @param remaining whole tokens left
  /// @param resetSeconds seconds until the next token, or until the bucket is full again
  public record Decision(boolean allowed, long limit, long remaining, long resetSeconds) {
    /// The refusal that it is, when there was no token.
    public Refused refusal() {
      return Refused.later(
          ProblemType.RATE_LIMITED, "The limit is " + limit + " messages a minute", resetSeconds);
    }
  }

  private static final Decision UNLIMITED = new Decision(true, 0, Long.MAX_VALUE, 0);
  private static final int SWEEP_SIZE = 100_000;
  private static final long SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long perMinute;
  private final long nanosPerToken;
  private final long burstNanos;
  private final LongSupplier nanoTime;
  private final ConcurrentHashMap<Long, AtomicLong> fullAt = new ConcurrentHashMap<>();
  private final AtomicLong sweepAt;

  /// A limiter of so many tokens a minute, as many of them at once; 0 takes the limit away.
  public RateLimiter(long perMinute, LongSupplier nanoTime) {
    this.perMinute = perMinute;
    this.nanosPerToken = perMinute == 0 ? 0 : TimeUnit.MINUTES.toNanos(1) / perMinute;
    this.burstNanos = nanosPerToken * perMinute;
    this.nanoTime = nanoTime;
    this.sweepAt = new AtomicLong(nanoTime.getAsLong());
  }

  /// Takes a token of `key`, if there is one.
  public Decision take(long key) {
    if (perMinute == 0) {
      return UNLIMITED;
    }
    long now = nanoTime.getAsLong();
    sweep(now);
    AtomicLong bucket = fullAt.computeIfAbsent(key, _ -> new AtomicLong(now));
    while (true) {
      long before = bucket.get();
      long base = before - now < 0 ? now : before;
      long after = base + nanosPerToken;
      if (after - now > burstNanos) {
        return new Decision(false, perMinute, 0, seconds(after - now - burstNanos));
      }
      if (bucket.compareAndSet(before, after)) {
        long remaining = (burstNanos - (after - now)) / nanosPerToken;
        return new Decision(true, perMinute, remaining, seconds(after - now));
      }
    }
  }

  /// Forgets those whose bucket is full again, once a second at most: where very many are busy,
  /// looking at each would make every token cost as much as there are keys.
  private void sweep(long now) {
    long due = sweepAt.get();
    if (now - due >= 0
        && fullAt.size() > SWEEP_SIZE
        && sweepAt.compareAndSet(due, now + SWEEP_NANOS)) {
      fullAt.values().removeIf(time -> time.get() - now < 0);
    }
  }

  /// How many keys are remembered.
  int size() {
    return fullAt.size();
  }

  private static long seconds(long nanos) {
    return Math.max(1, Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1)));
  }
}
