package dev.meshkore.hub.intent;

import java.time.Duration;
import java.util.function.LongSupplier;

/// Keeps calls from something that is dead: after some failures in a row none is let through for a
/// while, then one at a time until one succeeds. Thread-safe.
final class Circuit {
  private final int failuresMax;
  private final long restNanos;
  private final LongSupplier nanoTime;
  private int failures;
  private long openedAt;
  private boolean isTrying;

  Circuit(int failuresMax, Duration rest, LongSupplier nanoTime) {
    this.failuresMax = failuresMax;
    this.restNanos = rest.toNanos();
    this.nanoTime = nanoTime;
  }

  /// Whether a call may be made now. Whoever is let through says afterwards what came of it.
  synchronized boolean isLetThrough() {
    if (failures < failuresMax) {
      return true;
    }
    if (isTrying || nanoTime.getAsLong() - openedAt < restNanos) {
      return false;
    }
    isTrying = true;
    return true;
  }

  synchronized void succeeded() {
    failures = 0;
    isTrying = false;
  }

  synchronized void failed() {
    failures = Math.min(failuresMax, failures + 1);
    openedAt = nanoTime.getAsLong();
    isTrying = false;
  }
}
