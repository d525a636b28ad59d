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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ what people decide: stops, breakers, and approvals. Agents see what concerns themselves.
final class PersonRoutes {
  private static final int REASON_CHARACTERS_MAX = 500;
  private static final Set<String> STATES =
      Set.of("", "waiting", "approved", "done", "failed", "rejected", "expired");

  private final Agents agents;
  private final Callers callers;
  private final Stops stops;
  private final Breakers breakers;
  private final Approvals approvals;
  private final Supplier<Persons> persons;
  private final InstantSource clock;

  PersonRoutes(
      Guard.Parts parts,
      Supplier<Persons> persons,
      Stops stops,
      Breakers breakers,
      Approvals approvals,
      InstantSource clock) {
    this.agents = parts.agents();
    this.callers = parts.callers();
    this.stops = stops;
    this.breakers = breakers;
    this.approvals = approvals;
    this.persons = persons;
    this.clock = clock;
  }

  void addTo(Router router) {
    router
        .post("/stop", callers.any(this::stop))
        .post("/resume", callers.any(this::resume))
        .get("/stops", callers.any(this::stops))
        .get("/breakers", callers.any(this::breakers))
        .add("DELETE", "/breakers/{scope}", callers.any(this::reset))
        .get("/approvals", callers.any(this::approvals))
        .post("/approvals/{approval_id}", callers.any(this::decide))
        .get("/holds/{agent_id}", callers.any(this::holds))
        .add("PUT", "/holds/{agent_id}", callers.any(this::setHolds));
  }

  private Response stop(Request request, Caller caller) {
    String by = person(caller);
    Fields fields = request.fields();
    String scope = fields.text("scope");
    String reason =
        ProfileFields.freeText(
            "reason", fields.optionalText("reason").orElse(""), REASON_CHARACTERS_MAX);
    fields.end();
    if (scope.startsWith(Scopes.OWNER)) {
      stops.stopAll(owner(scope, caller), reason, by);
    } else {
      stops.stop(agentIn(scope, caller), reason, by);
    }
    return list(seen(caller));
  }

  private Response resume(Request request, Caller caller) {
    String by = person(caller);
    Fields fields = request.fields();
    String scope = fields.text("scope");
    fields.end();
    if (scope.startsWith(Scopes.OWNER)) {
      stops.resumeAll(owner(scope, caller), by);
    } else {
      stops.resume(agentIn(scope, caller), by);
    }
    return list(seen(caller));
  }

  private String person(Caller caller) {
    return persons
        .get()
        .name(caller)
        .orElseThrow(
            () -> new Refused(ProblemType.NOT_ALLOWED, "This is for the operator and for owners"));
  }

  /// The agent that a scope names, or 0 for the whole hub. One for which the caller may not decide
  /// is as unknown to it as one that is not there.
  private long agentIn(String scope, Caller caller) {
    if (scope.equals(Scopes.HUB)) {
      if (!persons.get().mayDecide(caller, 0)) {
        throw new Refused(ProblemType.NOT_ALLOWED, "This needs the admin key");
      }
      return 0;
    }
    if (!scope.startsWith(Scopes.AGENT)) {
      throw Refused.field(
          "scope", "scope must be hub, or agent: and an agent's id, or owner: and an owner's");
    }
    return decided(scope.substring(Scopes.AGENT.length()), caller);
  }

  /// The name of an owner that the caller is, or for which it may decide.
  private String owner(String name, Caller caller) {
    boolean mayDecide =
        persons.get().name(caller).filter(name::equals).isPresent()
            || persons.get().mayDecide(caller, 0);
    if (!mayDecide || persons.get().heldBy(name).isEmpty()) {
      throw unknown();
    }
    return name;
  }

  /// The number of an agent for which the caller may decide.
  private long decided(String id, Caller caller) {
    long agent = agents.numberOf(id).orElseThrow(PersonRoutes::unknown);
    if (!persons.get().mayDecide(caller, agent)) {
      throw unknown();
    }
    return agent;
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name");
  }

  private Response stops(Request request, Caller caller) {
    return list(seen(caller));
  }

  private List<Orders.Stop> seen(Caller caller) {
    return caller instanceof Caller.OfAgent agent
        ? stops.of(agent.number())
        : stops.all().stream().filter(stop -> isSeen(stop, caller)).toList();
  }

