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
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ who talks to whom. An agent sees its own edges, the operator all.
final class NetworkRoutes {
  private static final int EDGES_MAX = 10_000;

  private final Relay relay;
  private final Agents agents;

  NetworkRoutes(Relay relay, Agents agents) {
    this.relay = relay;
    this.agents = agents;
  }

  void addTo(Router router, Callers callers) {
    router.get("/network", callers.any(this::network));
  }

  private Response network(Request request, Caller caller) {
    int limit = (int) request.query("limit", 1_000, 1, EDGES_MAX);
    long agent =
        switch (caller) {
          case Caller.OfAgent of -> of.number();
          case Caller.Admin _ -> 0;
          case Caller.OfOwner _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents and the operator");
        };
    List<Contacts.Edge> edges = relay.contacts().edges(agent, limit);
    var numbers = new TreeSet<Long>();
    ObjectNode answer = Json.object();
    ArrayNode nodes = answer.putArray("agents");
    ArrayNode lines = answer.putArray("edges");
    for (Contacts.Edge edge : edges) {
      numbers.add(edge.sender());
      numbers.add(edge.recipient());
      ObjectNode line = lines.addObject();
      line.put("from", agents.idOf(edge.sender()));
      line.put("to", agents.idOf(edge.recipient()));
      line.put("messages", edge.messages());
      line.put("last_at", Rfc3339.text(edge.lastAtMs()));
    }
    for (long number : numbers) {
      ObjectNode node = nodes.addObject();
      node.put("agent_id", agents.idOf(number));
      node.put("online", relay.presence().isOnline(number));
    }
    return Response.json(200, answer);
  }
}
