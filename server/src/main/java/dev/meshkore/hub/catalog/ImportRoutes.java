package dev.meshkore.hub.catalog;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ what is listed from outside.
final class ImportRoutes {
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;
  private static final int WORDS_MAX = 400;
  private static final int URL_MAX = 2_000;
  private static final int SERVER_BYTES_MAX = 64 * 1024;

  private final Imports imports;
  private final Agents agents;
  private final Callers callers;

  ImportRoutes(Imports imports, Agents agents, Callers callers) {
    this.imports = imports;
    this.agents = agents;
    this.callers = callers;
  }

  void addTo(Router router) {
    router.post("/imports", callers.agent(this::make));
    router.get("/imports", callers.any((request, _) -> list(request)));
    router.get("/imports/{import_id}", callers.any((request, _) -> one(request)));
    router.post("/imports/{import_id}/refresh", callers.agent(this::refresh));
    router.add("DELETE", "/imports/{import_id}", callers.agent(this::withdraw));
  }

  private Response make(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    Optional<String> url = fields.optionalText("url");
    boolean hasServer = fields.object("server").isPresent();
    fields.end();
    if (url.isPresent() == hasServer) {
      throw Refused.field("url", "Give either url or server");
    }
    Imports.Done done = url.isPresent() ? at(caller, url.get()) : server(request, caller);
    ObjectNode body = Json.object();
    ArrayNode listed = body.putArray("imports");
    done.listed().forEach(one -> listed.add(json(one)));
    ArrayNode skipped = body.putArray("skipped");
    done.skipped()
        .forEach(one -> skipped.addObject().put("name", one.name()).put("reason", one.reason()));
    return Response.json(201, body);
  }

  private Imports.Done at(Caller.OfAgent caller, String url) {
    if (url.length() > URL_MAX) {
      throw Refused.field("url", "url may have " + URL_MAX + " characters");
    }
    return imports.at(caller, url);
  }

  private Imports.Done server(Request request, Caller.OfAgent caller) {
    JsonNode server = Json.tree(request.body()).path("server");
    if (!(server instanceof ObjectNode document)
        || Json.bytes(document).length > SERVER_BYTES_MAX) {
      throw Refused.field("server", "server may have " + SERVER_BYTES_MAX + " bytes");
    }
    return imports.server(caller, document);
  }

  private Response list(Request request) {
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    String words = request.query("q").orElse("");
    if (words.length() > WORDS_MAX) {
      throw Refused.field("q", "q may have " + WORDS_MAX + " characters");
    }
    Optional<Found.Kind> kind = request.query("kind").map(ImportRoutes::kind);
    String after = request.query("cursor").orElse("");
    if (!Imports.isId(after)) {
      throw Refused.field("cursor", "cursor must be the next of the page before");
    }
    Imports.Page page = imports.page(after, kind, words, limit);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("imports");
    page.listings().forEach(listing -> list.add(json(listing)));
    body.put("next", page.next().orElse(null));
    return Response.json(200, body);
  }

  private static Found.Kind kind(String word) {
    for (Found.Kind kind : Found.Kind.values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw Refused.field("kind", "kind must be a2a-agent or mcp-server");
  }

  private Response one(Request request) {
    Listing listing = imports.find(request.name("import_id")).orElseThrow(Imports::unknown);
    ObjectNode body = json(listing);
    body.set("document", Json.own(listing.document().getBytes(StandardCharsets.UTF_8)));
    return Response.json(200, body);
  }

  private Response refresh(Request request, Caller.OfAgent caller) {
    return Response.json(200, json(imports.refresh(caller, request.name("import_id"))));
  }

  private Response withdraw(Request request, Caller.OfAgent caller) {
    imports.withdraw(caller, request.name("import_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private ObjectNode json(Listed listed) {
    return listed.json(agents.idOf(listed.listing().importer()));
  }

  private ObjectNode json(Listing listing) {
    return listing.json(agents.idOf(listing.importer()));
  }
}
