package dev.meshkore.hub.search;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.relay.Transcript;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongSupplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ search.
public final class SearchRoutes {
  private static final int CHARACTERS_MAX = 400;
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 50;

  private final Search search;
  private final Transcript transcript;
  private final Agents agents;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  /// Routes over a search of a transcript.
  public SearchRoutes(
      Search search,
      Transcript transcript,
      Agents agents,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.search = search;
    this.transcript = transcript;
    this.agents = agents;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /// Adds the route.
  public void addTo(Router router, Callers callers) {
    router.get("/search", callers.agent(this::search));
  }

  private Response search(Request request, Caller.OfAgent caller) {
    Wanted wanted = wanted(request);
    Transcript.Reader reader = transcript.reader(caller.number(), request.query("channel"));
    long indexedToMs = search.indexedToMs();
    List<Hits.Hit> hits = search.search(new Hits(wanted, reader, clock.millis(), nanoTime));
    Map<Transcript.Place, Transcript.Message> messages =
        transcript.at(hits.stream().map(Hits.Hit::place).toList());
    ObjectNode answer = Json.object();
    ArrayNode results = answer.putArray("results");
    for (Hits.Hit hit : hits) {
      Transcript.Message message = messages.get(hit.place());
      if (message != null && reader.mayRead(message)) {
        result(message, wanted.words()).ifPresent(results::add);
      }
    }
    if (hits.size() == wanted.limit()) {
      answer.put("next", hits.getLast().cursor().text());
    } else {
      answer.putNull("next");
    }
    answer.put("indexed_to", Rfc3339.text(indexedToMs));
    return Response.json(200, answer);
  }

  /// A message without its payload, and a piece of it. What the index still has of a message that
  /// says something else by now is passed over, and so is what has expired.
  private Optional<ObjectNode> result(Transcript.Message message, Set<String> words) {
    if (message.expiresAtMs() != 0 && message.expiresAtMs() <= clock.millis()) {
      return Optional.empty();
    }
    return Snippet.of(Said.of(message.content()).texts(), words)
        .map(snippet -> {
          byte[] json = new byte[message.content().length + 1];
          json[0] = '{';
          System.arraycopy(message.content(), 0, json, 1, message.content().length);
          var result = (ObjectNode) Json.own(json);
          result.remove("payload");
          return result.put("snippet", snippet);
        });
  }

  private Wanted wanted(Request request) {
    String text = request.query("q").orElse("");
    if (text.isEmpty() || text.codePointCount(0, text.length()) > CHARACTERS_MAX) {
      throw Refused.field("q", "q must have 1 to " + CHARACTERS_MAX + " characters");
    }
    boolean isNewestFirst =
        switch (request.query("order").orElse("relevance")) {
          case "relevance" -> false;
          case "newest" -> true;
          case String _ -> throw Refused.field("order", "order must be relevance or newest");
        };
    return new Wanted(
        Wanted.phrases(text),
        request.query("from").map(this::agent).map(OptionalLong::of).orElse(OptionalLong.empty()),
        request.time("since").orElse(0),
        request.time("until").orElse(Long.MAX_VALUE),
        isNewestFirst,
        request.query("cursor").map(Cursor::read),
        (int) request.query("limit", PAGE, 1, PAGE_MAX));
  }

  private long agent(String id) {
    return agents
        .numberOf(id)
        .orElseThrow(
            () -> new Refused(ProblemType.UNKNOWN_AGENT, "There is no agent of this name"));
  }
}
