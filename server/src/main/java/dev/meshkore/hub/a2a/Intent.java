package dev.meshkore.hub.a2a;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What the door wants with a message that it sends, known to the transaction that stores it.
sealed interface Intent {
  /// The caller says something, in a task that goes on or begins with it.
  ///
  /// @param taskId the task
  /// @param contextId the context of a task that begins; null for one that goes on
  /// @param message A2A's Message
  /// @param isShown whether the caller sees the task before its agent has answered
  /// @param hook whom to notify from now on
  /// @param stored filled with the task as the message left it, after the commit
  record Say(
      String taskId,
      @Nullable String contextId,
      ObjectNode message,
      boolean isShown,
      @Nullable Hook hook,
      AtomicReference<@Nullable Task> stored)
      implements Intent {}

  /// The caller wants no more of a task.
  record Cancel(String taskId) implements Intent {}
}
