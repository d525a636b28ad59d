package dev.meshkore.hub.market;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ requests for offers.
final class WantRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;
  private static final long WINDOW = 50_000;

  private final MarketParts parts;
  private final Wants wants;

  WantRoutes(MarketParts parts, Wants wants) {
    this.parts = parts;
    this.wants = wants;
  }

  void addTo(Router router) {
    router
        .post("/requests", parts.callers().agent(this::publish))
        .get("/requests", parts.callers().any((request, _) -> list(request)))
        .get("/requests/{request_id}", parts.callers().any((request, _) -> show(request)))
        .add("DELETE", "/requests/{request_id}", parts.callers().agent(this::withdraw))
        .add("PUT", "/requests/{request_id}/offer", parts.callers().agent(this::offer))
        .get("/requests/{request_id}/offer", parts.callers().agent(this::own))
        .add("DELETE", "/requests/{request_id}/offer", parts.callers().agent(this::takeBack))
        .get("/requests/{request_id}/offers", parts.callers().agent(this::shortlist));
  }

  private Response publish(Request request, Caller.OfAgent caller) {
    var call = new Approach.Call(caller, "POST /requests", "/requests", request.body());
    return Response.json(201, json(wants.publish(call, request.fields())));
  }

  private Response list(Request request) {
    var sql = new ArrayList<String>();
    var arguments = new ArrayList<Object>();
    long now = parts.time().millis();
    switch (request.query("state").orElse("open")) {
      case "open" -> {
        sql.add("state = 'open' AND deadline > ?");
        arguments.add(now);
      }
      case "closed" -> {
        sql.add("(state <> 'open' OR deadline <= ?)");
        arguments.add(now);
      }
      default -> throw Refused.field("state", "state must be open or closed");
    }
    request
        .query("category")
        .map(text -> Texts.category("category", text))
        .ifPresent(category -> {
          sql.add("(category = ? OR category LIKE ?)");
          arguments.add(category);
          arguments.add(category + "/%");
        });
    request
        .query("buyer")
        .ifPresent(id -> {
          sql.add("buyer = ?");
          arguments.add(
              parts
                  .agents()
                  .numberOf(id)
                  .orElseThrow(
                      () -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id")));
        });
    for (String word : Catalogue.words("q", request.query("q").orElse(""))) {
      sql.add("words LIKE ?");
      arguments.add("%" + word + "%");
    }
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long before = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    long top = Math.min(before - 1, parts.database().read(SqlWants::newest));
    long bottom = Math.max(0, top - WINDOW);
    sql.add("number > ?");
    arguments.add(bottom);
    List<Want> found =
        parts
            .database()
            .read(reader ->
                SqlWants.page(reader, String.join(" AND ", sql), arguments, before, limit + 1));
    List<Want> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("requests");
    page.forEach(want -> list.add(json(want)));
    if (found.size() > limit) {
      body.put("next", Long.toString(page.getLast().number()));
    } else {
      // A page looks at so many requests, and says where to go on.
      body.put("next", bottom > 0 ? Long.toString(bottom + 1) : null);
    }
    return Response.json(200, body);
  }

  private Response show(Request request) {
    return Response.json(200, json(wants.find(request.name("request_id"))));
  }

  private Response withdraw(Request request, Caller.OfAgent caller) {
    wants.withdraw(caller, request.name("request_id"));
    return nothing();
  }

  private Response offer(Request request, Caller.OfAgent caller) {
    String id = request.name("request_id");
    String target = "/requests/" + wants.find(id).id() + "/offer";
    var call =
        new Approach.Call(caller, "PUT /requests/{request_id}/offer", target, request.body());
    return parts
        .holding()
        .orHold(
            request,
            caller,
            target,
            () -> {
              Wants.Put put = wants.offer(call, id, request.fields());
              return put.prepared().isPresent()
                  ? Response.json(200, put.prepared().get())
                  : Response.json(
                      put.isNew() ? 201 : 200, json(id, put.offer().orElseThrow(), true));
            });
  }

  private Response own(Request request, Caller.OfAgent caller) {
    String id = request.name("request_id");
    return Response.json(200, json(id, wants.own(caller, id), true));
  }

  private Response takeBack(Request request, Caller.OfAgent caller) {
    wants.takeBack(caller, request.name("request_id"));
    return nothing();
  }

  private Response shortlist(Request request, Caller.OfAgent caller) {
    String id = request.name("request_id");
    Optional<List<SealedOffer>> listed = wants.shortlist(caller, id);
    Want want = wants.find(id);
    ObjectNode body = Json.object();
    body.put("request_id", id);
    body.put("state", want.state(parts.time().millis()));
    body.put("opens_at", Rfc3339.text(want.deadlineMs()));
    ArrayNode list = body.putArray("offers");
    if (listed.isPresent()) {
      body.put("offer_count", wants.count(want));
      listed.get().forEach(offer -> list.add(json(id, offer, false)));
    }
    return Response.json(200, body);
  }

  /// An offer. Where it stands, and why, is for the buyer.
  private ObjectNode json(String request, SealedOffer offer, boolean isOwn) {
    ObjectNode json = Json.object();
    json.put("offer_id", offer.id());
    json.put("request_id", request);
    json.put("state", offer.state());
    Agent seller = parts.agents().get(offer.seller());
    ObjectNode who = json.putObject("seller");
    who.put("agent_id", seller.id());
    who.put("online", parts.isOnline().test(seller.number()));
    parts.trust().addTo(who, seller);
    if (!offer.link().move().isEmpty()) {
      OfferTerms terms = offer.terms();
      ObjectNode shown = terms.json();
      shown.set("price", MoneyJson.json(terms.price()));
      json.set("terms", shown);
      Scanned.add(json, Scanned.marks(terms));
      json.put("hash", offer.link().hash());
      json.set("proof", offer.link().proof());
    }
    json.put("made_at", Rfc3339.text(offer.madeAtMs()));
    if (!isOwn) {
      json.put("place", offer.place());
      json.setAll((ObjectNode) Json.own(offer.ranking().getBytes(StandardCharsets.UTF_8)));
    }
    return json;
  }

  private ObjectNode json(Want want) {
    ObjectNode json = Json.object();
    json.put("request_id", want.id());
    json.put("state", want.state(parts.time().millis()));
    Agent buyer = parts.agents().get(want.buyer());
    ObjectNode who = json.putObject("buyer");
    who.put("agent_id", buyer.id());
    parts.trust().addTo(who, buyer);
    json.setAll(want.terms().json());
    Scanned.add(json, Scanned.marks(want.terms()));
    json.put("deadline", Rfc3339.text(want.deadlineMs()));
    json.put("made_at", Rfc3339.text(want.madeAtMs()));
    return json;
  }

  private static Response nothing() {
    return new Response.Whole(204, Map.of(), new byte[0]);
  }
}
