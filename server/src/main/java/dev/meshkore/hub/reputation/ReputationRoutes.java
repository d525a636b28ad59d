package dev.meshkore.hub.reputation;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ ratings and reputations.
final class ReputationRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;

  private final ReputationParts parts;
  private final Ratings ratings;
  private final RatingExports exports;
  private final ReputationJson shown;

  ReputationRoutes(ReputationParts parts, Ratings ratings, RatingExports exports) {
    this.parts = parts;
    this.ratings = ratings;
    this.exports = exports;
    this.shown = new ReputationJson(parts.agents());
  }

  void addTo(Router router) {
    router
        .post("/jobs/{job_id}/rating", parts.callers().agent(this::rate))
        .get("/jobs/{job_id}/rating", parts.callers().agent(this::rating))
        .get("/jobs/{job_id}/rating/export", parts.callers().agent(this::export))
        .get("/agents/{agent_id}/reputation", parts.callers().any((request, _) -> show(request)))
        .get("/agents/{agent_id}/ratings", parts.callers().any((request, _) -> list(request)));
  }

  /// What a person has to approve first waits for that.
  private Response rate(Request request, Caller.OfAgent caller) {
    String id = request.name("job_id");
    String target = "/jobs/" + id + "/rating";
    String route = request.route().method() + " " + request.route().pattern();
    var call = new Approach.Call(caller, route, target, request.body());
    return parts
        .holding()
        .orHold(
            request,
            caller,
            target,
            () -> {
              RatingDraft draft = RatingDraft.read(request.fields());
              Ratings.Outcome outcome = ratings.rate(call, id, draft);
              ObjectNode body = shown.sides(outcome.sides(), parts.time().millis());
              return Response.json(outcome.isNew() ? 201 : 200, body);
            });
  }

  private Response rating(Request request, Caller.OfAgent caller) {
    String id = request.name("job_id");
    Ratings.Sides sides =
        parts.database().read(reader -> ratings.find(reader, id, caller.number()));
    return Response.json(200, shown.sides(sides, parts.time().millis()));
  }

  private Response export(Request request, Caller.OfAgent caller) {
    String id = request.name("job_id");
    Ratings.Sides sides =
        parts.database().read(reader -> ratings.find(reader, id, caller.number()));
    return Response.json(200, exports.of(request, sides));
  }

  private long agent(Request request) {
    return parts
        .agents()
        .numberOf(request.name("agent_id"))
        .orElseThrow(() -> new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id"));
  }

  private Response show(Request request) {
    long agent = agent(request);
    long now = parts.time().millis();
    ObjectNode body =
        parts
            .database()
            .read(reader ->
                shown.reputation(
                    agent,
                    now,
                    SqlReputation.standing(reader, agent),
                    Reckoning.counting(reader, agent, now),
                    SqlReputation.page(
                        reader, agent, now, Long.MAX_VALUE, true, ReputationJson.COMMENTS)));
    return Response.json(200, body);
  }

  private Response list(Request request) {
    long agent = agent(request);
    long now = parts.time().millis();
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long below = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    List<Rating.Placed> found =
        parts
            .database()
            .read(reader -> SqlReputation.page(reader, agent, now, below, false, limit + 1));
    List<Rating.Placed> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("ratings");
    page.forEach(one -> list.add(shown.placed(one)));
    body.put("next", found.size() > limit ? Long.toString(page.getLast().rating().number()) : null);
    return Response.json(200, body);
  }
}
