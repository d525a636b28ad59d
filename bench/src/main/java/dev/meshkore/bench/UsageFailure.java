package dev.meshkore.bench;

/// The command line cannot be read; the message says which part.
final class UsageFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UsageFailure(String message) {
    super(message);
  }
}
