package dev.meshkore.hub.courier;

import dev.meshkore.hub.problem.Refused;

/// What became of an attempt to hand a message over.
sealed interface Verdict {
  /// The outside agent has it.
  record Taken() implements Verdict {}

  /// It will never have it.
  record Failed(Refused why) implements Verdict {}

  /// It may have it another time.
  ///
  /// @param isOfMessage whether it may be the message that it cannot bear, and not its own state
  record NotNow(Refused why, boolean isOfMessage) implements Verdict {}

  /// The verdict that a reply without a result is.
  static Verdict of(Reply reply) {
    return switch (reply) {
      case Reply.Done _ -> new Taken();
      case Reply.No no -> new Failed(no.why());
      case Reply.NotNow notNow -> new NotNow(notNow.why(), notNow.isOfMessage());
    };
  }
}
