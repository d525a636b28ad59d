package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.EventStream;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.http.Utf8;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// What both bindings do alike.
final class Doors {
  /// What the ids of outside agents begin with.
  private static final String OUTSIDE = "a2a-";

  private final Callers callers;
  private final Agents agents;

  Doors(Callers callers, Agents agents) {
    this.callers = callers;
    this.agents = agents;
  }

  /// Who calls whom.
  ///
  /// @throws Refused when the caller or the agent is not known
  DoorCall call(Request request) {
    try {
      return identified(request);
    } catch (Refused refused) {
      // What cannot be read is refused as such, whoever sent it.
      if (request.body().length > 0) {
        json(request);
      }
      throw refused;
    }
  }

  private DoorCall identified(Request request) {
    Caller.OfAgent caller = callers.agentOf(request);
    String agentId = request.name("agent_id");
    long agent = agents.numberOf(agentId).orElseThrow(Doors::unknownAgent);
    if (agentId.startsWith(OUTSIDE)) {
      refuseOutside(agentId);
    }
    return new DoorCall(
        caller,
        agent,
        agentId,
        request.peer(),
        route -> callers.admit(request.as(route), caller),
        PayForm.of(request).orElse(null));
  }

  /// An outside agent has a door of its own; through two, its tasks would have two ids.
  private void refuseOutside(String agentId) {
    agents
        .find(agentId)
        .map(Agent::remote)
        .ifPresent(remote -> {
          throw new Refused(
              ProblemType.UNKNOWN_AGENT, "This agent is outside the hub; its card is at " + remote);
        });
  }

  /// An answer that says which extension was asked for and is at work.
  static Response echoed(Request request, Response response) {
    Optional<PayForm> form = PayForm.of(request);
    if (form.isEmpty()) {
      return response;
    }
    String uri = form.get().uri();
    String name = PayForm.header(request);
    return switch (response) {
      case Response.Whole whole -> whole.with(name, uri);
      case Response.Events events -> events.with(name, uri);
      case Response.Upgrade upgrade -> upgrade;
    };
  }

  /// The agent that calls.
  Caller.OfAgent caller(Request request) {
    return callers.agentOf(request);
  }

  static Refused unknownAgent() {
    return new Refused(ProblemType.UNKNOWN_AGENT, "No agent has this agent_id");
  }

  /// The body as JSON of any kind.
  static JsonNode json(Request request) {
    byte[] body = request.json();
    if (!Utf8.isJsonText(body)) {
      throw new Refused(ProblemType.MALFORMED_JSON, "The body is not valid UTF-8");
    }
    JsonNode node;
    try {
      node = Json.tree(body);
    } catch (JacksonException _) {
      throw new Refused(ProblemType.MALFORMED_JSON, "The body is no JSON, or nests too deep");
    }
    Texts.check(node);
    return node;
  }

  /// The stream as Server-Sent Events, each wrapped as the binding wants it.
  static Response events(TaskStream stream, UnaryOperator<byte[]> wrapped) {
    return new Response.Events(out -> write(stream, wrapped, out), stream.ended());
  }

  private static void write(TaskStream stream, UnaryOperator<byte[]> wrapped, EventStream out) {
    out.send(null, wrapped.apply(Json.bytes(stream.first())));
    Feed.Watch watch = stream.watch();
    if (watch == null) {
      out.finish();
      return;
    }
    var isOver = new AtomicBoolean();
    watch.follow(
        stream.version(),
        event -> {
          if (!isOver.get()) {
            out.send(null, wrapped.apply(event.json()));
            isOver.set(endsWith(event, stream, out));
          }
        });
  }

  private static boolean endsWith(Task.Event event, TaskStream stream, EventStream out) {
    boolean isLast = event.state().isEnd() || (stream.endsAtPause() && event.state().isPause());
    if (isLast) {
      out.finish();
    }
    return isLast;
  }
}
