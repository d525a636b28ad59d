package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What became of a message to an agent, as ACP tells it.
///
/// @param id the message's id
/// @param agent who works on it
/// @param session the message's thread, where the client gave one
/// @param replies the agent's messages in answer, oldest first
/// @param awaiting the id of the reply that asks for more, while it waits
record Run(
    String id,
    String agent,
    @Nullable String session,
    RunStatus status,
    List<JsonNode> replies,
    String createdAt,
    @Nullable String finishedAt,
    @Nullable String awaiting) {

  /// A run that was begun just now.
  static Run begun(String id, String agent, @Nullable String session, String createdAt) {
    return new Run(id, agent, session, RunStatus.CREATED, List.of(), createdAt, null, null);
  }

  Run as(RunStatus other) {
    return new Run(id, agent, session, other, replies, createdAt, finishedAt, awaiting);
  }

  ObjectNode json() {
    ObjectNode run = Json.object();
    run.put("agent_name", agent);
    run.put("run_id", id);
    run.put("session_id", session);
    run.put("status", status.word());
    ArrayNode output = run.putArray("output");
    replies.forEach(reply -> output.add(Parts.message(reply)));
    run.putNull("await_request");
    if (status == RunStatus.AWAITING && !replies.isEmpty()) {
      ObjectNode request = run.putObject("await_request");
      request.put("type", "message");
      request.set("message", Parts.message(replies.getLast()));
    }
    run.putNull("error");
    if (status == RunStatus.FAILED) {
      String why =
          replies.isEmpty()
              ? "The agent did not read it in time"
              : replies.getLast().path("payload").path("text").asString("The agent says it failed");
      run.putObject("error").put("code", "server_error").put("message", why);
    }
    run.put("created_at", createdAt);
    run.put("finished_at", finishedAt);
    return run;
  }

  /// The event that tells of the run as it is.
  ObjectNode event() {
    ObjectNode event = Json.object();
    event.put("type", "run." + status.word());
    event.set("run", json());
    return event;
  }

  /// The events of one reply.
  static List<ObjectNode> eventsOf(JsonNode reply) {
    var events = new ArrayList<ObjectNode>();
    ObjectNode message = Parts.message(reply);
    events.add(Json.object().put("type", "message.created"));
    events.getLast().set("message", message.deepCopy());
    for (JsonNode part : message.path("parts")) {
      events.add(Json.object().put("type", "message.part"));
      events.getLast().set("part", part);
    }
    events.add(Json.object().put("type", "message.completed"));
    events.getLast().set("message", message);
    return events;
  }
}
