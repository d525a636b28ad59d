package dev.meshkore.hub.console;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// Says in words what a schema of the contract takes.
final class SchemaText {
  private SchemaText() {}

  /// A type with its limits, such as `text, 1 to 64 characters`.
  static String of(Node schema) {
    var parts = new ArrayList<String>();
    parts.add(type(schema));
    if (schema.has("const")) {
      parts.add("always " + schema.text("const"));
    }
    if (schema.has("enum")) {
      parts.add(
          "one of " + schema.get("enum").items().map(Node::text).collect(Collectors.joining(", ")));
    }
    range(schema, "minLength", "maxLength", "characters", parts);
    range(schema, "minimum", "maximum", "", parts);
    range(schema, "minItems", "maxItems", "items", parts);
    if (schema.has("default")) {
      parts.add("default " + schema.text("default"));
    }
    return String.join(", ", parts);
  }

  /// The members of an object, those of its parts included.
  static Map<String, Node> fields(Node schema) {
    var fields = new LinkedHashMap<String, Node>();
    schema.get("allOf").items().forEach(part -> fields.putAll(fields(part)));
    fields.putAll(schema.get("properties").members());
    return fields;
  }

  /// The members of an object that must be given.
  static Set<String> required(Node schema) {
    var required = schema.get("required").items().map(Node::text).collect(Collectors.toSet());
    schema.get("allOf").items().forEach(part -> required.addAll(required(part)));
    return required;
  }

  private static String type(Node schema) {
    List<String> several = schema.get("type").items().map(Node::text).toList();
    if (!several.isEmpty()) {
      return several.stream().map(SchemaText::word).collect(Collectors.joining(" or "));
    }
    if (schema.text("type").equals("array")) {
      Node items = schema.get("items");
      return "list of " + (items.text("type").equals("object") ? "objects" : of(items));
    }
    if (!schema.has("type") && schema.has("oneOf")) {
      return schema.get("oneOf").items().map(SchemaText::type).collect(Collectors.joining(" or "));
    }
    return schema.has("type") ? word(schema.text("type")) : schema.has("allOf") ? "object" : "any";
  }

  private static String word(String type) {
    return switch (type) {
      case "string" -> "text";
      case "integer" -> "whole number";
      case "boolean" -> "true or false";
      default -> type;
    };
  }

  private static void range(
      Node schema, String least, String most, String unit, List<String> parts) {
    String from = schema.text(least);
    String to = schema.text(most);
    String words =
        from.isEmpty()
            ? to.isEmpty() ? "" : "at most " + to
            : to.isEmpty() ? "at least " + from : from.equals(to) ? to : from + " to " + to;
    if (!words.isEmpty()) {
      parts.add(unit.isEmpty() ? words : words + " " + unit);
    }
  }
}
