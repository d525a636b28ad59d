package dev.meshkore.hub.discovery;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.AgentJson;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.ProfileFields;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ the directory.
public final class DiscoveryRoutes {
  private static final int WORDS_CHARACTERS_MAX = 400;
  private static final int CURSOR_CHARACTERS_MAX = 512;
  private static final int PAGE = 50;
  private static final int PAGE_MAX = 200;

  private final Directory directory;
  private final Callers callers;
  private final LongPredicate isOnline;
  private final TrustFilter trust;
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

  /// Routes over the directory. `isOnline` knows by an agent's number whether it is online now.
  public DiscoveryRoutes(
      Directory directory,
      Callers callers,
      LongPredicate isOnline,
      TrustFilter trust,
      Details details) {
    this.directory = directory;
    this.callers = callers;
    this.isOnline = isOnline;
    this.trust = trust;
    this.details = details;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router.get("/agents", callers.any((request, _) -> agents(request)));
    router.get("/agents/{agent_id}", callers.any((request, _) -> agent(request)));
  }

  private Response agents(Request request) {
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
    return Response.json(200, json(agent, isOnline.test(agent.number())));
  }

  private ObjectNode json(Agent agent, boolean isOnlineNow) {
    ObjectNode json = AgentJson.of(agent, isOnlineNow);
    details.addTo(json, agent);
    return json;
  }

  private Wanted wanted(Request request) {
    Optional<String> words = request.query("q").map(DiscoveryRoutes::words);
    return new Wanted(
        words,
        request.query("capability").map(DiscoveryRoutes::capability),
        request.query("status").map(Standing::of).orElse(Standing.ONLINE),
        trusted(request.query("trust")),
        request.query("cursor").map(cursor -> place(cursor, words.isPresent())),
        (int) request.query("limit", PAGE, 1, PAGE_MAX));
  }

  private Optional<LongPredicate> trusted(Optional<String> level) {
    level.ifPresent(word -> trust.isAtLeast(0, word));
    return level.map(word -> agent -> trust.isAtLeast(agent, word));
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
