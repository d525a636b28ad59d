package dev.meshkore.hub.catalog;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Caller;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is found here, as entries of an AI catalog: agents of the hub and outside, services, and
/// servers that were imported. It asks the hub's own routes as its caller, so that nobody is shown
/// what they would not be shown there.
final class Entries {
  /// What was found for a request.
  ///
  /// @param entries best first, each with its score
  /// @param next after which server the search goes on, where there are more than one looks at
  record Best(List<ObjectNode> entries, Optional<String> next) {}

  /// Entries that are counted.
  ///
  /// @param isComplete whether these are all that there are
  record Counted(List<ObjectNode> entries, boolean isComplete) {}

  private static final int FOUND_MAX = 100;
  private static final int COUNTED_MAX = 1_000;
  private static final int AGENTS_AT_ONCE = 200;
  private static final int WORDS_MAX = 400;
  private static final double MARKED = 0.5;

  /// Stands in an entry for its document until it is answered.
  private static final String IMPORT = "import";

  private final LocalCalls calls;
  private final Imports imports;
  private final Supplier<String> hubUrl;

  Entries(LocalCalls calls, Imports imports, Supplier<String> hubUrl) {
    this.calls = calls;
    this.imports = imports;
    this.hubUrl = hubUrl;
  }

  /// The best entries for a request. A search that goes on after a server finds servers alone: all
  /// else was found by the first.
  Best search(String text, String afterServer, Caller caller) {
    var found = new ArrayList<ObjectNode>();
    if (afterServer.isEmpty()) {
      addOwn(found, text, caller);
    }
    String words = text.substring(0, Math.min(text.length(), WORDS_MAX));
    // Those that hold the most of the words, first those that hold all.
    Imports.Page servers = imports.best(afterServer, words, FOUND_MAX);
    int rank = 0;
    for (Listing listing : servers.listings()) {
      found.add(scored(entry(listing), byRank(rank++), !listing.marks().isEmpty()));
    }
    found.sort(Comparator.comparingInt((ObjectNode one) -> one.path("score").asInt()).reversed());
    return new Best(found.stream().limit(FOUND_MAX).toList(), servers.next());
  }

  private void addOwn(List<ObjectNode> found, String text, Caller caller) {
    String words = encoded(text.substring(0, Math.min(text.length(), WORDS_MAX)));
    if (calls.has("POST", "/discover")) {
      byte[] asked = Json.bytes(Json.object().put("query", text).put("limit", 50));
      LocalCalls.Answer answer = calls.call("POST", "/discover", caller, asked);
      addAgents(found, answer, "results");
    }
    // What was said within the last second is found by its words alone.
    String target = "/agents?status=all&limit=50&q=" + words;
    addAgents(found, calls.call("GET", target, caller, null), "agents");
    if (calls.has("GET", "/services")) {
      addServices(found, calls.call("GET", "/services?limit=50&q=" + words, caller, null));
    }
  }

  /// The entry as it is answered, with the document of what was imported.
  ObjectNode whole(ObjectNode entry) {
    JsonNode id = entry.remove(IMPORT);
    if (id != null) {
      imports
          .find(id.asString())
          .map(listing -> Json.own(listing.document().getBytes(StandardCharsets.UTF_8)))
          .ifPresent(document -> entry.set("data", document));
    }
    return entry;
  }

  /// The first entries, as many of agents and of servers as are counted at once.
  Counted counted(Caller caller) {
    var found = new ArrayList<ObjectNode>();
    String cursor = "";
    boolean hasMore = true;
    while (hasMore && found.size() < COUNTED_MAX) {
      EntryList.AgentPage page = agents(cursor, AGENTS_AT_ONCE, caller);
      found.addAll(page.entries());
      cursor = page.next();
      hasMore = !cursor.isEmpty();
    }
    List<Listing> servers = imports.servers("", COUNTED_MAX + 1);
    servers.stream().limit(COUNTED_MAX).map(this::listed).forEach(found::add);
    return new Counted(found, !hasMore && servers.size() <= COUNTED_MAX);
  }

  /// The entries that are wanted, from a place on.
  EntryList.Part list(
      EntryList.Order order,
      EntryList.Place from,
      Predicate<ObjectNode> isWanted,
      int limit,
      Caller caller) {
    var source =
        new EntryList.Source() {
          @Override
          public EntryList.AgentPage agents(String cursor, int limit) {
            return Entries.this.agents(cursor, limit, caller);
          }

          @Override
          public List<Listing> servers(EntryList.Order order, String name, String id, int limit) {
            return order == EntryList.Order.IDENTIFIER
                ? imports.servers(id, limit)
                : imports.serversByName(name, id, limit);
          }

          @Override
          public ObjectNode entry(Listing server) {
            return listed(server);
          }
        };
    return new EntryList(source, order, from).next(isWanted, limit);
  }

