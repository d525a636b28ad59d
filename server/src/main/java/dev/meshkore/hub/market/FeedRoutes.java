package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ feeds.
final class FeedRoutes {
  private final MarketParts parts;
  private final Feeds feeds;

  FeedRoutes(MarketParts parts, Feeds feeds) {
    this.parts = parts;
    this.feeds = feeds;
  }

  void addTo(Router router) {
    router
        .post("/feeds", parts.callers().agent(this::make))
        .get("/feeds", parts.callers().agent(this::list))
        .get("/feeds/{feed_id}", parts.callers().agent(this::show))
        .add("PATCH", "/feeds/{feed_id}", parts.callers().agent(this::change))
        .add("DELETE", "/feeds/{feed_id}", parts.callers().agent(this::delete));
  }

  private Response make(Request request, Caller.OfAgent caller) {
    Feeds.Made made = feeds.make(caller, request.fields());
    return Response.json(made.isNew() ? 201 : 200, json(made.feed()));
  }

  private Response list(Request request, Caller.OfAgent caller) {
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("feeds");
    feeds.list(caller).forEach(feed -> list.add(json(feed)));
    return Response.json(200, body);
  }

  private Response show(Request request, Caller.OfAgent caller) {
    return Response.json(200, json(feeds.find(caller, request.name("feed_id"))));
  }

  private Response change(Request request, Caller.OfAgent caller) {
    request.fields();
    return Response.json(
        200, json(feeds.change(caller, request.name("feed_id"), Json.tree(request.body()))));
  }

  private Response delete(Request request, Caller.OfAgent caller) {
    feeds.delete(caller, request.name("feed_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private static ObjectNode json(Feed feed) {
    ObjectNode json = Json.object();
    json.put("feed_id", feed.id());
    json.setAll(feed.wish().json());
    json.put("told", feed.told());
    json.put("left_out", feed.leftOut());
    if (feed.toldAtMs() != 0) {
      json.put("told_at", Rfc3339.text(feed.toldAtMs()));
    }
    json.put("made_at", Rfc3339.text(feed.madeAtMs()));
    json.put("changed_at", Rfc3339.text(feed.changedAtMs()));
    return json;
  }
}
