package dev.meshkore.bench;

import java.util.concurrent.ExecutionException;

/// A measurement could not be made; the message is for the person who asked for it.
final class BenchFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BenchFailure(String message) {
    super(message);
  }

  BenchFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /// What went wrong behind a failed future.
  static String causeOf(ExecutionException failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure.toString() : String.valueOf(cause.getMessage());
  }
}
