package dev.meshkore.hub.jobs;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// HTTP ↔ jobs.
final class JobRoutes {
  private static final int PAGE = 20;
  private static final int PAGE_MAX = 100;

  private final JobParts parts;
  private final Openings openings;
  private final Jobs jobs;
  private final Receipts receipts;
  private final JobJson shown;

  JobRoutes(JobParts parts, Openings openings, Jobs jobs, Receipts receipts) {
    this.parts = parts;
    this.openings = openings;
    this.jobs = jobs;
    this.receipts = receipts;
    this.shown = new JobJson(parts);
  }

  void addTo(Router router) {
    router
        .post("/jobs", parts.callers().agent(this::open))
        .get("/jobs", parts.callers().any(this::list))
        .get("/jobs/{job_id}", parts.callers().any(this::show))
        .post("/jobs/{job_id}/steps", parts.callers().any(this::step))
        .get("/jobs/{job_id}/receipt", parts.callers().any(this::receipt));
  }

  private Response open(Request request, Caller.OfAgent caller) {
    return held(
        request,
        caller,
        "/jobs",
        call -> {
          // A schema is costly to read, also where nothing is stored.
          parts.approach().takeRate(caller);
          return openings.open(call, JobDraft.read(request));
        });
  }

  private Response step(Request request, Caller caller) {
    String id = request.name("job_id");
    if (!(caller instanceof Caller.OfAgent agent)) {
      // Nobody but the operator is let through.
      var _ = Jobs.numberOf(caller);
      return answer(caller, jobs.stepOfOperator(id, StepDraft.read(request.fields())));
    }
    return held(
        request,
        agent,
        "/jobs/" + id + "/steps",
        call -> {
          // So is checking what is delivered.
          parts.approach().takeRate(agent);
          return jobs.step(call, id, StepDraft.read(request.fields()));
        });
  }

  /// What a person has to approve first waits for that.
  private Response held(
      Request request,
      Caller.OfAgent caller,
      String target,
      Function<Approach.Call, Jobs.Outcome> action) {
    String route = request.route().method() + " " + request.route().pattern();
    var call = new Approach.Call(caller, route, target, request.body());
    return parts
        .holding()
        .orHold(request, caller, target, () -> answer(caller, action.apply(call)));
  }

  private Response answer(Caller caller, Jobs.Outcome outcome) {
    if (outcome.prepared().isPresent()) {
      return Response.json(200, outcome.prepared().get());
    }
    return Response.json(outcome.isNew() ? 201 : 200, whole(caller, outcome.job().orElseThrow()));
  }

  private ObjectNode whole(Caller caller, Job job) {
    return parts
        .database()
        .read(reader -> {
          Job now = SqlJobs.find(reader, job.id()).orElseThrow();
          return shown.whole(reader, now, Jobs.numberOf(caller));
        });
  }

  private Response list(Request request, Caller caller) {
    long own = Jobs.numberOf(caller);
    String state = request.query("state").orElse("");
    if (!state.isEmpty() && JobState.of(state).isEmpty()) {
      throw Refused.field("state", "state must be one of the states of a job");
    }
    // Of nobody the operator is anything but the arbiter.
    Optional<Role> role =
        own == Job.OPERATOR
            ? Optional.of(Role.ARBITER)
            : request.query("role").map(JobRoutes::role);
    int limit = (int) request.query("limit", PAGE, 1, PAGE_MAX);
    long below = request.query("cursor", Long.MAX_VALUE, 1, Long.MAX_VALUE);
    List<Job> found =
        parts
            .database()
            .read(reader -> SqlJobs.ofAgent(reader, own, role, state, below, limit + 1));
    List<Job> page = found.subList(0, Math.min(limit, found.size()));
    ObjectNode body = Json.object();
    ArrayNode list = body.putArray("jobs");
    page.forEach(job -> list.add(shown.json(job, own)));
    body.put("next", found.size() > limit ? Long.toString(page.getLast().number()) : null);
    body.set("conditions", shown.conditions());
    return Response.json(200, body);
  }

  private static Role role(String word) {
    return Arrays.stream(Role.values())
        .filter(role -> role.word().equals(word))
        .findFirst()
        .orElseThrow(
            () -> Refused.field("role", "role must be client, provider, evaluator or arbiter"));
  }

  private Response show(Request request, Caller caller) {
    return Response.json(200, whole(caller, jobs.find(caller, request.name("job_id"))));
  }

  private Response receipt(Request request, Caller caller) {
    return Response.json(200, receipts.of(jobs.find(caller, request.name("job_id"))));
  }
}
