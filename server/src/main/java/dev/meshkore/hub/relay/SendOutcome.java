package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.Refused;

/// What became of a wish to send.
sealed interface SendOutcome {
  /// It is durable, now or since an earlier try.
  record Accepted(Sent sent) implements SendOutcome {}

  /// Nothing was stored.
  record Rejected(Refused refused) implements SendOutcome {}
}
