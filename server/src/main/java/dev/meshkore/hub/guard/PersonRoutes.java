package dev.meshkore.hub.guard;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ what people decide: stops, breakers, and approvals. Agents see what concerns themselves.
final class PersonRoutes {
  private static final int REASON_CHARACTERS_MAX = 500;
  private static final String ADMIN = "admin";
  private static final Set<String> STATES =
      Set.of("", "waiting", "approved", "done", "failed", "rejected", "expired");

  private final Agents agents;
  private final Callers callers;
  private final Stops stops;
  private final Breakers breakers;
  private final Approvals approvals;
  private final InstantSource clock;

  PersonRoutes(
      Guard.Parts parts, Stops stops, Breakers breakers, Approvals approvals, InstantSource clock) {
    this.agents = parts.agents();
    this.callers = parts.callers();
    this.stops = stops;
    this.breakers = breakers;
    this.approvals = approvals;
    this.clock = clock;
  }

  void addTo(Router router) {
    router
        .post("/stop", callers.admin(this::stop))
        .post("/resume", callers.admin(this::resume))
        .get("/stops", callers.any(this::stops))
        .get("/breakers", callers.any(this::breakers))
        .add("DELETE", "/breakers/{scope}", callers.admin(this::reset))
        .get("/approvals", callers.any(this::approvals))
        .post("/approvals/{approval_id}", callers.admin(this::decide))
        .get("/holds/{agent_id}", callers.any(this::holds))
        .add("PUT", "/holds/{agent_id}", callers.admin(this::setHolds));
  }

  private Response stop(Request request) {
    Fields fields = request.fields();
    String scope = fields.text("scope");
    String reason =
        ProfileFields.freeText(
            "reason", fields.optionalText("reason").orElse(""), REASON_CHARACTERS_MAX);
    fields.end();
    stops.stop(scope, reason, ADMIN);
    return list(stops.all());
  }

  private Response resume(Request request) {
    Fields fields = request.fields();
    String scope = fields.text("scope");
    fields.end();
    stops.resume(scope);
    return list(stops.all());
  }

  private Response stops(Request request, Caller caller) {
    return list(
        switch (caller) {
          case Caller.Admin _ -> stops.all();
          case Caller.OfOwner _ -> List.of();
          case Caller.OfAgent agent -> stops.of(agent.number());
        });
  }

  private static Response list(List<Orders.Stop> stops) {
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("stops");
    for (Orders.Stop stop : stops) {
      ObjectNode one = list.addObject();
      one.put("scope", stop.scope());
      one.put("reason", stop.reason());
      one.put("stopped_by", stop.by());
      one.put("stopped_at", Rfc3339.text(stop.atMs()));
    }
    return Response.json(200, answer);
  }

  private Response breakers(Request request, Caller caller) {
    long now = clock.millis();
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("breakers");
    for (Breakers.Tripped tripped : breakers.all()) {
      boolean isSeen =
          switch (caller) {
            case Caller.Admin _ -> true;
            case Caller.OfOwner _ -> false;
            case Caller.OfAgent agent -> Scopes.agentsIn(tripped.scope()).contains(agent.id());
          };
      if (isSeen) {
        ObjectNode one = list.addObject();
        one.put("scope", tripped.scope());
        one.put("state", tripped.state(now));
        one.put("reason", tripped.reason());
        one.put("trips", tripped.trips());
        one.put("tripped_at", Rfc3339.text(tripped.trippedAtMs()));
        one.put("open_until", Rfc3339.text(tripped.openUntilMs()));
      }
    }
    return Response.json(200, answer);
  }

  private Response reset(Request request) {
    breakers.reset(request.name("scope"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private Response approvals(Request request, Caller caller) {
    int limit = (int) request.query("limit", 50, 1, 200);
    String state = request.query("state").orElse("");
    if (!STATES.contains(state)) {
      throw Refused.field("state", "state must be that of an approval");
    }
    long agent =
        switch (caller) {
          case Caller.Admin _ -> 0;
          case Caller.OfOwner _ ->
              throw new Refused(ProblemType.NOT_ALLOWED, "This is for agents and the operator");
          case Caller.OfAgent of -> of.number();
        };
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("approvals");
    approvals.newest(agent, state, limit).forEach(one -> list.add(approvals.json(one)));
    return Response.json(200, answer);
  }

  private Response decide(Request request) {
    Fields fields = request.fields();
    String decision = fields.text("decision");
    fields.end();
    if (!decision.equals("approve") && !decision.equals("reject")) {
      throw Refused.field("decision", "decision must be approve or reject");
    }
    Approval after =
        approvals.decide(request.name("approval_id"), decision.equals("approve"), ADMIN);
    return Response.json(200, approvals.json(after));
  }

  private Response holds(Request request, Caller caller) {
    long agent = agent(request);
    if (caller instanceof Caller.OfAgent of && of.number() != agent) {
      throw new Refused(ProblemType.NOT_ALLOWED, "An agent sees its own only");
    }
    return kinds(agent);
  }

  private Response setHolds(Request request) {
    Fields fields = request.fields();
    List<String> kinds =
        fields.texts("kinds").orElseThrow(() -> Refused.field("kinds", "kinds is required"));
    fields.end();
    long agent = agent(request);
    approvals.setPolicy(agent, kinds);
    return kinds(agent);
  }

  private Response kinds(long agent) {
    ObjectNode answer = Json.object();
    answer.put("agent_id", agents.idOf(agent));
    ArrayNode list = answer.putArray("kinds");
    new TreeSet<>(approvals.policy(agent)).forEach(list::add);
    return Response.json(200, answer);
  }

  private long agent(Request request) {
    return agents
        .numberOf(request.name("agent_id"))
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name"));
  }
}
