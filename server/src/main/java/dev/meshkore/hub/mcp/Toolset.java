package dev.meshkore.hub.mcp;

import java.util.List;

/// Tools that a caller chooses together, by `?toolsets=name` or, without those that change
/// anything, `?toolsets=name:ro`.
///
/// @param name one word
/// @param tools in the order of the list
public record Toolset(String name, List<Tool> tools) {
  /// Copies the tools.
  public Toolset {
    tools = List.copyOf(tools);
  }
}
