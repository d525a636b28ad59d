package dev.meshkore.hub.catalog;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.Refused;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The interface of an ARD registry (0.9) over what the hub finds by its own routes. It lies below
/// `/ard`, because `GET /agents` is the hub's own. A score says how well an entry fits, never whom
/// to trust. The hub asks no other registry: `federation` is read, and nothing is referred to.
final class ArdRoutes {
  private static final int TEXT_MAX = 4_000;
  private static final int PAGE = 10;
  private static final int PAGE_MAX = 100;
  private static final int LIST_PAGE = 20;
  private static final int FACETS_MAX = 10;
  private static final int BUCKETS = 20;

  /// How many of what was found were answered, and after which server it was searched.
  private static final Pattern TOKEN =
      Pattern.compile("(?<from>[0-9]{1,6})(?:~(?<after>imp_[0-9a-f]{20}))?");

  private static final List<String> FEDERATION = List.of("auto", "referrals", "none");

  private final Entries entries;
  private final Callers callers;

  ArdRoutes(Entries entries, Callers callers) {
    this.entries = entries;
    this.callers = callers;
  }

  void addTo(Router router) {
    router.post("/ard/search", callers.any(this::search));
    router.post("/ard/explore", callers.any(this::explore));
    router.get("/ard/agents", callers.any(this::list));
  }

  private Response search(Request request, Caller caller) {
    Fields fields = request.fields();
    Fields query =
        fields
            .object("query")
            .orElseThrow(() -> Refused.field("query", "query is required and must be an object"));
    String text = query.text("text");
    if (text.isBlank() || text.length() > TEXT_MAX) {
      throw Refused.field("query.text", "query.text must have 1 to " + TEXT_MAX + " characters");
    }
    EntryFilter filter = filter(request, query);
    if (!FEDERATION.contains(fields.optionalText("federation").orElse("auto"))) {
      throw Refused.field("federation", "federation must be auto, referrals or none");
    }
    int size = (int) fields.number("pageSize", PAGE, 1, PAGE_MAX);
    Matcher token = TOKEN.matcher(fields.optionalText("pageToken").orElse("0"));
    if (!token.matches()) {
      throw EntryList.wrongToken();
    }
    fields.end();
    int from = Integer.parseInt(token.group("from"));
    String after = Objects.requireNonNullElse(token.group("after"), "");
    Entries.Best best = entries.search(text, after, caller);
    List<ObjectNode> found = best.entries().stream().filter(filter::includes).toList();
    ObjectNode body = Json.object();
    ArrayNode results = body.putArray("results");
    found.stream().skip(from).limit(size).map(entries::whole).forEach(results::add);
    body.putArray("referrals");
    if (found.size() > from + size) {
      body.put("pageToken", from + size + (after.isEmpty() ? "" : "~" + after));
    } else {
      best.next().ifPresent(server -> body.put("pageToken", "0~" + server));
    }
    return Response.json(200, body);
  }

  private Response explore(Request request, Caller caller) {
    Fields fields = request.fields();
    String text = "";
    EntryFilter filter = EntryFilter.ALL;
    var query = fields.object("query");
    if (query.isPresent()) {
      text = query.get().optionalText("text").orElse("");
      filter = filter(request, query.get());
    }
    boolean hasType = fields.object("resultType").isPresent();
    fields.end();
    JsonNode facets = Json.tree(request.body()).path("resultType").path("facets");
    if (!hasType || !facets.isArray() || facets.size() > FACETS_MAX || text.length() > TEXT_MAX) {
      throw Refused.field(
          "resultType", "resultType.facets must be a list of at most " + FACETS_MAX + " facets");
    }
    Entries.Counted counted =
        text.isBlank()
            ? entries.counted(caller)
            : new Entries.Counted(entries.search(text, "", caller).entries(), false);
    List<ObjectNode> found = counted.entries().stream().filter(filter::includes).toList();
    ObjectNode body = Json.object();
    body.put("resultType", "facets");
    body.put("complete", counted.isComplete());
    ObjectNode all = body.putObject("facets");
    for (JsonNode facet : facets) {
      String field = facet.isString() ? facet.asString() : facet.path("field").asString("");
      if (field.isEmpty() || field.length() > 100) {
        throw Refused.field("resultType", "A facet must name a field");
      }
      int limit = Math.clamp(facet.path("limit").asInt(BUCKETS), 1, PAGE_MAX);
      buckets(all.putObject(field), found, field, limit, facet.path("minCount").asInt(1));
    }
    return Response.json(200, body);
  }

  private Response list(Request request, Caller caller) {
    int size = (int) request.query("pageSize", LIST_PAGE, 1, PAGE_MAX);
    var from = EntryList.Place.of(request.query("pageToken").orElse(""));
    var order = EntryList.Order.of(request.query("orderBy").orElse("identifier"));
    EntryFilter filter = EntryFilter.parse(request.query("filter").orElse(""));
    EntryList.Part part = entries.list(order, from, filter::includes, size, caller);
    ObjectNode body = Json.object();
    ArrayNode items = body.putArray("items");
    part.entries().stream().map(entries::whole).forEach(items::add);
    part.next().ifPresent(place -> body.put("pageToken", place.token()));
    return Response.json(200, body);
  }

  /// The filter's keys are the client's own, so it is read from the tree.
  private static EntryFilter filter(Request request, Fields query) {
    boolean hasFilter = query.object("filter").isPresent();
    query.end();
    return hasFilter
        ? EntryFilter.read(Json.tree(request.body()).path("query").path("filter"))
        : EntryFilter.ALL;
  }

  private static void buckets(
      ObjectNode facet, List<ObjectNode> found, String field, int limit, int least) {
    Map<String, Integer> counts = new HashMap<>();
    found.forEach(entry ->
        EntryFilter.values(entry, field).forEach(one -> counts.merge(one, 1, Integer::sum)));
    List<Map.Entry<String, Integer>> sorted =
        new TreeMap<>(counts)
            .entrySet().stream()
                .filter(one -> one.getValue() >= least)
                .sorted((one, other) -> other.getValue() - one.getValue())
                .toList();
    ArrayNode buckets = facet.putArray("buckets");
    sorted.stream()
        .limit(limit)
        .forEach(
            one -> buckets.addObject().put("value", one.getKey()).put("count", one.getValue()));
    facet.put("otherCount", sorted.stream().skip(limit).mapToInt(one -> one.getValue()).sum());
  }
}
