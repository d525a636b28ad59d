package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Principal;
import org.jspecify.annotations.Nullable;

/// Who calls an MCP server.
///
/// @param id the agent
/// @param number the agent's number in the hub
/// @param principal for calls of the hub's own routes; null where there are none
public record McpCaller(String id, long number, @Nullable Principal principal) {}
