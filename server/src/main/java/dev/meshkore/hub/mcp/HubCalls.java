package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.problem.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Calls the hub's own routes for the caller of a tool: all rules are there.
final class HubCalls {
  private final LocalCalls calls;

  HubCalls(LocalCalls calls) {
    this.calls = calls;
  }

  /// What a route answered.
  ///
  /// @param isDone false when `json` is the problem
  record Reply(boolean isDone, ObjectNode json) {}

  /// Whether this hub answers GET there: what its operator has turned off is not offered.
  boolean hasGet(String path) {
    return calls.has("GET", path);
  }

  Reply get(McpCaller caller, String target) {
    return call(caller, "GET", target, null);
  }

  Reply post(McpCaller caller, String target, @Nullable ObjectNode body) {
    return call(caller, "POST", target, body);
  }

  Reply call(McpCaller caller, String method, String target, @Nullable ObjectNode body) {
    byte[] bytes = body == null ? null : McpJson.bytes(body);
    LocalCalls.Answer answer = calls.call(method, target, caller.principal(), bytes, caller.peer());
    return new Reply(answer.isDone(), json(answer.body()));
  }

  /// Posts any JSON, with headers, to a route that answers any JSON.
  LocalCalls.Answer post(
      McpCaller caller, String target, Map<String, String> headers, JsonNode body) {
    byte[] bytes = McpJson.bytes(body);
    return calls.call("POST", target, headers, caller.principal(), bytes, caller.peer());
  }

  /// One segment of a path.
  static String segment(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// A target whose query holds these arguments.
  ///
  /// @param names of arguments, and what the query calls them
  static String target(String path, ObjectNode arguments, Map<String, String> names) {
    var target = new StringBuilder(path);
    char before = path.indexOf('?') < 0 ? '?' : '&';
    for (Map.Entry<String, String> name : names.entrySet()) {
      JsonNode value = arguments.get(name.getKey());
      if (value != null && !value.isNull()) {
        if (!value.isString() && !value.isIntegralNumber()) {
          throw Refused.field(name.getKey(), name.getKey() + " must be a text or a whole number");
        }
        target.append(before).append(name.getValue()).append('=').append(segment(value.asString()));
        before = '&';
      }
    }
    return target.toString();
  }

  /// Refuses arguments of other names than these, so that a misspelt one is noticed.
  static void allow(ObjectNode arguments, List<String> names) {
    for (String name : arguments.propertyNames()) {
      if (!names.contains(name)) {
        throw Refused.field(name, "There is no argument of this name");
      }
    }
  }

  /// A text that must be there.
  static String text(ObjectNode arguments, String name) {
    JsonNode value = arguments.path(name);
    if (!value.isString() || value.stringValue().isEmpty()) {
      throw Refused.field(name, name + " is required and must be text");
    }
    return value.stringValue();
  }

  /// A whole number within bounds.
  static int number(ObjectNode arguments, String name, int otherwise, int least, int most) {
    JsonNode value = arguments.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    boolean fits =
        value.isIntegralNumber()
            && value.canConvertToInt()
            && value.intValue() >= least
            && value.intValue() <= most;
    if (!fits) {
      throw Refused.field(name, name + " must be a whole number from " + least + " to " + most);
    }
    return value.intValue();
  }

  /// The arguments as the body of a send: `text` is short for a payload that only holds it.
  static ObjectNode draft(ObjectNode arguments) {
    ObjectNode draft = McpJson.object();
    draft.setAll(arguments);
    JsonNode text = draft.remove("text");
    if ((text == null) == !draft.has("payload")) {
      throw Refused.field("text", "Give either text or payload");
    }
    if (text != null) {
      if (!text.isString()) {
        throw Refused.field("text", "text must be text; other JSON goes into payload");
      }
      draft.putObject("payload").set("text", text);
    }
    return draft;
  }

  private static ObjectNode json(byte[] body) {
    if (body.length == 0) {
      return McpJson.object();
    }
    try {
      return (ObjectNode) Json.own(body);
    } catch (JacksonException failure) {
      throw new IllegalStateException("The route answered no JSON", failure);
    }
  }
}
