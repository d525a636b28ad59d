package dev.meshkore.hub.outbound;

import java.io.IOException;

/// A name leads to an address that may not be called; nothing was sent.
final class ForbiddenAddress extends IOException {
  private final String reason;

  ForbiddenAddress(String reason) {
    super(reason);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
