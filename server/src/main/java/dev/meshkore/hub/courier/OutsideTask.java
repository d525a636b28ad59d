package dev.meshkore.hub.courier;

import java.util.Set;

/// A task at which an outside agent works for one of ours.
///
/// @param remote the outside agent's number
/// @param sender who asked for it
/// @param taskId the outside agent's name for it
/// @param contextId the outside agent's name for the conversation, or ""
/// @param thread the thread of the answers
/// @param messageId the message that the answers answer
/// @param state how it stands
/// @param told the digest of the last state that was told, or ""
/// @param looks how often it was asked for in vain since it last moved
/// @param endsAtMs when it is given up
record OutsideTask(
    long remote,
    long sender,
    String taskId,
    String contextId,
    String thread,
    String messageId,
    String state,
    String told,
    long looks,
    long endsAtMs) {
  private static final Set<String> FINAL = Set.of("completed", "failed", "canceled", "rejected");
  private static final Set<String> WAITING = Set.of("input-required", "auth-required");

  /// What tells tasks apart.
  record Key(long remote, long sender, String taskId) {}

  Key key() {
    return new Key(remote, sender, taskId);
  }

  /// Whether nothing more will come.
  boolean isFinal() {
    return FINAL.contains(state);
  }

  /// Whether it was not heard of since its last message.
  boolean isNew() {
    return state.equals("submitted");
  }

  /// Whether it is the sender's turn.
  boolean isWaiting() {
    return WAITING.contains(state);
  }

  /// Whether it is worth asking how it stands.
  boolean isMoving() {
    return !isFinal() && !isWaiting();
  }

  OutsideTask in(String newState, String newTold) {
    return new OutsideTask(
        remote,
        sender,
        taskId,
        contextId,
        thread,
        messageId,
        newState,
        newTold,
        newState.equals(state) ? looks : 0,
        endsAtMs);
  }

  OutsideTask lookedAt() {
    return new OutsideTask(
        remote, sender, taskId, contextId, thread, messageId, state, told, looks + 1, endsAtMs);
  }
}
