package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// JSON that is given as an argument, in a file or on standard input.
final class Document {
  private Document() {}

  static ObjectNode read(Surroundings here, String file) {
    try {
      var text = file.equals("-") ? Input.all(here) : Files.readString(Path.of(file));
      if (Json.read(text) instanceof ObjectNode object) {
        return object;
      }
      throw wrong(file, "it is not an object");
    } catch (Json.Unreadable | IOException e) {
      throw wrong(file, e.getMessage() == null ? e.toString() : e.getMessage());
    }
  }

  /// Any JSON that is itself the argument; `-` reads it from standard input.
  static JsonNode given(Surroundings here, String text) {
    try {
      var value = Json.read(text.equals("-") ? Input.all(here) : text);
      if (value.isMissingNode()) {
        throw new Json.Unreadable("it is empty", null);
      }
      return value;
    } catch (Json.Unreadable e) {
      throw new CommandFailed(
          Exit.USER,
          "What is given is not JSON",
          String.valueOf(e.getMessage()),
          "Write it like '{\"text\":\"hello\"}'; a text alone like '\"hello\"'.");
    }
  }

  private static CommandFailed wrong(String file, String reason) {
    return new CommandFailed(
        Exit.USER, "The document cannot be read", file + ": " + reason, "Give one JSON object.");
  }
}
