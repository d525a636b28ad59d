package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Preference;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ services.
final class ServiceRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;
  private static final String LINKED = "application/ld+json";
  private static final String MARKDOWN = "text/markdown";
  private static final List<String> TYPES = List.of("application/json", LINKED, MARKDOWN);
  private static final Map<String, String> FORMATS =
      Map.of("json", "application/json", "jsonld", LINKED, "markdown", MARKDOWN);

  private final MarketParts parts;
  private final Services services;
  private final Catalogue catalogue;
  private final CallWays ways;
  private final String context = readContext();

  ServiceRoutes(MarketParts parts, Services services, Catalogue catalogue, CallWays ways) {
    this.parts = parts;
    this.services = services;
    this.catalogue = catalogue;
    this.ways = ways;
  }

  void addTo(Router router) {
    router
        .post("/services", parts.callers().agent(this::publish))
        .get("/services", parts.callers().any((request, _) -> list(request)))
        .get("/services/{service_id}", parts.callers().any((request, _) -> show(request)))
        .add("PATCH", "/services/{service_id}", parts.callers().agent(this::change))
        .add("DELETE", "/services/{service_id}", parts.callers().agent(this::withdraw))
        .get(Documents.CONTEXT, _ -> context());
  }

  private Response publish(Request request, Caller.OfAgent caller) {
    Fields fields = request.fields();
    return Response.json(201, json(services.publish(caller, fields, Json.tree(request.body()))));
  }

  private Response change(Request request, Caller.OfAgent caller) {
    request.fields();
    JsonNode body = Json.tree(request.body());
    return Response.json(200, json(services.change(caller, request.name("service_id"), body)));
  }

  private Response withdraw(Request request, Caller.OfAgent caller) {
    services.withdraw(caller, request.name("service_id"));
    return new Response.Whole(204, Map.of(), new byte[0]);
  }

  private ObjectNode json(Listing service) {
    Agent seller = parts.agents().get(service.seller());
    return Shown.json(parts, service, service.terms(), service.version(), seller);
  }

  private Response list(Request request) {
    Catalogue.Wanted wanted = catalogue.wanted(request);
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long before = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    Catalogue.Page page = catalogue.find(wanted, before, limit);
    Map<Long, Agent> sellers =
        parts
            .agents()
            .byNumbers(page.services().stream().map(one -> one.service().seller()).toList())
            .stream()
            .collect(Collectors.toMap(Agent::number, agent -> agent, (one, _) -> one));
    Map<Long, Measured> measured = measured(page);
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("services");
    for (Catalogue.Found one : page.services()) {
      Listing service = one.service();
      Agent known = sellers.get(service.seller());
      Agent seller = known == null ? parts.agents().get(service.seller()) : known;
      ObjectNode json = Shown.json(parts, service, service.terms(), service.version(), seller);
      json.set("measured", Objects.requireNonNull(measured.get(service.number())).json());
      if (!wanted.words().isEmpty()) {
        json.put("score", one.score());
        addSignals(json, one);
      }
      list.add(json);
    }
    body.put("next", page.next().isPresent() ? Long.toString(page.next().getAsLong()) : null);
    if (request.query("facets").filter("true"::equals).isPresent()) {
      addFacets(body.putObject("facets"), wanted);
    }
    return Response.json(200, body);
  }

  private Map<Long, Measured> measured(Catalogue.Page page) {
    List<Measured.Promised> services =
        page.services().stream().map(one -> Measured.Promised.of(one.service())).toList();
    long now = parts.time().millis();
    return parts.database().read(reader -> Measured.of(reader, services, now));
  }

  private static void addSignals(ObjectNode json, Catalogue.Found one) {
    ObjectNode signals = json.putObject("signals");
    if (one.hit() != null) {
      signals.put("words", Math.round(one.hit().words() * 1_000));
      signals.put("meaning", Math.round(one.hit().meaning() * 1_000));
      signals.put("examples", Math.round(one.hit().examples() * 1_000));
    }
    signals.put("copy", one.service().copyOf().isPresent());
  }

  private void addFacets(ObjectNode json, Catalogue.Wanted wanted) {
    catalogue
        .facets(wanted)
        .forEach((name, facets) -> {
          ArrayNode list = json.putArray(name);
          facets.forEach(
              facet -> list.addObject().put("value", facet.word()).put("count", facet.count()));
        });
  }

  private Response show(Request request) {
    Listing service = services.find(request.name("service_id"));
    long version = request.query("version", service.version(), 1, Long.MAX_VALUE);
    ServiceTerms terms =
        version == service.version() ? service.terms() : services.version(service, version);
    Agent seller = parts.agents().get(service.seller());
    long now = parts.time().millis();
    long promisedMs = terms.sla().latencyMs();
    Measured measured =
        parts
            .database()
            .read(reader -> Measured.of(reader, new Measured.Promised(service, promisedMs), now));
    boolean isOnline = parts.isOnline().test(service.seller());
    var shown =
        new Shown(
            service,
            terms,
            version,
            seller,
            measured,
            isOnline,
            service.obstacle(now, isOnline),
            parts.trust().levelOf(service.seller()).word());
    // What a service said before is what nobody can call it by.
    Optional<PricedListing> called =
        version == service.version() ? new Priced(parts).called(service) : Optional.empty();
    var documents = new Documents(parts.hubUrl().get(), shown, called, ways);
    String type = type(request);
    return switch (type) {
      case LINKED -> Response.json(200, documents.linked()).with("Content-Type", LINKED);
      case MARKDOWN ->
          Response.text(200, MARKDOWN, documents.page()).with("Cache-Control", "no-store");
      case "nostr" -> Response.json(200, documents.nostr());
      case "bazaar" -> Response.json(200, documents.bazaar());
      default -> {
        ObjectNode json = Shown.json(parts, service, terms, version, seller);
        json.set("measured", measured.json());
        yield Response.json(200, json);
      }
    };
  }

  private static String type(Request request) {
    return request
        .query("format")
        .map(format -> {
          if (format.equals("nostr") || format.equals("bazaar")) {
            return format;
          }
          String type = FORMATS.get(format);
          if (type == null) {
            throw Refused.field("format", "format must be json, jsonld, markdown, nostr or bazaar");
          }
          return type;
        })
        .orElseGet(
            () -> Preference.best(request.header("accept").orElse("application/json"), TYPES));
  }

  private Response context() {
    return Response.text(200, LINKED, context)
        .with("Content-Type", LINKED)
        .with("Access-Control-Allow-Origin", "*")
        .with("Cache-Control", "public, max-age=3600");
  }

  private static String readContext() {
    try (InputStream stream = ServiceRoutes.class.getResourceAsStream("/market/context.json")) {
      if (stream == null) {
        throw new IllegalStateException("The context is missing");
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
