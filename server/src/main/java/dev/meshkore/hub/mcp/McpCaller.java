package dev.meshkore.hub.mcp;

import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.http.Principal;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Who calls an MCP server.
///
/// @param id the agent
/// @param number the agent's number in the hub
/// @param principal for calls of the hub's own routes; null where there are none
/// @param peer who waits for the answer
/// @param hold counts one more stream of the caller until what it returns is run, or refuses
public record McpCaller(
    String id, long number, @Nullable Principal principal, Peer peer, Supplier<Runnable> hold) {
  /// A caller whose streams nobody counts.
  public McpCaller(String id, long number, @Nullable Principal principal) {
    this(id, number, principal, Peer.STAYING, () -> () -> {});
  }
}
