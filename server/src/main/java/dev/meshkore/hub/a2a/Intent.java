package dev.meshkore.hub.a2a;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// What the door wants with a message that it sends, known to the transaction that stores it.
sealed interface Intent {
  /// The caller begins a task.
  ///
  /// @param task as the message leaves it
  /// @param body the same as it is stored
  /// @param first what its first message is known by
  /// @param hook whom to notify of it
  record Begin(Task task, byte[] body, String first, @Nullable Hook hook) implements Intent {}

  /// The caller says something in a task.
  ///
  /// @param taskId the task
  /// @param message A2A's Message
  /// @param hook whom to notify from now on
  /// @param stored filled with the task as the message left it, after the commit
  record Say(
      String taskId,
      ObjectNode message,
      @Nullable Hook hook,
      AtomicReference<@Nullable Task> stored)
      implements Intent {}

  /// The caller wants no more of a task.
  record Cancel(String taskId) implements Intent {}
}
