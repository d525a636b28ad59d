package dev.meshkore.hub.acp;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Runs, which are nothing but messages: a run is a message to an agent, its state is read from the
/// message's receipt and from the conversation that follows it. Nothing else is kept.
final class Runs {
  /// Ids that the hub gives runs, and all that are looked for.
  private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

  private static final int FIRST_PAGE = 20;
  private static final int PAGE = 200;
  private static final int PAGES_MAX = 10;
  private static final String CANCEL = ".cancel";

  private final LocalCalls calls;

  Runs(LocalCalls calls) {
    this.calls = calls;
  }

  /// A route's refusal, to be passed on.
  static final class Failed extends RuntimeException {
    private final transient LocalCalls.Answer answer;

    Failed(LocalCalls.Answer answer) {
      super("refused with " + answer.status(), null, false, false);
      this.answer = answer;
    }

    LocalCalls.Answer answer() {
      return answer;
    }
  }

  /// Sends a message that is a run from then on.
  Run begin(
      Caller.OfAgent asker, String id, String agent, @Nullable String session, ObjectNode payload) {
    ObjectNode draft = Json.object();
    draft.put("to", agent);
    draft.put("id", id);
    draft.put("thread", session == null ? id : session);
    draft.set("payload", payload);
    JsonNode sent = done(calls.call("POST", "/send?hold=false", asker, Json.bytes(draft)));
    // Who was named by a URL is known by another name from here on.
    String known = sent.path("to").asString(agent);
    return Run.begun(id, known, session, sent.path("sent_at").asString());
  }

  /// Answers what the agent asked for.
  void resume(Caller.OfAgent asker, Run run, String id, ObjectNode payload) {
    follow(asker, run, run.id() + "." + id, payload);
  }

  /// Tells the agent that nobody waits for the work any more. The second time changes nothing.
  void cancel(Caller.OfAgent asker, Run run) {
    ObjectNode payload = Json.object().put("type", "task").put("task_id", run.id());
    follow(asker, run, run.id() + CANCEL, payload.put("state", "canceled"));
  }

  private void follow(Caller.OfAgent asker, Run run, String id, ObjectNode payload) {
    ObjectNode draft = Json.object();
    draft.put("to", run.agent());
    draft.put("id", id);
    draft.put("thread", run.session() == null ? run.id() : run.session());
    draft.put("reply_to", run.awaiting() == null ? run.id() : run.awaiting());
    draft.set("payload", payload);
    done(calls.call("POST", "/send?hold=false", asker, Json.bytes(draft)));
  }

  /// The run as it is now.
  ///
  /// @throws Refused when there is none of this id, or it lies too far back
  Run find(Caller.OfAgent asker, String id) {
    if (!ID.matcher(id).matches()) {
      throw new Refused(ProblemType.UNKNOWN_MESSAGE, "This is no id of a run");
    }
    JsonNode receipt = done(calls.call("GET", "/receipts/" + id, asker, null));
    JsonNode recipient = receipt.path("recipients").path(0);
    String agent = recipient.path("agent_id").asString("");
    List<JsonNode> messages = since(asker, agent, id);
    if (messages.isEmpty()) {
      throw new Refused(
          ProblemType.UNKNOWN_MESSAGE, "The run lies too far back; read the conversation instead");
    }
    return read(asker.id(), id, agent, recipient.path("state").asString(""), messages);
  }

  /// The id of the newest message between the caller and an agent: while it is the same, no run
  /// between them has changed.
  String newest(Caller.OfAgent asker, String agent) {
    String target = "/history/" + agent + "?limit=1";
    JsonNode page = done(calls.call("GET", target, asker, null));
    return page.path("messages").path(0).path("id").asString("");
  }

  /// The conversation from a message on, oldest first; empty when it is not found.
  private List<JsonNode> since(Caller.OfAgent asker, String agent, String id) {
    var found = new ArrayList<JsonNode>();
    String before = "";
    for (int i = 0; i < PAGES_MAX; i++) {
      String target = "/history/" + agent + "?limit=" + (i == 0 ? FIRST_PAGE : PAGE) + before;
      JsonNode page = done(calls.call("GET", target, asker, null));
      List<JsonNode> messages = page.path("messages").valueStream().toList();
      for (JsonNode message : messages.reversed()) {
        found.add(message);
        if (message.path("id").asString().equals(id)) {
          return found.reversed();
        }
      }
      if (page.path("next").isNull()) {
        break;
      }
      before = "&before=" + page.path("next").asString();
    }
    return List.of();
  }

  /// Reads a run from its conversation, of which it is the first message.
  static Run read(String caller, String id, String agent, String receipt, List<JsonNode> messages) {
    JsonNode first = messages.getFirst();
    String thread = first.path("thread").asString("");
    RunStatus status =
        switch (receipt) {
          case "queued" -> RunStatus.CREATED;
          case "expired" -> RunStatus.FAILED;
          case String _ -> RunStatus.IN_PROGRESS;
        };
    Set<String> own = new HashSet<>(Set.of(id));
    var replies = new ArrayList<JsonNode>();
    String finishedAt = null;
    String awaiting = null;
    for (JsonNode message : messages.subList(1, messages.size())) {
      String from = message.path("from").asString();
      String messageId = message.path("id").asString();
      if (status.isFinal() && finishedAt != null) {
        break;
      }
      if (from.equals(caller) && messageId.startsWith(id + ".")) {
        own.add(messageId);
        status = messageId.endsWith(CANCEL) ? RunStatus.CANCELLED : RunStatus.IN_PROGRESS;
        awaiting = null;
      } else if (from.equals(agent) && answers(message, id, own)) {
        JsonNode payload = message.path("payload");
        String state = Parts.isTask(payload) ? payload.path("state").asString() : "completed";
        status = RunStatus.ofReply(state);
        awaiting = status == RunStatus.AWAITING ? messageId : null;
        if (Parts.isWorthShowing(payload)) {
          replies.add(message);
        }
      }
      finishedAt = status.isFinal() ? message.path("sent_at").asString() : null;
    }
    String session = thread.isEmpty() || thread.equals(id) ? null : thread;
    String createdAt = first.path("sent_at").asString();
    return new Run(id, agent, session, status, replies, createdAt, finishedAt, awaiting);
  }

  private static boolean answers(JsonNode message, String id, Set<String> own) {
    return own.contains(message.path("reply_to").asString(""))
        || message.path("thread").asString("").equals(id);
  }

  /// A route's JSON.
  ///
  /// @throws Failed when the route refused
  static JsonNode done(LocalCalls.Answer answer) {
    if (!answer.isDone()) {
      throw new Failed(answer);
    }
    return answer.json();
  }
}
