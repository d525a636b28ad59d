package dev.meshkore.hub.courier;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.problem.Refused;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A2A objects ↔ the payloads by which agents of the hub speak of tasks.
final class Payloads {
  static final int ID_CHARACTERS_MAX = 256;

  private static final String STATE = "TASK_STATE_";

  private Payloads() {}

  /// The parts of a message that goes out: `parts` as they are, `text`, or the payload as data.
  static ArrayNode partsOf(JsonNode payload) {
    ArrayNode parts = Json.object().putArray("parts");
    JsonNode given = payload.path("parts");
    boolean hasParts =
        given.isArray()
            && !given.isEmpty()
            && StreamSupport.stream(given.spliterator(), false).allMatch(JsonNode::isObject);
    if (hasParts) {
      given.forEach(parts::add);
    } else if (payload.isString()) {
      parts.addObject().put("text", payload.stringValue());
    } else if (payload.path("text").isString()) {
      parts.addObject().put("text", payload.path("text").stringValue());
    } else {
      parts.addObject().set("data", payload);
    }
    return parts;
  }

  /// The hub's word for a state: `TASK_STATE_INPUT_REQUIRED` is `input-required`.
  static String state(JsonNode status) {
    String state = status.path("state").asString("");
    String word = state.startsWith(STATE) ? state.substring(STATE.length()) : "";
    return word.matches("[A-Z_]{1,40}")
        ? word.toLowerCase(Locale.ROOT).replace('_', '-')
        : "working";
  }

  /// How a task stands now.
  static ObjectNode ofStatus(String taskId, JsonNode status) {
    ObjectNode payload = task(taskId, state(status));
    addContent(payload, status.path("message").path("parts"));
    return payload;
  }

  /// Something that a task made, or a piece of it.
  static ObjectNode ofArtifact(String taskId, JsonNode artifact, JsonNode update) {
    ObjectNode payload = task(taskId, "working");
    ObjectNode made = payload.putObject("artifact");
    made.put("artifact_id", artifact.path("artifactId").asString(""));
    for (String name : new String[] {"name", "description"}) {
      if (artifact.path(name).isString()) {
        made.put(name, artifact.path(name).stringValue());
      }
    }
    addContent(made, artifact.path("parts"));
    if (update.path("append").asBoolean(false)) {
      made.put("append", true);
    }
    if (update.has("lastChunk")) {
      made.put("last_chunk", update.path("lastChunk").asBoolean(false));
    }
    return payload;
  }

  /// An answer that is no task.
  static ObjectNode ofMessage(JsonNode message) {
    ObjectNode payload = Json.object().put("type", "message");
    addContent(payload, message.path("parts"));
    return payload;
  }

  /// What the hub says of a task, or of a message that did not become one, when it fails.
  static ObjectNode ofFailure(String taskId, Refused why) {
    ObjectNode payload = Json.object().put("type", "task");
    if (!taskId.isEmpty()) {
      payload.put("task_id", taskId);
    }
    payload.put("state", "failed");
    payload.set("problem", Problems.body(why));
    return payload;
  }

  private static ObjectNode task(String taskId, String state) {
    return Json.object().put("type", "task").put("task_id", taskId).put("state", state);
  }

  /// The text of all text parts, and the parts themselves where some are more than text.
  private static void addContent(ObjectNode to, JsonNode parts) {
    if (!parts.isArray() || parts.isEmpty()) {
      return;
    }
    String text =
        StreamSupport.stream(parts.spliterator(), false)
            .map(part -> part.path("text"))
            .filter(JsonNode::isString)
            .map(JsonNode::stringValue)
            .collect(Collectors.joining("\n"));
    if (!text.isEmpty()) {
      to.put("text", text);
    }
    boolean isAllText =
        StreamSupport.stream(parts.spliterator(), false)
            .allMatch(part -> part.size() == 1 && part.path("text").isString());
    if (!isAllText) {
      to.set("parts", parts);
    }
  }
}
