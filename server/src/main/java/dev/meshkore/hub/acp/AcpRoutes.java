package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Handler;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.problem.Refused;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// ACP under `/acp`, the base URL that its clients are given. A run is a message and its replies.
public final class AcpRoutes {
  private static final Duration WAIT = Duration.ofSeconds(60);
  private static final Duration STREAM = Duration.ofMinutes(10);
  private static final int PAGE_MAX = 200;
  private static final int AGENTS_MAX = 1_000;
  private static final int OFFSET_MAX = 10_000;

  private final Callers callers;
  private final HeldOpen heldOpen;
  private final LocalCalls calls;
  private final SecureRandom random;
  private final Runs runs;
  private final Following following;

  /// Routes that do all by the hub's own.
  ///
  /// @param heldOpen bounds what an agent lets wait
  /// @param mail runs an action when an agent's inbox has grown, until what it returns is run
  public AcpRoutes(
      Callers callers,
      HeldOpen heldOpen,
      LocalCalls calls,
      BiFunction<Long, Runnable, Runnable> mail,
      SecureRandom random,
      LongSupplier nanoTime) {
    this.callers = callers;
    this.heldOpen = heldOpen;
    this.calls = calls;
    this.random = random;
    this.runs = new Runs(calls);
    this.following = new Following(runs, mail::apply, nanoTime);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    router
        .get("/acp/ping", _ -> Response.json(200, Json.object()))
        .get("/acp/agents", asked(this::agents))
        .get("/acp/agents/{agent_id}", asked(this::agent))
        .post("/acp/runs", asked(this::create))
        .get("/acp/runs/{run_id}", asked(this::run))
        .post("/acp/runs/{run_id}", asked(this::resume))
        .post("/acp/runs/{run_id}/cancel", asked(this::cancel))
        .get("/acp/runs/{run_id}/events", asked(this::events))
        .get("/acp/session/{session_id}", asked(AcpRoutes::session));
  }

  private Handler asked(Callers.AgentHandler handler) {
    return AcpProblems.telling(callers.agent(handler));
  }

  private Response agents(Request request, Caller.OfAgent asker) {
    long offset = request.query("offset", 0, 0, OFFSET_MAX);
    long limit = request.query("limit", 10, 1, AGENTS_MAX);
    ObjectNode answer = Json.object();
    ArrayNode list = answer.putArray("agents");
    String cursor = "";
    long at = 0;
    while (list.size() < limit) {
      String target = "/agents?status=all&limit=" + PAGE_MAX + cursor;
      JsonNode page = Runs.done(calls.call("GET", target, asker, null));
      for (JsonNode agent : page.path("agents")) {
        if (at++ >= offset && list.size() < limit) {
          list.add(manifest(agent));
        }
      }
      if (page.path("next").isNull()) {
        break;
      }
      cursor = "&cursor=" + page.path("next").asString();
    }
    return Response.json(200, answer);
  }

  private Response agent(Request request, Caller.OfAgent asker) {
    String id = URLEncoder.encode(request.name("agent_id"), StandardCharsets.UTF_8);
    String target = "/agents/" + id.replace("+", "%20");
    return Response.json(200, manifest(Runs.done(calls.call("GET", target, asker, null))));
  }

  private static ObjectNode manifest(JsonNode agent) {
    ObjectNode manifest = Json.object();
    String id = agent.path("agent_id").asString();
    manifest.put("name", id);
    manifest.put("description", agent.path("description").asString(""));
    manifest.putArray("input_content_types").add("*/*");
    manifest.putArray("output_content_types").add("text/plain").add("application/json");
    ObjectNode metadata = manifest.putObject("metadata");
    ArrayNode capabilities = metadata.putArray("capabilities");
    for (JsonNode capability : agent.path("capabilities")) {
      String name = capability.asString();
      capabilities.addObject().put("name", name).put("description", name);
    }
    metadata.put("created_at", agent.path("joined_at").asString());
    return manifest;
  }