  private EntryList.AgentPage agents(String cursor, int limit, Caller caller) {
    String from = cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor);
    String target = "/agents?status=all&limit=" + limit + from;
    LocalCalls.Answer answer = calls.call("GET", target, caller, null);
    if (answer.status() == 400) {
      throw EntryList.wrongToken();
    }
    if (!answer.isDone()) {
      throw new IllegalStateException("The agents were not listed: " + answer.status());
    }
    var found = new ArrayList<ObjectNode>();
    JsonNode page = answer.json();
    page.path("agents").forEach(agent -> found.add(agent(agent).put("source", source())));
    return new EntryList.AgentPage(found, page.path("next").asString(""));
  }

  private void addAgents(List<ObjectNode> found, LocalCalls.Answer answer, String member) {
    if (!answer.isDone()) {
      return;
    }
    Set<String> known =
        found.stream().map(one -> one.path("identifier").asString("")).collect(Collectors.toSet());
    int rank = 0;
    for (JsonNode one : answer.json().path(member)) {
      JsonNode agent = one.has("agent") ? one.path("agent") : one;
      ObjectNode entry = agent(agent);
      boolean isMarked = !agent.path("marks").isEmpty();
      if (known.add(entry.path("identifier").asString(""))) {
        found.add(scored(entry, byRank(rank), isMarked));
      }
      rank++;
    }
  }

  private void addServices(List<ObjectNode> found, LocalCalls.Answer answer) {
    if (!answer.isDone()) {
      return;
    }
    int rank = 0;
    for (JsonNode service : answer.json().path("services")) {
      ObjectNode entry = Json.object();
      String id = service.path("service_id").asString("");
      entry.put("identifier", urn("market:services:" + id));
      entry.put("displayName", service.path("name").asString(id));
      entry.put("type", "application/ld+json");
      entry.put("url", hubUrl.get() + "/services/" + id);
      entry.put("description", service.path("description").asString(""));
      found.add(scored(entry, byRank(rank++), !service.path("marks").isEmpty()));
    }
  }

  private ObjectNode agent(JsonNode agent) {
    String id = agent.path("agent_id").asString("");
    ObjectNode entry = Json.object();
    entry.put("identifier", urn("a2a:agents:" + id));
    entry.put("displayName", id);
    entry.put("type", Found.Kind.A2A_AGENT.mediaType());
    String own = hubUrl.get() + "/agents/" + id + "/.well-known/agent-card.json";
    entry.put("url", agent.path("remote").asString(own));
    entry.put("description", agent.path("description").asString(""));
    ArrayNode capabilities = entry.putArray("capabilities");
    agent.path("capabilities").forEach(capabilities::add);
    copy(agent, "examples", entry, "representativeQueries");
    ObjectNode metadata = entry.putObject("metadata");
    metadata.put("outside", agent.has("remote"));
    metadata.put("online", agent.path("online").asBoolean(false));
    metadata.put("status", agent.path("status").asString(""));
    copy(agent, "marks", metadata, "marks");
    return entry;
  }

  private ObjectNode listed(Listing listing) {
    return entry(listing).put("source", source());
  }

  private ObjectNode entry(Listing listing) {
    ObjectNode entry = Json.object();
    entry.put("identifier", urn("imports:" + listing.id()));
    entry.put("displayName", listing.name());
    entry.put("type", listing.kind().mediaType());
    entry.put(IMPORT, listing.id());
    entry.put("description", listing.description());
    if (!listing.version().isEmpty()) {
      entry.put("version", listing.version());
    }
    entry.put("updatedAt", Rfc3339.text(listing.fetchedAt()));
    ObjectNode metadata = entry.putObject("metadata");
    metadata.put("outside", true);
    if (!listing.marks().isEmpty()) {
      ArrayNode marks = metadata.putArray("marks");
      listing.marks().forEach(marks::add);
    }
    return entry;
  }

  private ObjectNode scored(ObjectNode entry, double score, boolean isMarked) {
    entry.put("score", (int) Math.round(isMarked ? score * MARKED : score));
    entry.put("source", source());
    return entry;
  }

  /// Ranks of several lists are compared by place, as no scores can be.
  private static double byRank(int rank) {
    return 100.0 / (1 + rank * 0.1);
  }

  private String source() {
    return hubUrl.get() + "/ard/";
  }

  private String urn(String name) {
    String host = hubUrl.get().replaceFirst("^https?://", "").replaceAll("[^A-Za-z0-9.-]", "-");
    return "urn:air:" + host + ":" + name;
  }

  private static void copy(JsonNode from, String member, ObjectNode to, String name) {
    if (from.path(member).isArray() && !from.path(member).isEmpty()) {
      to.set(name, from.path(member));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
