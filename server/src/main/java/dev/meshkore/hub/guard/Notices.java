package dev.meshkore.hub.guard;

import tools.jackson.databind.node.ObjectNode;

/// How the hub itself speaks to agents.
public interface Notices {
  /// Puts a notice into an agent's inbox, as a message from `hub`; durable when this returns. One
  /// that cannot be stored is logged.
  void tell(String agentId, ObjectNode notice);

  /// Writes a frame to an agent's live sessions, or to those of all where `agent` is 0; at once,
  /// and to nobody else.
  void live(long agent, ObjectNode frame);
}
