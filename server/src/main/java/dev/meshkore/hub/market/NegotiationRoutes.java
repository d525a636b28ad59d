package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ negotiations and agreements.
final class NegotiationRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;
  private static final Set<String> STATES =
      Set.of("", "open", "declined", "expired", "agreed", "delivered", "failed", "lapsed");

  private final MarketParts parts;
  private final Wants wants;
  private final Openings openings;
  private final Negotiations negotiations;

  NegotiationRoutes(MarketParts parts, Wants wants, Openings openings, Negotiations negotiations) {
    this.parts = parts;
    this.wants = wants;
    this.openings = openings;
    this.negotiations = negotiations;
  }

  void addTo(Router router) {
    router
        .post("/services/{service_id}/take", parts.callers().agent(this::take))
        .post(
            "/requests/{request_id}/offers/{offer_id}/accept", parts.callers().agent(this::accept))
        .post("/negotiations", parts.callers().agent(this::propose))
        .get("/negotiations", parts.callers().agent(this::list))
        .get("/negotiations/{negotiation_id}", parts.callers().agent(this::show))
        .post("/negotiations/{negotiation_id}/moves", parts.callers().agent(this::move))
        .post("/negotiations/{negotiation_id}/close", parts.callers().agent(this::close))
        .get("/negotiations/{negotiation_id}/agreement", parts.callers().agent(this::agreement));
  }

  private Response take(Request request, Caller.OfAgent caller) {
    String id = request.name("service_id");
    return held(
        request,
        caller,
        "/services/" + id + "/take",
        call -> openings.take(call, id, request.fields()));
  }

  private Response accept(Request request, Caller.OfAgent caller) {
    Want want = wants.find(request.name("request_id"));
    if (want.buyer() == caller.number()) {
      wants.shortlist(caller, want.id());
    }
    String offer = request.name("offer_id");
    return held(
        request,
        caller,
        "/requests/" + want.id() + "/offers/" + offer + "/accept",
        call -> openings.accept(call, want, offer, request.fields()));
  }

  private Response propose(Request request, Caller.OfAgent caller) {
    return held(request, caller, "/negotiations", call -> openings.propose(call, request.fields()));
  }

  private Response move(Request request, Caller.OfAgent caller) {
    String id = request.name("negotiation_id");
    return held(
        request,
        caller,
        "/negotiations/" + id + "/moves",
        call -> negotiations.move(call, id, request.fields()));
  }

  /// What a person has to approve first waits for that.
  private Response held(
      Request request,
      Caller.OfAgent caller,
      String target,
      Function<Approach.Call, Deals.Outcome> action) {
    String route = request.route().method() + " " + request.route().pattern();
    var call = new Approach.Call(caller, route, target, request.body());
    Supplier<Response> answer = () -> answer(caller, action.apply(call));
    return parts.holding().orHold(request, caller, target, answer);
  }

  private Response answer(Caller.OfAgent caller, Deals.Outcome outcome) {
    if (outcome.prepared().isPresent()) {
      return Response.json(200, outcome.prepared().get());
    }
    Negotiation negotiation = outcome.negotiation().orElseThrow();
    return Response.json(outcome.isNew() ? 201 : 200, json(caller, negotiation));
  }

  private Response list(Request request, Caller.OfAgent caller) {
    String state = request.query("state").orElse("");
    if (!STATES.contains(state)) {
      throw Refused.field("state", "state must be one of the states of a negotiation");
    }
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long before = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    List<Negotiation> found =
        parts
            .database()
            .read(reader ->
                SqlNegotiations.ofAgent(reader, caller.number(), state, before, limit + 1));
    List<Negotiation> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("negotiations");
    page.forEach(one -> list.add(json(caller, one)));
    body.put("next", found.size() > limit ? Long.toString(page.getLast().number()) : null);
    return Response.json(200, body);
  }

  private Response show(Request request, Caller.OfAgent caller) {
    Negotiation negotiation = negotiations.find(caller, request.name("negotiation_id"));
    ObjectNode json = json(caller, negotiation);
    ArrayNode chain = json.putArray("chain");
    for (Link link : negotiations.chain(negotiation)) {
      ObjectNode shown = link.json();
      OfferTerms.in(link).ifPresent(terms -> Scanned.add(shown, Scanned.marks(terms)));
      chain.add(shown);
    }
    return Response.json(200, json);
  }

  private Response close(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    if (!fields.has("delivered")) {
      throw Refused.field("delivered", "delivered must be true or false");
    }
    boolean isDelivered = fields.flag("delivered", false);
    fields.end();
    String id = request.name("negotiation_id");
    return Response.json(200, json(caller, negotiations.close(caller, id, isDelivered)));
  }

  private Response agreement(Request request, Caller.OfAgent caller) {
    Negotiation negotiation = negotiations.find(caller, request.name("negotiation_id"));
    if (negotiation.agreedAtMs() == 0) {
      String state = negotiation.state(parts.time().millis());
      throw state.equals("open")
          ? Deals.outOfTurn(negotiation, "Nothing was agreed to yet")
          : Deals.ended(state);
    }
    return Response.json(200, Agreement.of(parts, negotiation, negotiations.chain(negotiation)));
  }

  private ObjectNode json(Caller.OfAgent caller, Negotiation negotiation) {
    long now = parts.time().millis();
    String state = negotiation.state(now);
    ObjectNode json = Json.object();
    json.put("negotiation_id", negotiation.id());
    json.put("state", state);
    json.put("buyer", parts.agents().idOf(negotiation.buyer()));
    json.put("seller", parts.agents().idOf(negotiation.seller()));
    json.put("your_turn", state.equals("open") && negotiation.turn() == caller.number());
    json.put("head", negotiation.head());
    json.put("moves", negotiation.moves());
    if (negotiation.service().isPresent()) {
      long service = negotiation.service().getAsLong();
      parts
          .database()
          .read(reader -> SqlServices.get(reader, service))
          .ifPresent(one -> json.put("service_id", one.id()));
    }
    negotiation.offerId().ifPresent(id -> json.put("offer_id", id));
    json.put("self_dealing", negotiation.isOwn());
    json.put("made_at", Rfc3339.text(negotiation.madeAtMs()));
    if (negotiation.agreedAtMs() == 0) {
      json.put("expires_at", Rfc3339.text(negotiation.expiresAtMs()));
    } else {
      json.put("agreed_at", Rfc3339.text(negotiation.agreedAtMs()));
      json.put("deliver_by", Rfc3339.text(negotiation.expiresAtMs()));
    }
    if (negotiation.closedAtMs() != 0) {
      json.put("closed_at", Rfc3339.text(negotiation.closedAtMs()));
    }
    return json;
  }
}
