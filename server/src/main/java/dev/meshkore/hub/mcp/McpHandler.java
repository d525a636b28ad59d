package dev.meshkore.hub.mcp;

/// Answers a call of a tool, a prompt or a resource. Runs on a virtual thread and may block.
@FunctionalInterface
public interface McpHandler {
  /// Answers, or throws [dev.meshkore.hub.problem.Refused].
  McpResult handle(McpCall call);
}
