package dev.meshkore.hub.courier;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.OutsideAgents;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A message that has to go to an outside agent.
///
/// @param remote whom it goes to
/// @param id its id
/// @param from who sent it
/// @param isDirect whether it was sent to this agent alone, and not to a channel
/// @param thread its thread, or ""
/// @param sentAtMs when it was sent
/// @param payload what it says, or null where that cannot be passed on
record Errand(
    OutsideAgents.Outside remote,
    String id,
    String from,
    boolean isDirect,
    String thread,
    long sentAtMs,
    @Nullable JsonNode payload) {
  private static final String PAYLOAD = ",\"payload\":";

  /// Reads a message of an inbox. The payload is its last member, and nothing before it can hold
  /// quotes of its own.
  static Errand of(OutsideAgents.Outside remote, byte[] json) {
    var text = new String(json, StandardCharsets.UTF_8);
    int at = text.indexOf(PAYLOAD);
    JsonNode envelope = Json.tree((text.substring(0, at) + "}").getBytes(StandardCharsets.UTF_8));
    return new Errand(
        remote,
        envelope.path("id").asString(""),
        envelope.path("from").asString(""),
        envelope.has("to"),
        envelope.path("thread").asString(""),
        Instant.parse(envelope.path("sent_at").asString("")).toEpochMilli(),
        payload(text.substring(at + PAYLOAD.length(), text.length() - 1)));
  }

  /// The name of the message outside: the same each time, and of this hub's message alone.
  String a2aId() {
    String all = String.join("\n", remote.id(), from, id, Long.toString(sentAtMs));
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /// The task it speaks of, or "".
  String taskId() {
    return payload == null ? "" : payload.path("task_id").asString("");
  }

  /// Whether it asks to end a task.
  boolean isCancel() {
    return payload != null
        && !taskId().isEmpty()
        && payload.path("type").asString("").equals("task")
        && payload.path("state").asString("").equals("canceled");
  }

  private static @Nullable JsonNode payload(String text) {
    try {
      return Json.tree(text.getBytes(StandardCharsets.UTF_8));
    } catch (JacksonException _) {
      return null;
    }
  }
}
