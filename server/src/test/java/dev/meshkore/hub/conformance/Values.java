package dev.meshkore.hub.conformance;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// What `${name}` stands for, and the replacing of it.
final class Values {
  private static final Pattern NAME = Pattern.compile("\\$\\{([^}]+)}");
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Map<String, JsonNode> values = new HashMap<>();

  void put(String name, JsonNode value) {
    values.put(name, value);
    if (name.endsWith(".token") && value.isString()) {
      String[] parts = value.stringValue().split("\\.", -1);
      if (parts.length == 3) {
        put(name + ".header", parts[0]);
        put(name + ".payload", parts[1]);
        put(name + ".signature", parts[2]);
      }
    }
  }

  void put(String name, String value) {
    put(name, NODES.stringNode(value));
  }

  /// The text of a value that must be known.
  String text(String name) {
    return value(name).asString();
  }

  /// A copy in which all values are in their places.
  JsonNode resolve(JsonNode node) {
    return switch (node) {
      case ObjectNode object when object.has("$repeat") -> {
        String piece = resolve(object.get("$repeat")).stringValue();
        yield NODES.stringNode(piece.repeat(resolve(object.get("times")).intValue()));
      }
      case ObjectNode object -> {
        ObjectNode copy = NODES.objectNode();
        object.properties().forEach(it -> copy.set(resolve(it.getKey()), resolve(it.getValue())));
        yield copy;
      }
      case ArrayNode array -> {
        ArrayNode copy = NODES.arrayNode();
        array.forEach(item -> copy.add(resolve(item)));
        yield copy;
      }
      case JsonNode text when text.isString() -> {
        Matcher whole = NAME.matcher(text.stringValue());
        yield whole.matches()
            ? value(whole.group(1))
            : NODES.stringNode(resolve(text.stringValue()));
      }
      case JsonNode other -> other;
    };
  }

  /// Text in which all values are in their places.
  String resolve(String text) {
    return NAME.matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(asText(value(match.group(1)))));
  }

  private JsonNode value(String name) {
    JsonNode value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("Nothing is known by the name " + name);
    }
    return name.startsWith("each.") ? resolve(value) : value;
  }

  private static String asText(JsonNode value) {
    return value.isString() ? value.stringValue() : value.toString();
  }
}
