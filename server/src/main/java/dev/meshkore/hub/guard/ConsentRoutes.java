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
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ who may write to whom.
final class ConsentRoutes {
  private final Consent consent;
  private final Agents agents;
  private final Holding holding;

  ConsentRoutes(Consent consent, Agents agents, Holding holding) {
    this.holding = holding;
    this.consent = consent;
    this.agents = agents;
  }

  void addTo(Router router, Callers callers) {
    router
        .get("/contacts", callers.agent(this::contacts))
        .add("PUT", "/contacts/policy", callers.agent(this::setPolicy))
        .post("/contacts/{other}", callers.agent(this::request))
        .add("PUT", "/contacts/{other}", callers.agent(this::accept))
        .add("DELETE", "/contacts/{other}", callers.agent(this::remove))
        .add("PUT", "/blocks/{other}", callers.agent(this::block))
        .add("DELETE", "/blocks/{other}", callers.agent(this::unblock));
  }

  private Response contacts(Request request, Caller.OfAgent caller) {
    int limit = (int) request.query("limit", 200, 1, 1_000);
    long cursor = request.query("cursor", 0, 0, Long.MAX_VALUE);
    List<Consent.Said> found = consent.said(caller.number(), cursor, limit + 1);
    ObjectNode answer = Json.object();
    answer.put("policy", consent.policy(caller.number()).word());
    ArrayNode list = answer.putArray("contacts");
    for (Consent.Said said : found.subList(0, Math.min(limit, found.size()))) {
      ObjectNode one = list.addObject();
      one.put("agent_id", agents.idOf(said.other()));
      one.put("state", said.state());
      one.put("note", said.note());
      one.put("changed_at", Rfc3339.text(said.changedAtMs()));
    }
    if (found.size() > limit) {
      answer.put("next", found.get(limit - 1).other());
    } else {
      answer.putNull("next");
    }
    return Response.json(200, answer);
  }

  private Response setPolicy(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Consent.Policy policy = Consent.Policy.of(fields.text("policy"));
    fields.end();
    consent.setPolicy(caller.number(), policy);
    return Response.json(200, Json.object().put("policy", policy.word()));
  }

  private Response request(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    String note =
        ProfileFields.freeText(
            "note", fields.optionalText("note").orElse(""), Consent.NOTE_CHARACTERS_MAX);
    fields.end();
    long other = other(request, caller);
    return holding.orHold(
        request,
        caller,
        Approvals.CONTACTS + agents.idOf(other),
        () -> {
          consent.request(caller, other, note, request.body());
          return Response.json(202, Json.object().put("state", "requested"));
        });
  }

  private Response accept(Request request, Caller.OfAgent caller) {
    consent.accept(caller.number(), caller.id(), other(request, caller));
    return nothing();
  }

  private Response remove(Request request, Caller.OfAgent caller) {
    consent.remove(caller.number(), other(request, caller));
    return nothing();
  }

  private Response block(Request request, Caller.OfAgent caller) {
    consent.block(caller.number(), other(request, caller));
    return nothing();
  }

  private Response unblock(Request request, Caller.OfAgent caller) {
    consent.unblock(caller.number(), other(request, caller));
    return nothing();
  }

  private long other(Request request, Caller.OfAgent caller) {
    long other =
        agents
            .numberOf(request.name("other"))
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name"));
    if (other == caller.number()) {
      throw Refused.field("other", "This is yourself");
    }
    return other;
  }

  private static Response nothing() {
    return new Response.Whole(204, Map.of(), new byte[0]);
  }
}
