package dev.meshkore.hub.store;

import org.jspecify.annotations.Nullable;

/// The database did not do what it was asked; but for [Unsure], nothing of the failed work is
/// stored.
public abstract sealed class StoreFailure extends RuntimeException
    permits StoreFailure.Full,
        StoreFailure.Broken,
        StoreFailure.Busy,
        StoreFailure.Unsure,
        StoreFailure.Closed {

  StoreFailure(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  /// The disk is full. The hub goes on as soon as there is space.
  public static final class Full extends StoreFailure {
    Full(Throwable cause) {
      super("The disk is full", cause);
    }
  }

  /// The disk failed, so that nobody knows what is stored. The hub must stop: a failed fsync is
  /// never retried, because the kernel may have dropped the pages it could not write.
  public static final class Broken extends StoreFailure {
    Broken(Throwable cause) {
      super("The disk or the database file failed", cause);
    }
  }

  /// More work is waiting than may be held, or the database server is out of reach.
  public static final class Busy extends StoreFailure {
    Busy(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /// The server went away during the commit, so that nobody knows yet whether the work is stored.
  public static final class Unsure extends StoreFailure {
    Unsure(Throwable cause) {
      super("The database server went away during a commit", cause);
    }
  }

  /// The database is closed, or stopped accepting work after a failure.
  public static final class Closed extends StoreFailure {
    Closed() {
      super("The database is closed", null);
    }
  }
}
