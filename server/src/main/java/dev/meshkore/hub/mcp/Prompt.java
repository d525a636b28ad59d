package dev.meshkore.hub.mcp;

import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// A prompt that a person may choose.
///
/// @param definition as `prompts/list` shows it
/// @param handler answers `messages`
/// @param completers of arguments, by name
public record Prompt(ObjectNode definition, McpHandler handler, Map<String, Completer> completers) {
  /// Copies the completers.
  public Prompt {
    completers = Map.copyOf(completers);
  }

  String name() {
    return definition.path("name").asString();
  }
}
