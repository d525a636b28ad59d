package dev.meshkore.hub.mcp;

import java.util.List;

/// Completes what a person types as an argument.
@FunctionalInterface
public interface Completer {
  /// Values that begin with what was typed.
  List<String> complete(McpCaller caller, String typed);
}
