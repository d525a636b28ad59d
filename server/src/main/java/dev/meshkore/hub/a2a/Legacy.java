package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The calls of A2A 0.3 that are most used, translated to 1.0 and back: `kind` members, states and
/// roles in lower case, and files as objects of their own.
final class Legacy {
  private static final Set<String> METHODS =
      Set.of("message/send", "message/stream", "tasks/get", "tasks/cancel", "tasks/resubscribe");

  /// What a call gives.
  sealed interface Answer {
    /// A whole result, in the form of 0.3.
    record Result(ObjectNode json) implements Answer {}

    /// A stream, whose events are still in the form of 1.0.
    record Streamed(TaskStream stream) implements Answer {}
  }

  private final Operations operations;

  Legacy(Operations operations) {
    this.operations = operations;
  }

  static boolean isMethod(String method) {
    return METHODS.contains(method);
  }

  Answer answer(DoorCall call, String method, ObjectNode params) {
    return switch (method) {
      case "message/send" -> new Answer.Result(event(operations.send(call, sent(params))));
      case "message/stream" -> new Answer.Streamed(operations.sendStreaming(call, sent(params)));
      case "tasks/get" -> new Answer.Result(task(operations.get(call, params)));
      case "tasks/cancel" -> new Answer.Result(task(operations.cancel(call, params)));
      default -> new Answer.Streamed(operations.subscribe(call, params));
    };
  }

  private static ObjectNode sent(ObjectNode params) {
    ObjectNode request = params.deepCopy();
    if (request.get("message") instanceof ObjectNode message) {
      Texts.text(message, "role")
          .ifPresent(role -> message.put("role", "ROLE_" + role.toUpperCase(Locale.ROOT)));
      if (message.get("parts") instanceof ArrayNode parts) {
        message.set("parts", current(parts));
      }
    }
    if (request.get("configuration") instanceof ObjectNode configuration) {
      JsonNode blocking = configuration.get("blocking");
      configuration.put(
          "returnImmediately", blocking != null && blocking.isBoolean() && !blocking.asBoolean());
      JsonNode hook = configuration.get("pushNotificationConfig");
      if (hook != null) {
        configuration.set("taskPushNotificationConfig", hook);
      }
    }
    return request;
  }

  private static ArrayNode current(ArrayNode parts) {
    ArrayNode all = Json.object().putArray("parts");
    for (JsonNode part : parts) {
      if (part.get("file") instanceof ObjectNode file) {
        ObjectNode one = all.addObject();
        copy(file, "bytes", one, "raw");
        copy(file, "uri", one, "url");
        copy(file, "name", one, "filename");
        copy(file, "mimeType", one, "mediaType");
        copy(part, "metadata", one, "metadata");
      } else {
        all.add(part);
      }
    }
    return all;
  }

  private static void copy(JsonNode from, String name, ObjectNode to, String toName) {
    JsonNode value = from.get(name);
    if (value != null && !value.isNull()) {
      to.set(toName, value);
    }
  }

  /// An event of a stream, or the answer to a message, in the form of 0.3.
  static ObjectNode event(byte[] event) {
    return event((ObjectNode) Texts.stored(event));
  }

  private static ObjectNode event(ObjectNode event) {
    Map.Entry<String, JsonNode> only = event.properties().iterator().next();
    ObjectNode value = (ObjectNode) only.getValue();
    return switch (only.getKey()) {
      case "task" -> task(value);
      case "message" -> message(value);
      case "statusUpdate" -> {
        ObjectNode update = status(value.deepCopy()).put("kind", "status-update");
        String state = update.get("status").get("state").stringValue();
        yield update.put("final", TaskState.stored(state).isSettled());
      }
      default -> {
        ObjectNode update = value.deepCopy();
        update.set("artifact", artifact((ObjectNode) update.get("artifact")));
        yield update.put("kind", "artifact-update");
      }
    };
  }

  private static ObjectNode task(ObjectNode current) {
    ObjectNode task = status(current.deepCopy());
    if (task.get("history") instanceof ArrayNode history) {
      for (int i = 0; i < history.size(); i++) {
        history.set(i, message((ObjectNode) history.get(i)));
      }
    }
    if (task.get("artifacts") instanceof ArrayNode artifacts) {
      for (int i = 0; i < artifacts.size(); i++) {
        artifacts.set(i, artifact((ObjectNode) artifacts.get(i)));
      }
    }
    return task.put("kind", "task");
  }

  private static ObjectNode status(ObjectNode holder) {
    ObjectNode status = (ObjectNode) holder.get("status");
    TaskState.ofWire(status.get("state").stringValue())
        .ifPresent(state -> status.put("state", state.verb()));
    if (status.get("message") instanceof ObjectNode message) {
      status.set("message", message(message));
    }
    return holder;
  }

  private static ObjectNode message(ObjectNode current) {
    ObjectNode message = current.deepCopy();
    message.put("kind", "message");
    message.put("role", message.get("role").stringValue().equals("ROLE_USER") ? "user" : "agent");
    message.set("parts", former((ArrayNode) message.get("parts")));
    return message;
  }

  private static ObjectNode artifact(ObjectNode current) {
    ObjectNode artifact = current.deepCopy();
    artifact.set("parts", former((ArrayNode) artifact.get("parts")));
    return artifact;
  }

  private static ArrayNode former(ArrayNode parts) {
    ArrayNode all = Json.object().putArray("parts");
    for (Iterator<JsonNode> rest = parts.iterator(); rest.hasNext(); ) {
      JsonNode part = rest.next();
      ObjectNode one = all.addObject();
      if (part.has("text") || part.has("data")) {
        one.put("kind", part.has("text") ? "text" : "data");
        copy(part, "text", one, "text");
        copy(part, "data", one, "data");
      } else {
        one.put("kind", "file");
        ObjectNode file = one.putObject("file");
        copy(part, "raw", file, "bytes");
        copy(part, "url", file, "uri");
        copy(part, "filename", file, "name");
        copy(part, "mediaType", file, "mimeType");
      }
      copy(part, "metadata", one, "metadata");
    }
    return all;
  }
}
