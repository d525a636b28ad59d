package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// ACP messages ↔ payloads.
final class Parts {
  private static final String TEXT = "text/plain";
  private static final String JSON = "application/json";

  private Parts() {}

  /// The payload that an agent gets for ACP messages: their text for those who only read text, and
  /// the messages as they came.
  ///
  /// @param field what the messages are called in the request, for refusals
  static ObjectNode payload(String runId, String field, List<JsonNode> messages) {
    var texts = new ArrayList<String>();
    for (JsonNode message : messages) {
      JsonNode parts = message.path("parts");
      if (!parts.isArray() || parts.isEmpty()) {
        throw Refused.field(field, "Each message needs parts, and at least one");
      }
      for (JsonNode part : parts) {
        check(field, part);
        String type = part.path("content_type").asString(TEXT);
        boolean isPlain = !part.path("content_encoding").asString("plain").equals("base64");
        if (type.startsWith("text/") && isPlain && part.path("content").isString()) {
          texts.add(part.path("content").stringValue());
        }
      }
    }
    ObjectNode payload = Json.object();
    payload.put("type", "task");
    payload.put("task_id", runId);
    payload.put("text", texts.stream().collect(Collectors.joining("\n")));
    payload.putArray("input").addAll(messages);
    return payload;
  }

  private static void check(String field, JsonNode part) {
    boolean hasContent = part.path("content").isString();
    boolean hasUrl = part.path("content_url").isString();
    if (!part.isObject() || hasContent == hasUrl) {
      throw Refused.field(field, "Each part needs either content or content_url, as text");
    }
  }

  /// An agent's message in ACP's form.
  static ObjectNode message(JsonNode stored) {
    ObjectNode message = Json.object();
    message.put("role", "agent/" + stored.path("from").asString());
    ArrayNode parts = message.putArray("parts");
    content(stored.path("payload"), parts);
    String at = stored.path("sent_at").asString();
    message.put("created_at", at);
    message.put("completed_at", at);
    return message;
  }

  /// Whether a reply says more than a state.
  static boolean isWorthShowing(JsonNode payload) {
    return !isTask(payload) || payload.hasNonNull("text") || payload.hasNonNull("artifact");
  }

  /// Whether a payload uses the verbs of tasks.
  static boolean isTask(JsonNode payload) {
    return payload.path("type").asString("").equals("task") && payload.path("state").isString();
  }

  private static void content(JsonNode payload, ArrayNode parts) {
    JsonNode text = payload.path("text");
    JsonNode artifact = payload.path("artifact");
    if (payload.isString()) {
      add(parts, TEXT, payload.stringValue());
    } else if (text.isString() && (payload.size() == 1 || isTask(payload))) {
      add(parts, TEXT, text.stringValue());
    } else if (!isTask(payload)) {
      add(parts, JSON, payload.toString());
    }
    if (isTask(payload) && artifact.isObject()) {
      ObjectNode part =
          artifact.path("text").isString()
              ? add(parts, TEXT, artifact.path("text").stringValue())
              : add(parts, JSON, artifact.toString());
      part.put("name", artifact.path("name").asString("artifact"));
    }
  }

  private static ObjectNode add(ArrayNode parts, String type, String content) {
    return parts
        .addObject()
        .put("content_type", type)
        .put("content", content)
        .put("content_encoding", "plain");
  }
}
