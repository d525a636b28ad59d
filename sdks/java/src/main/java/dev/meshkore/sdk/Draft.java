package dev.meshkore.sdk;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A message to be sent.
///
/// @param payload any value that can be JSON
/// @param thread what it belongs to
/// @param replyTo the id of the message that it answers
/// @param expiresIn how long it is worth reading
public record Draft(
    JsonNode payload,
    @Nullable String thread,
    @Nullable String replyTo,
    @Nullable Duration expiresIn) {

  /// A message that is only a payload: a tree, a map, a list, or anything else Jackson writes.
  public static Draft of(Object payload) {
    return new Draft(Json.of(payload), null, null, null);
  }

  /// The same in a thread.
  public Draft inThread(String name) {
    return new Draft(payload, name, replyTo, expiresIn);
  }

  /// The same as an answer, in the thread of what it answers.
  public Draft inReplyTo(Message message) {
    String sameThread = thread == null ? message.thread() : thread;
    return new Draft(payload, sameThread, message.id(), expiresIn);
  }

  /// The same for a time.
  public Draft expiringIn(Duration time) {
    return new Draft(payload, thread, replyTo, time);
  }

  Draft with(JsonNode other) {
    return new Draft(other, thread, replyTo, expiresIn);
  }

  ObjectNode json(String id) {
    ObjectNode json = Json.object();
    json.put("id", id);
    json.set("payload", payload);
    if (thread != null) {
      json.put("thread", thread);
    }
    if (replyTo != null) {
      json.put("reply_to", replyTo);
    }
    if (expiresIn != null) {
      json.put("expires_in", expiresIn.toSeconds());
    }
    return json;
  }
}
