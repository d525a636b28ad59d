package dev.meshkore.cli;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes JSON.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /// One line of JSON.
  static String line(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }

  static String pretty(JsonNode value) {
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
  }

  static JsonNode read(String text) throws Unreadable {
    try {
      return MAPPER.readTree(text);
    } catch (JacksonException e) {
      throw new Unreadable(String.valueOf(e.getOriginalMessage()), e);
    }
  }

  /// The text of a member, or an empty text.
  static String text(JsonNode value, String member) {
    return value.path(member).asString("");
  }

  /// The text is not JSON; the message says why.
  static final class Unreadable extends Exception {
    Unreadable(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }
}
