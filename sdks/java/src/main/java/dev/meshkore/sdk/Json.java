package dev.meshkore.sdk;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON as the hub speaks it.
final class Json {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /// Any value as JSON: a tree as it is, and what Jackson can write otherwise.
  static JsonNode of(@Nullable Object value) {
    return value instanceof JsonNode node ? node : MAPPER.valueToTree(value);
  }

  static String text(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }

  /// The value that a text holds, or null where it is not JSON.
  static @Nullable JsonNode read(String text) {
    try {
      JsonNode value = MAPPER.readTree(text);
      return value.isMissingNode() ? null : value;
    } catch (JacksonException e) {
      return null;
    }
  }
}
