package dev.meshkore.hub.courier;

import dev.meshkore.hub.problem.Refused;

/// The hub cannot store an answer now; the same can be told another time.
final class Later extends RuntimeException {
  private final transient Refused why;

  Later(Refused why) {
    super(why.detail(), why, false, false);
    this.why = why;
  }

  Refused why() {
    return why;
  }
}
