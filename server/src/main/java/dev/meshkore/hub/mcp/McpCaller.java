package dev.meshkore.hub.mcp;

import org.jspecify.annotations.Nullable;

/// Who calls an MCP server.
///
/// @param id the agent
/// @param number the agent's number in the hub
/// @param authorization the `Authorization` header, for calls of the hub's own routes
public record McpCaller(String id, long number, @Nullable String authorization) {}
