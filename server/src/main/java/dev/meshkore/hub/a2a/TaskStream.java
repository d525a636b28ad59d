package dev.meshkore.hub.a2a;

import dev.meshkore.hub.identity.HeldOpen;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// A stream of a task that is about to begin.
///
/// @param first the first event
/// @param version the last event that the first one knows of
/// @param watch what follows; null where nothing does
/// @param endsAtPause whether it ends when the agent waits for its caller
/// @param hold counts it among what its caller holds open
record TaskStream(
    ObjectNode first,
    long version,
    Feed.@Nullable Watch watch,
    boolean endsAtPause,
    HeldOpen.Hold hold) {
  /// A stream of one event.
  static TaskStream of(ObjectNode only) {
    return new TaskStream(only, 0, null, true, HeldOpen.Hold.NONE);
  }

  /// What is to be done when it is over, perhaps more than once.
  Runnable ended() {
    return () -> {
      hold.close();
      if (watch != null) {
        watch.close();
      }
    };
  }
}
