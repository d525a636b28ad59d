package dev.meshkore.hub.discovery;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentJson;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.meaning.Found;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.function.Supplier;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ the directory.
public final class DiscoveryRoutes {
  private static final int WORDS_CHARACTERS_MAX = 400;
  private static final int CURSOR_CHARACTERS_MAX = 512;
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;
  private static final double THOUSANDTHS = 1_000;

  private final Directory directory;
  private final Callers callers;
  private final Discovery discovery;
  private final Supplier<Set<Long>> online;
  private final TrustFilter trust;
  private final Reputed reputed;
  private final Details details;

  /// Knows by the word of a trust level who has it, or a higher one.
  @FunctionalInterface
  public interface TrustFilter {
    /// True where the agent has.
    ///
    /// @throws Refused when there is no such level
    boolean isAtLeast(long agent, String level);
  }

  /// Adds to an agent's object what others know of it.
  @FunctionalInterface
  public interface Details {
    /// Adds it.
    void addTo(ObjectNode json, Agent agent);
  }

  /// Routes over the directory. `online` knows the numbers of those who are online now.
  DiscoveryRoutes(
      Directory directory,
      Discovery discovery,
      Callers callers,
      Supplier<Set<Long>> online,
      TrustFilter trust,
      Reputed reputed,
      Details details) {
    this.directory = directory;
    this.callers = callers;
    this.discovery = discovery;
    this.online = online;
    this.trust = trust;
    this.reputed = reputed;
    this.details = details;
  }

  /// Adds the routes.
  void addTo(Router router) {
    router.post("/discover", callers.any((request, _) -> discover(request)));
    router.get("/agents", callers.any((request, _) -> agents(request)));
    router.get("/agents/{agent_id}", callers.any((request, _) -> agent(request)));
  }

  private Response discover(Request request) {
    Wish wish = Wish.read(request.fields());
    Discovery.Answer answer = discovery.find(wish, trusted(wish));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("results");
    for (Discovery.Result result : answer.results()) {
      ObjectNode one = list.addObject();
      ObjectNode agent = json(result.agent(), result.isOnline());
      one.set("agent", agent);
      addScore(one, result, wish.isExplained());
      addTrust(one, agent);
    }
    addState(body, answer);
    return Response.json(200, body);
  }

  private Response intended(Request request, String intent) {
    Wish wish = Wish.read(request, intent);
    Discovery.Answer answer = discovery.find(wish, trusted(wish));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("agents");
    for (Discovery.Result result : answer.results()) {
      ObjectNode one = json(result.agent(), result.isOnline());
      addScore(one, result, true);
      addTrust(one, one);
      list.add(one);
    }
    body.putNull("next");
    addState(body, answer);
    return Response.json(200, body);
  }

  private LongPredicate trusted(Wish wish) {
    return trusted(wish.trust(), wish.reputation()).orElse(_ -> true);
  }

  private static void addScore(ObjectNode json, Discovery.Result result, boolean isExplained) {
    json.put("score", rounded(result.score()));
    if (!isExplained) {
      return;
    }
    Found.Hit hit = result.hit();
    ObjectNode signals = json.putObject("signals");
    signals.put("words", rounded(hit.words()));
    signals.put("meaning", rounded(hit.meaning()));
    signals.put("examples", rounded(hit.examples()));
    signals.put("filters", rounded(result.fit().filters()));
    signals.put("liveness", rounded(result.fit().liveness()));
    ArrayNode reasons = json.putArray("reasons");
    Reasons.of(hit).forEach(reasons::add);
    result.fit().reasons().forEach(reasons::add);
  }

  private static void addTrust(ObjectNode json, ObjectNode agent) {
    if (json.get("signals") instanceof ObjectNode signals && agent.get("trust") != null) {
      signals.set("trust", agent.get("trust"));
    }
  }

  private static void addState(ObjectNode body, Discovery.Answer answer) {
    body.set("understood", answer.understood().json());
    ObjectNode index = body.putObject("index");
    index.put("by", answer.found().isByMeaning() ? "meaning" : "words");
    index.put("complete", answer.found().isComplete());
  }

  private static double rounded(double score) {
    return Math.round(score * 1_000) / 1_000.0;
  }

  private Response agents(Request request) {
    Optional<String> intent = request.query("intent");
    if (intent.isPresent()) {
      return intended(request, intent.get());
    }
    Directory.Page page = directory.find(wanted(request));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("agents");
    for (Agent agent : page.agents()) {
      list.add(json(agent, page.online().contains(agent.number())));
    }
    body.put("next", page.next().orElse(null));
    return Response.json(200, body);
  }

  private Response agent(Request request) {
    Agent agent =
        directory
            .find(request.name("agent_id"))
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id"));
    return Response.json(200, json(agent, online.get().contains(agent.number())));
  }

  private ObjectNode json(Agent agent, boolean isOnlineNow) {
    ObjectNode json = AgentJson.of(agent, isOnlineNow);
    details.addTo(json, agent);
    reputed.of(agent.number()).ifPresent(score -> json.put("reputation", score / THOUSANDTHS));
    return json;
  }

  private Wanted wanted(Request request) {
    Optional<String> words = request.query("q").map(DiscoveryRoutes::words);
    return new Wanted(
        words,
        request.query("capability").map(DiscoveryRoutes::capability),
        request.query("status").map(Standing::of).orElse(Standing.ONLINE),
        trusted(request.query("trust"), Wish.reputation(request.query("min_reputation"))),
        request.query("cursor").map(cursor -> place(cursor, words.isPresent())),
        (int) request.query("limit", PAGE, 1, PAGE_MAX));
  }

  private Optional<LongPredicate> trusted(Optional<String> level, Optional<Long> reputation) {
    level.ifPresent(word -> trust.isAtLeast(0, word));
    Optional<LongPredicate> known = level.map(word -> agent -> trust.isAtLeast(agent, word));
    Optional<LongPredicate> good =
        reputation.map(least -> agent -> reputed.of(agent).orElse(0) >= least);
    return known.isPresent() && good.isPresent()
        ? Optional.of(known.get().and(good.get()))
        : known.or(() -> good);
  }

  private static String words(String text) {
    if (text.isEmpty() || text.codePointCount(0, text.length()) > WORDS_CHARACTERS_MAX) {
      throw Refused.field("q", "q must have 1 to " + WORDS_CHARACTERS_MAX + " characters");
    }
    return text;
  }

  private static String capability(String text) {
    try {
      return ProfileFields.capabilities(List.of(text)).getFirst();
    } catch (Refused refused) {
      throw Refused.field("capability", refused.detail());
    }
  }

  private static Place place(String cursor, boolean isByRelevance) {
    if (cursor.length() > CURSOR_CHARACTERS_MAX) {
      throw Refused.field("cursor", "cursor must be the next of the page before");
    }
    return Place.of(cursor, isByRelevance);
  }
}
