package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a caller wants to send: A2A's SendMessageRequest, read and checked.
///
/// @param message A2A's Message, its members checked
/// @param messageId what the caller calls it
/// @param taskId the task that goes on; null for a new one
/// @param contextId the context it names
/// @param isAtOnce whether the answer shall not wait for the agent
/// @param historyLength how many messages the answer may hold; null for all
/// @param hook the notification config, unread
/// @param acceptedModes media types the caller can take
record Outgoing(
    ObjectNode message,
    String messageId,
    @Nullable String taskId,
    @Nullable String contextId,
    boolean isAtOnce,
    @Nullable Integer historyLength,
    @Nullable ObjectNode hook,
    ArrayNode acceptedModes) {
  static final int HISTORY_MAX = 1_000_000;

  static Outgoing read(JsonNode params) {
    ObjectNode given =
        Texts.object(params, "message")
            .orElseThrow(() -> Refused.field("message", "message is required"));
    ObjectNode configuration = Texts.object(params, "configuration").orElseGet(Json::object);
    String messageId = Texts.requiredId(given, "messageId");
    String taskId = Texts.id(given, "taskId").orElse(null);
    String contextId = Texts.id(given, "contextId").orElse(null);
    if (!Texts.text(given, "role").orElse("").equals("ROLE_USER")) {
      throw Refused.field("role", "role must be ROLE_USER");
    }
    ObjectNode message = Json.object();
    message.put("messageId", messageId);
    message.put("role", "ROLE_USER");
    message.set(
        "parts",
        Texts.parts(given, "parts")
            .orElseThrow(() -> Refused.field("parts", "parts are required")));
    Texts.object(given, "metadata").ifPresent(metadata -> message.set("metadata", metadata));
    putTexts(message, given, "extensions");
    putTexts(message, given, "referenceTaskIds");
    return new Outgoing(
        message,
        messageId,
        taskId,
        contextId,
        Texts.flag(configuration, "returnImmediately"),
        Texts.number(configuration, "historyLength", 0, HISTORY_MAX),
        Texts.object(configuration, "taskPushNotificationConfig").orElse(null),
        Texts.texts(configuration, "acceptedOutputModes"));
  }

  private static void putTexts(ObjectNode message, ObjectNode given, String name) {
    ArrayNode texts = Texts.texts(given, name);
    if (!texts.isEmpty()) {
      message.set(name, texts);
    }
  }

  /// The message as the task's history keeps it.
  ObjectNode kept(String ofTask, String ofContext) {
    ObjectNode kept = Json.object();
    kept.put("messageId", messageId);
    kept.put("contextId", ofContext);
    kept.put("taskId", ofTask);
    kept.setAll(message);
    return kept;
  }

  /// The message as the agent's inbox gets it.
  ObjectNode payload(String ofTask, String ofContext) {
    ArrayNode parts = (ArrayNode) message.get("parts");
    ObjectNode payload = Json.object();
    payload.put("type", "task");
    payload.put("task_id", ofTask);
    payload.put("context_id", ofContext);
    payload.put("message_id", messageId);
    payload.put("text", Texts.joined(parts));
    payload.set("parts", parts);
    Texts.object(message, "metadata").ifPresent(metadata -> payload.set("metadata", metadata));
    if (message.has("extensions")) {
      payload.set("extensions", message.get("extensions"));
    }
    if (message.has("referenceTaskIds")) {
      payload.set("reference_task_ids", message.get("referenceTaskIds"));
    }
    if (!acceptedModes.isEmpty()) {
      payload.set("accepted_output_modes", acceptedModes);
    }
    return payload;
  }
}
