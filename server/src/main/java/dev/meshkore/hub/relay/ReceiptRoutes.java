package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ receipts, for agents that poll.
final class ReceiptRoutes {
  private static final int RECEIPTS_MAX = 1_000;

  private final Relay relay;
  private final Agents agents;

  ReceiptRoutes(Relay relay, Agents agents) {
    this.relay = relay;
    this.agents = agents;
  }

  void addTo(Router router, Callers callers) {
    router
        .get("/receipts", callers.agent(this::receipts))
        .get("/receipts/{message_id}", callers.agent(this::receipt));
  }

  private Response receipts(Request request, Caller.OfAgent caller) {
    long after = request.query("after", 0, 0, Long.MAX_VALUE);
    List<SqlInboxes.Moved> moved = relay.movedSince(caller.number(), after, RECEIPTS_MAX);
    ObjectNode answer = Json.object();
    ArrayNode receipts = answer.putArray("receipts");
    long version = after;
    for (SqlInboxes.Moved of : moved) {
      String to = agents.idOf(of.agent());
      add(receipts, to, State.DELIVERED, of.delivered(), of.movedAt());
      add(receipts, to, State.READ, of.acknowledged(), of.movedAt());
      version = Math.max(version, of.movedAt());
    }
    answer.put("version", version);
    return Response.json(200, answer);
  }

  private static void add(ArrayNode receipts, String to, State state, long sequence, long movedAt) {
    if (sequence > 0) {
      ObjectNode receipt = receipts.addObject();
      receipt.put("type", "receipt");
      receipt.put("to", to);
      receipt.put("state", state.word());
      receipt.put("sequence", sequence);
      receipt.put("at", Frames.time(movedAt));
    }
  }

  private Response receipt(Request request, Caller.OfAgent caller) {
    String id = Draft.anyId("message_id", request.name("message_id"));
    ObjectNode answer = Json.object();
    answer.put("id", id);
    ArrayNode recipients = answer.putArray("recipients");
    for (States.OfRecipient of : relay.states().ofMessage(caller.number(), id)) {
      ObjectNode recipient = recipients.addObject();
      recipient.put("agent_id", of.agentId());
      recipient.put("sequence", of.sequence());
      recipient.put("state", of.state().word());
    }
    return Response.json(200, answer);
  }
}
