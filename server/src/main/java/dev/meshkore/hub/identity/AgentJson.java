package dev.meshkore.hub.identity;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An agent as the contract's `Agent` object.
public final class AgentJson {
  private AgentJson() {}

  /// The object that every door answers for an agent.
  public static ObjectNode of(Agent agent, boolean isOnline) {
    ObjectNode body = Json.object();
    body.put("agent_id", agent.id());
    body.put("description", agent.description());
    ArrayNode capabilities = body.putArray("capabilities");
    agent.capabilities().forEach(capabilities::add);
    body.put("status", agent.status());
    body.put("online", isOnline);
    body.put("last_seen", Rfc3339.text(agent.lastSeen()));
    body.put("joined_at", Rfc3339.text(agent.joinedAt()));
    if (agent.remote() != null) {
      body.put("remote", agent.remote());
    }
    return body;
  }
}
