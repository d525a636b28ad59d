package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ the cards, with what caches need: an ETag of the content, and when this hub first saw
/// that content.
final class CardRoutes {
  private static final int SEEN_MAX = 10_000;
  private static final int LISTED_MAX = 1_000;
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private record Seen(String tag, Instant since) {}

  private final Cards cards;
  private final Agents agents;
  private final Doors doors;
  private final InstantSource clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Seen> seen =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > SEEN_MAX;
        }
      };

  CardRoutes(Cards cards, Agents agents, Doors doors, InstantSource clock) {
    this.cards = cards;
    this.agents = agents;
    this.doors = doors;
    this.clock = clock;
  }

  void addTo(Router router) {
    router
        .get(Cards.PATH, request -> kept(request, "", cards.ofHub(), "public, max-age=300"))
        .get("/agents/{agent_id}" + Cards.PATH, this::ofAgent)
        .get("/.well-known/ai-catalog.json", this::catalog);
  }

  private Response ofAgent(Request request) {
    String agentId = request.name("agent_id");
    ObjectNode card = cards.ofAgent(agentId).orElseThrow(Doors::unknownAgent);
    return kept(request, agentId, card, "public, max-age=300");
  }

  /// Everybody may know that there is a hub; who its agents are, only agents.
  private Response catalog(Request request) {
    if (!Callers.hasProof(request)) {
      return catalog(request, "catalog", List.of(), "public, max-age=300");
    }
    doors.caller(request);
    return catalog(request, "agents", agents.page("", LISTED_MAX), "private, max-age=60");
  }

  private Response catalog(Request request, String name, List<Agent> listed, String control) {
    Response.Whole answer = kept(request, " " + name, cards.catalog(listed), control);
    Response.Whole varying = answer.with("Vary", "Authorization");
    return answer.status() == 200
        ? varying.with("Content-Type", "application/ai-catalog+json")
        : varying;
  }

  private Response.Whole kept(Request request, String name, ObjectNode body, String control) {
    byte[] bytes = Json.bytes(body);
    Seen now = seen(name, tag(bytes));
    String wanted = String.join(",", request.headers("If-None-Match"));
    boolean isKnown =
        Arrays.stream(wanted.split(","))
            .map(tag -> tag.strip().replaceFirst("^W/", ""))
            .anyMatch(tag -> tag.equals(now.tag()) || tag.equals("*"));
    Response.Whole answer =
        isKnown ? new Response.Whole(304, Map.of(), new byte[0]) : Response.json(200, bytes);
    return answer
        .with("ETag", now.tag())
        .with("Last-Modified", HTTP_DATE.format(now.since()))
        .with("Cache-Control", control);
  }

  private Seen seen(String name, String tag) {
    lock.lock();
    try {
      Seen before = seen.get(name);
      if (before != null && before.tag().equals(tag)) {
        return before;
      }
      var now = new Seen(tag, clock.instant().truncatedTo(ChronoUnit.SECONDS));
      seen.put(name, now);
      return now;
    } finally {
      lock.unlock();
    }
  }

  private static String tag(byte[] bytes) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"";
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }
}
