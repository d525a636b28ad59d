package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.problem.Refused;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads the members of A2A's JSON by name. What A2A does not know is passed over, as ProtoJSON
/// readers of a later version need it.
final class Texts {
  private static final Set<String> CONTENTS = Set.of("text", "raw", "url", "data");
  private static final int ID_LENGTH_MAX = 200;
  private static final int PARTS_MAX = 100;

  /// Tasks as they are stored nest deeper than what came in; numbers stay as they are.
  private static final JsonMapper STORED =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  private Texts() {}

  /// A tree of bytes that the hub itself keeps, or has checked before.
  static JsonNode stored(byte[] json) {
    return STORED.readTree(json);
  }

  /// Refuses text that cannot be written as UTF-8.
  static void check(JsonNode node) {
    if (node.isString()) {
      Utf8.text("text", node.stringValue());
    }
    if (node.isObject()) {
      node.propertyNames().forEach(name -> Utf8.text("name", name));
    }
    node.forEach(Texts::check);
  }

  /// A member that is there and not null. ProtoJSON has its readers take `taskId` and `task_id`.
  static Optional<JsonNode> member(JsonNode object, String name) {
    JsonNode node = object.get(name);
    if (node == null) {
      node = object.get(inSnakeCase(name));
    }
    return node == null || node.isNull() ? Optional.empty() : Optional.of(node);
  }

  private static String inSnakeCase(String name) {
    var snake = new StringBuilder(name.length() + 4);
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      if (letter >= 'A' && letter <= 'Z') {
        snake.append('_').append((char) (letter - 'A' + 'a'));
      } else {
        snake.append(letter);
      }
    }
    return snake.toString();
  }

  static Optional<String> text(JsonNode object, String name) {
    return member(object, name)
        .map(node -> {
          if (!node.isString()) {
            throw Refused.field(name, name + " must be text");
          }
          return node.stringValue();
        });
  }

  /// A short name of visible ASCII; an empty one counts as none, as in ProtoJSON.
  static Optional<String> id(JsonNode object, String name) {
    return text(object, name).filter(text -> !text.isEmpty()).map(text -> id(name, text));
  }

  static String id(String name, String text) {
    if (text.isEmpty() || text.length() > ID_LENGTH_MAX || !isVisible(text)) {
      throw Refused.field(name, name + " must be 1 to 200 visible ASCII characters");
    }
    return text;
  }

  private static boolean isVisible(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < '!' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  static String requiredId(JsonNode object, String name) {
    return id(object, name).orElseThrow(() -> Refused.field(name, name + " is required"));
  }

  static boolean flag(JsonNode object, String name) {
    return member(object, name)
        .map(node -> {
          if (!node.isBoolean()) {
            throw Refused.field(name, name + " must be true or false");
          }
          return node.booleanValue();
        })
        .orElse(false);
  }

  static @Nullable Integer number(JsonNode object, String name, int least, int most) {
    return member(object, name)
        .map(node -> {
          boolean isWhole = node.isIntegralNumber() && node.canConvertToInt();
          if (!isWhole || node.intValue() < least || node.intValue() > most) {
            throw Refused.field(
                name, name + " must be a whole number from " + least + " to " + most);
          }
          return node.intValue();
        })
        .orElse(null);
  }

  static Optional<ObjectNode> object(JsonNode object, String name) {
    return member(object, name)
        .map(node -> {
          if (node instanceof ObjectNode found) {
            return found;
          }
          throw Refused.field(name, name + " must be an object");
        });
  }

  /// A list of texts; empty where there is none.
  static ArrayNode texts(JsonNode object, String name) {
    ArrayNode found = Json.object().putArray(name);
    member(object, name)
        .ifPresent(node -> {
          if (!node.isArray() || node.size() > PARTS_MAX) {
            throw Refused.field(name, name + " must be a list of texts");
          }
          for (JsonNode item : node) {
            if (!item.isString()) {
              throw Refused.field(name, name + " must be a list of texts");
            }
            found.add(item.stringValue());
          }
        });
    return found;
  }

  /// Parts, checked; members that A2A does not know are left out.
  static Optional<ArrayNode> parts(JsonNode object, String name) {
    return member(object, name)
        .map(node -> {
          if (!node.isArray() || node.isEmpty() || node.size() > PARTS_MAX) {
            throw Refused.field(name, name + " must be a list of 1 to " + PARTS_MAX + " parts");
          }
          ArrayNode parts = Json.object().putArray(name);
          node.forEach(part -> parts.add(part(name, part)));
          return parts;
        });
  }

  private static ObjectNode part(String name, JsonNode given) {
    ObjectNode part = Json.object();
    int contents = 0;
    for (String content : CONTENTS) {
      JsonNode value = given.get(content);
      if (value != null && (content.equals("data") || value.isString())) {
        part.set(content, value);
        contents++;
      }
    }
    if (!given.isObject() || contents != 1) {
      throw Refused.field(name, "A part has exactly one of text, raw, url and data");
    }
    copyText(given, "filename", part, "filename");
    copyText(given, "mediaType", part, "mediaType");
    object(given, "metadata").ifPresent(metadata -> part.set("metadata", metadata));
    return part;
  }

  private static void copyText(JsonNode from, String name, ObjectNode to, String toName) {
    text(from, name).filter(text -> !text.isEmpty()).ifPresent(text -> to.put(toName, text));
  }

  /// The texts of parts, joined by line breaks.
  static String joined(ArrayNode parts) {
    var all = new StringBuilder();
    for (JsonNode part : parts) {
      text(part, "text").ifPresent(text -> all.append(all.isEmpty() ? "" : "\n").append(text));
    }
    return all.toString();
  }

  /// One part of text.
  static ArrayNode ofText(String text) {
    ArrayNode parts = Json.object().putArray("parts");
    parts.addObject().put("text", text);
    return parts;
  }
}
