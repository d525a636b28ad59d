package dev.meshkore.hub.store;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// Counts what the writers commit. Thread-safe.
public final class WriterMeter {
  private final LongSupplier nanoTime;
  private final LongAdder commits = new LongAdder();
  private final LongAdder pieces = new LongAdder();
  private final LongAdder commitNanos = new LongAdder();

  WriterMeter(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  long now() {
    return nanoTime.getAsLong();
  }

  void committed(int pieceCount, long nanos) {
    commits.increment();
    pieces.add(pieceCount);
    commitNanos.add(nanos);
  }

  /// Transactions committed since the start.
  public long commitCount() {
    return commits.sum();
  }

  /// Pieces of work committed since the start.
  public long pieceCount() {
    return pieces.sum();
  }

  /// Time spent in COMMIT, which is mostly fsync, in nanoseconds.
  public long commitNanos() {
    return commitNanos.sum();
  }
}
