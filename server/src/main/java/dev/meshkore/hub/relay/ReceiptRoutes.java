package dev.meshkore.hub.relay;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        .get("/receipts/{message_id}", callers.agent(this::receipt))
        .add("DELETE", "/messages/{message_id}", callers.agent(this::erase));
  }

  private Response receipts(Request request, Caller.OfAgent caller) {
    long after = request.query("after", 0, 0, Long.MAX_VALUE);
    List<SqlInboxes.Moved> moved = relay.movedSince(caller.number(), after, RECEIPTS_MAX);
    ObjectNode answer = Json.object();
    ArrayNode receipts = answer.putArray("receipts");
    long version = after;
    for (SqlInboxes.Moved of : moved) {
      String to = agents.idOf(of.agent());
      Optional<Stored> delivered = relay.newestOwn(caller.number(), of.agent(), of.delivered());
      Optional<Stored> read =
          of.acknowledged() == of.delivered()
              ? delivered
              : relay.newestOwn(caller.number(), of.agent(), of.acknowledged());
      delivered.ifPresent(newest -> add(receipts, newest, to, State.DELIVERED, of.movedAt()));
      read.ifPresent(newest -> add(receipts, newest, to, State.READ, of.movedAt()));
      version = Math.max(version, of.movedAt());
    }
    answer.put("version", version);
    return Response.json(200, answer);
  }

  /// Names the newest of the caller's messages up to the watermark.
  private static void add(ArrayNode receipts, Stored newest, String to, State state, long movedAt) {
    ObjectNode receipt = receipts.addObject();
    receipt.put("type", "receipt");
    receipt.put("to", to);
    receipt.put("state", state.word());
    receipt.put("sequence", newest.sequence());
    receipt.put("id", newest.id());
    receipt.put("at", Rfc3339.text(movedAt));
  }

  private Response erase(Request request, Caller.OfAgent caller) {
    relay.erasure().erase(caller, id(request));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private static String id(Request request) {
    String id = request.name("message_id");
    if (!Draft.isAnyId(id)) {
      throw new Refused(ProblemType.UNKNOWN_MESSAGE, "This is no message id");
    }
    return id;
  }

  private Response receipt(Request request, Caller.OfAgent caller) {
    String id = id(request);
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
