package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.identity.Caller;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The hub as an A2A agent: it finds agents by what a message says, and answers at once.
final class HubAgent {
  private static final int FOUND_MAX = 20;
  private static final int WORDS_CHARACTERS_MAX = 400;

  private final LocalCalls calls;
  private final Supplier<String> hubUrl;

  HubAgent(LocalCalls calls, Supplier<String> hubUrl) {
    this.calls = calls;
    this.hubUrl = hubUrl;
  }

  ObjectNode send(Caller.OfAgent caller, JsonNode params) {
    Outgoing outgoing = Outgoing.read(params);
    if (outgoing.taskId() != null) {
      throw new A2aRefused(A2aError.TASK_NOT_FOUND, "The hub's own agent has no tasks");
    }
    String words = Texts.joined((ArrayNode) outgoing.message().get("parts")).strip();
    String query = words.substring(0, words.offsetByCodePoints(0, characters(words)));
    LocalCalls.Answer answer =
        calls.call(
            "GET",
            "/agents?status=all&limit="
                + FOUND_MAX
                + "&q="
                + URLEncoder.encode(query, StandardCharsets.UTF_8),
            caller,
            null);
    if (!answer.isDone()) {
      throw new RouteRefused(answer);
    }
    return found(outgoing, answer.json().get("agents"));
  }

  private static int characters(String words) {
    return Math.min(WORDS_CHARACTERS_MAX, words.codePointCount(0, words.length()));
  }

  private ObjectNode found(Outgoing outgoing, JsonNode agents) {
    var text = new StringBuilder(agents.size() + " agents were found.");
    ObjectNode data = Json.object();
    ArrayNode list = data.putArray("agents");
    for (JsonNode agent : agents) {
      String agentId = agent.get("agent_id").stringValue();
      ObjectNode one = list.addObject();
      one.put("agent_id", agentId);
      one.set("description", agent.get("description"));
      one.set("capabilities", agent.get("capabilities"));
      one.set("online", agent.get("online"));
      one.put("card", hubUrl.get() + "/agents/" + agentId + Cards.PATH);
      text.append("\n- ").append(agentId);
    }
    ObjectNode message = Json.object();
    message.put("messageId", "found-" + outgoing.messageId());
    if (outgoing.contextId() != null) {
      message.put("contextId", outgoing.contextId());
    }
    message.put("role", "ROLE_AGENT");
    ArrayNode parts = message.putArray("parts");
    parts.addObject().put("text", text.toString());
    parts.addObject().set("data", data);
    return Json.object().set("message", message);
  }

  static ObjectNode noTasks() {
    ObjectNode result = Json.object();
    result.putArray("tasks");
    result.put("nextPageToken", "");
    result.put("pageSize", 50);
    result.put("totalSize", 0);
    return result;
  }
}