  private Response create(Request request, Caller.OfAgent asker) {
    Fields fields = request.fields();
    String agent = fields.text("agent_name");
    String session = fields.optionalText("session_id").orElse(null);
    String mode = mode(fields);
    JsonNode input = Json.tree(request.body()).path("input");
    if (!input.isArray() || input.isEmpty()) {
      throw Refused.field("input", "input must be a list of messages, and at least one");
    }
    String id = id();
    ObjectNode payload = Parts.payload(id, "input", input.valueStream().toList());
    return answer(
        mode, asker, request.peer(), () -> runs.begin(asker, id, agent, session, payload));
  }

  private Response resume(Request request, Caller.OfAgent asker) {
    Fields fields = request.fields();
    String mode = mode(fields);
    JsonNode message = Json.tree(request.body()).path("await_resume").path("message");
    if (!message.isObject()) {
      throw Refused.field("await_resume", "await_resume must hold a message");
    }
    Run run = runs.find(asker, request.name("run_id"));
    if (run.awaiting() == null) {
      throw Refused.field("run_id", "The run waits for nothing; it is " + run.status().word());
    }
    ObjectNode payload = Parts.payload(run.id(), "await_resume", List.of(message));
    return answer(
        mode,
        asker,
        request.peer(),
        () -> {
          runs.resume(asker, run, id(), payload);
          following.changed(run.id());
          return run.as(RunStatus.IN_PROGRESS);
        });
  }

  /// Sends and answers as the caller wants it. Whether it may wait is known before anything is
  /// sent.
  private Response answer(String mode, Caller.OfAgent asker, Peer peer, Supplier<Run> sending) {
    if (mode.equals("async")) {
      return Response.json(202, sending.get().json());
    }
    HeldOpen.Hold hold = heldOpen.take(asker);
    boolean isHandedOn = false;
    try {
      Run run = sending.get();
      if (mode.equals("sync")) {
        return Response.json(200, following.await(asker, run, WAIT, peer).json());
      }
      isHandedOn = true;
      return new Response.Events(
          stream -> following.stream(asker, run, stream, STREAM), hold::close);
    } finally {
      if (!isHandedOn) {
        hold.close();
      }
    }
  }

  private static String mode(Fields fields) {
    String mode = fields.optionalText("mode").orElse("sync");
    if (!List.of("sync", "async", "stream").contains(mode)) {
      throw Refused.field("mode", "mode must be sync, async or stream");
    }
    return mode;
  }

  private Response run(Request request, Caller.OfAgent asker) {
    return Response.json(200, runs.find(asker, request.name("run_id")).json());
  }

  private Response cancel(Request request, Caller.OfAgent asker) {
    Run run = runs.find(asker, request.name("run_id"));
    if (run.status().isFinal()) {
      throw Refused.field("run_id", "The run is over; it is " + run.status().word());
    }
    runs.cancel(asker, run);
    following.changed(run.id());
    return Response.json(202, run.as(RunStatus.CANCELLED).json());
  }

  private Response events(Request request, Caller.OfAgent asker) {
    Run run = runs.find(asker, request.name("run_id"));
    ObjectNode answer = Json.object();
    ArrayNode events = answer.putArray("events");
    events.add(run.as(RunStatus.CREATED).event());
    run.replies().stream().flatMap(reply -> Run.eventsOf(reply).stream()).forEach(events::add);
    if (run.status() != RunStatus.CREATED) {
      events.add(run.event());
    }
    return Response.json(200, answer);
  }

  /// A session is the thread of its runs' messages; the hub keeps no list of a thread's messages.
  private static Response session(Request request, Caller.OfAgent asker) {
    ObjectNode answer = Json.object();
    answer.put("id", request.name("session_id"));
    answer.putArray("history");
    return Response.json(200, answer);
  }

  /// A random UUID (RFC 9562 §5.4), which is what ACP's clients take for an id.
  private String id() {
    long high = (random.nextLong() & ~0xF000L) | 0x4000L;
    long low = (random.nextLong() & ~(0xC0L << 56)) | (0x80L << 56);
    return new UUID(high, low).toString();
  }
}
