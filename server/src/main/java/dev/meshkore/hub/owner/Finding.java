package dev.meshkore.hub.owner;

import java.time.Duration;

/// What came of looking outside the hub for a text, with the reason in the hub's own words.
sealed interface Finding {
  /// The text is where it has to be.
  record There() implements Finding {}

  /// It is not there.
  record Missing(String reason) implements Finding {}

  /// Nobody could look: this says nothing of the text.
  ///
  /// @param again when the hub may try again
  record NotLooked(String reason, Duration again) implements Finding {
    private static final Duration AGAIN = Duration.ofHours(6);

    NotLooked(String reason) {
      this(reason, AGAIN);
    }
  }
}
