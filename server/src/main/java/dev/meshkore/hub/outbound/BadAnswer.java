package dev.meshkore.hub.outbound;

import java.io.IOException;

/// The other side answered, but not in a way that is taken.
final class BadAnswer extends IOException {
  private final String reason;

  BadAnswer(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