  private boolean isSeen(Orders.Stop stop, Caller caller) {
    return stop.agent() == 0
        || persons.get().name(caller).filter(stop.scope()::equals).isPresent()
        || (stop.agent() < 0
            ? persons.get().mayDecide(caller, 0)
            : persons.get().mayDecide(caller, stop.agent()));
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
      boolean isSeen = isAbout(tripped.scope(), caller);
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

  /// What stops all is for all to see, what stops an owner's agents for them and for the owner.
  private boolean isAbout(String scope, Caller caller) {
    List<String> named = Scopes.agentsIn(scope);
    if (scope.equals(Scopes.HUB)) {
      return true;
    }
    if (caller instanceof Caller.OfAgent agent) {
      return named.contains(agent.id())
          || persons.get().lastOwnerOf(agent.number()).filter(scope::equals).isPresent();
    }
    return persons.get().mayDecide(caller, 0)
        || persons.get().name(caller).filter(scope::equals).isPresent()
        || named.stream()
            .map(agents::numberOf)
            .flatMapToLong(OptionalLong::stream)
            .anyMatch(agent -> persons.get().mayDecide(caller, agent));
  }

  /// The operator closes any, an owner that of what its agent spends.
  private Response reset(Request request, Caller caller) {
    String scope = request.name("scope");
    boolean isOwners =
        Scopes.isSpending(scope)
            && Scopes.agentsIn(scope).stream()
                .map(agents::numberOf)
                .flatMapToLong(OptionalLong::stream)
                .anyMatch(agent -> persons.get().mayDecide(caller, agent));
    if (!isOwners && !persons.get().mayDecide(caller, 0)) {
      throw new Refused(
          ProblemType.NOT_ALLOWED, "The operator does that, or the owner for what is spent");
    }
    breakers.reset(scope, person(caller));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private Response approvals(Request request, Caller caller) {
    int limit = (int) request.query("limit", 50, 1, 200);
    String state = request.query("state").orElse("");
    if (!STATES.contains(state)) {
      throw Refused.field("state", "state must be that of an approval");
    }
    Optional<List<Long>> agents =
        switch (caller) {
          case Caller.OfAgent agent -> Optional.of(List.of(agent.number()));
          case Caller _ when persons.get().mayDecide(caller, 0) -> Optional.empty();
          case Caller _ -> Optional.of(persons.get().heldBy(person(caller)).orElse(List.of()));
        };
    Approvals.Page page = approvals.page(agents, state, request.query("cursor"), limit);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("approvals");
    page.approvals().forEach(one -> list.add(approvals.json(one)));
    answer.put("next", page.next().orElse(null));
    return Response.json(200, answer);
  }

  private Response decide(Request request, Caller caller) {
    String by = person(caller);
    Fields fields = request.fields();
    String decision = fields.text("decision");
    fields.end();
    if (!decision.equals("approve") && !decision.equals("reject")) {
      throw Refused.field("decision", "decision must be approve or reject");
    }
    String id = request.name("approval_id");
    if (!persons.get().mayDecide(caller, approvals.get(id).agent())) {
      throw Approvals.notWaiting(Optional.empty());
    }
    Approval after = approvals.decide(id, decision.equals("approve"), by);
    return Response.json(200, approvals.json(after));
  }

  private Response holds(Request request, Caller caller) {
    String id = request.name("agent_id");
    if (!(caller instanceof Caller.OfAgent of)) {
      return kinds(decided(id, caller));
    }
    if (!of.id().equals(id)) {
      throw new Refused(ProblemType.NOT_ALLOWED, "An agent sees its own only");
    }
    return kinds(of.number());
  }

  private Response setHolds(Request request, Caller caller) {
    String by = person(caller);
    Fields fields = request.fields();
    List<String> kinds =
        fields.texts("kinds").orElseThrow(() -> Refused.field("kinds", "kinds is required"));
    fields.end();
    long agent = decided(request.name("agent_id"), caller);
    approvals.setPolicy(agent, kinds, by);
    return kinds(agent);
  }

  private Response kinds(long agent) {
    ObjectNode answer = Json.object();
    answer.put("agent_id", agents.idOf(agent));
    ArrayNode list = answer.putArray("kinds");
    new TreeSet<>(approvals.policy(agent)).forEach(list::add);
    return Response.json(200, answer);
  }
}
