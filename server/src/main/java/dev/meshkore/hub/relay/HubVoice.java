package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.Notices;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import tools.jackson.databind.node.ObjectNode;

/// The hub's own words to agents: messages from `hub`, and frames of live sessions. Thread-safe.
public final class HubVoice implements Notices, Outbox.Voice {
  private static final Logger LOG = System.getLogger(HubVoice.class.getName());

  private final Presence presence;
  private final Correspondent hub;

  /// Speaks through this relay.
  public HubVoice(Relay relay) {
    this.presence = relay.presence();
    this.hub = relay.correspondent(Agents.HUB, Agents.HUB_ID);
  }

  @Override
  public void tellWithin(
      Transaction transaction,
      long agent,
      String agentId,
      ObjectNode notice,
      Outbox.Otherwise otherwise) {
    ObjectNode message = Json.object().put("to", agentId);
    message.set("payload", notice);
    hub.sendWithin(transaction, Json.bytes(message), agent, otherwise::store);
  }

  @Override
  public boolean tell(String agentId, String id, ObjectNode notice) {
    ObjectNode message = Json.object().put("to", agentId).put("id", id);
    message.set("payload", notice);
    try {
      hub.send(Json.bytes(message));
      return true;
    } catch (Refused | StoreFailure failure) {
      LOG.log(Level.DEBUG, "A notice to " + agentId + " waits", failure);
      return false;
    }
  }

  @Override
  public void tell(String agentId, ObjectNode notice) {
    ObjectNode message = Json.object().put("to", agentId);
    message.set("payload", notice);
    try {
      hub.send(Json.bytes(message));
    } catch (Refused | StoreFailure failure) {
      LOG.log(Level.WARNING, "A notice to " + agentId + " could not be stored", failure);
    }
  }

  @Override
  public void live(long agent, ObjectNode frame) {
    presence.tell(agent, frame.get("type").stringValue(), Json.bytes(frame));
  }
}
