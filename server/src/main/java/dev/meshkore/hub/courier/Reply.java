package dev.meshkore.hub.courier;

import dev.meshkore.hub.problem.Refused;
import tools.jackson.databind.JsonNode;

/// What came of asking an outside agent.
sealed interface Reply {
  /// It did what was asked.
  record Done(JsonNode result) implements Reply {}

  /// It will never do this.
  record No(Refused why) implements Reply {}

  /// It did not now, and may another time.
  ///
  /// @param isOfMessage whether it may be the message that it cannot bear, and not its own state
  record NotNow(Refused why, boolean isOfMessage) implements Reply {}
}
