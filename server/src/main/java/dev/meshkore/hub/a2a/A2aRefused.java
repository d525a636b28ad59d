package dev.meshkore.hub.a2a;

/// A request that A2A's rules refuse.
final class A2aRefused extends RuntimeException {
  private final A2aError error;

  A2aRefused(A2aError error, String detail) {
    super(detail, null, false, false);
    this.error = error;
  }

  A2aError error() {
    return error;
  }

  String detail() {
    return String.valueOf(getMessage());
  }
}
