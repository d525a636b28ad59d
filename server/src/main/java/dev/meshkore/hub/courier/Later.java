package dev.meshkore.hub.courier;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;

/// The hub cannot store an answer now; the same can be told another time.
final class Later extends RuntimeException {
  private final transient Refused why;

  Later(Refused why) {
    super(why.detail(), why, false, false);
    this.why = why;
  }

  /// Whether it is the sender's own inbox that has no room; nobody else may have to wait for that.
  boolean isOfSender() {
    return why.type() == ProblemType.INBOX_FULL;
  }

  Refused why() {
    return why;
  }
}
