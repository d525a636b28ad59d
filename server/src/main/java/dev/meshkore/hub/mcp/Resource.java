package dev.meshkore.hub.mcp;

import tools.jackson.databind.node.ObjectNode;

/// Something that a client may read, and watch.
///
/// @param definition as `resources/list` shows it
/// @param handler answers `contents`
/// @param watch tells of changes
public record Resource(ObjectNode definition, McpHandler handler, Watch watch) {
  /// Tells of changes of what a caller would read.
  @FunctionalInterface
  public interface Watch {
    /// Runs `changed`, on any thread, after each change.
    ///
    /// @return what ends the watch
    Runnable start(McpCaller caller, Runnable changed);
  }

  /// For what changes without notice.
  public static final Watch NEVER = (_, _) -> () -> {};

  String uri() {
    return definition.path("uri").asString();
  }
}
