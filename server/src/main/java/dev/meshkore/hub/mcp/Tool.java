package dev.meshkore.hub.mcp;

import tools.jackson.databind.node.ObjectNode;

/// A tool that a model may call.
///
/// @param definition as `tools/list` shows it: name, title, description, schemas, annotations
/// @param isReporting whether it tells of its progress or asks the client, which needs a stream
/// @param handler answers a call
public record Tool(ObjectNode definition, boolean isReporting, McpHandler handler) {
  /// A tool that only answers.
  ///
  /// @param definition JSON, as `tools/list` shows it
  public static Tool of(String definition, McpHandler handler) {
    return new Tool(McpJson.object(definition), false, handler);
  }

  String name() {
    return definition.path("name").asString();
  }

  boolean isReadOnly() {
    return definition.path("annotations").path("readOnlyHint").asBoolean(false);
  }
}
