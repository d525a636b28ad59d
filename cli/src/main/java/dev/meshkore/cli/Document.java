package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// A JSON object that is given in a file or on standard input.
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

  private static CommandFailed wrong(String file, String reason) {
    return new CommandFailed(
        Exit.USER, "The document cannot be read", file + ": " + reason, "Give one JSON object.");
  }
}
