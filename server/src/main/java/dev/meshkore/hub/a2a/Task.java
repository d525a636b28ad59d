package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One task while it is read or changed within a transaction. Its body is A2A's Task object; or,
/// where no task came of it, the message that was the answer. What is kept is bounded: the oldest
/// messages go first, then the beginnings of the oldest artifacts. Not thread-safe.
final class Task {
  /// Something that happened to a task, as subscribers are told.
  ///
  /// @param version its place among the events of the task, from 1 on without a gap
  /// @param state of the task afterwards
  /// @param json A2A's StreamResponse
  record Event(long version, TaskState state, byte[] json) {}

  private static final int MESSAGES_MAX = 100;
  private static final int ARTIFACTS_MAX = 100;
  private static final String TRIMMED = "meshkore_trimmed";

  private final String id;
  private final long agent;
  private final long caller;
  private final String contextId;
  private final boolean isCall;
  private final ObjectNode body;
  private final List<Event> events = new ArrayList<>();
  private TaskState state;
  private boolean isShown;
  private int hooks;
  private long updatedAt;
  private long version;

  /// A task as it is stored.
  ///
  /// @param isCall whether it is a paid call of a service, and no talk with the agent
  /// @param hooks how many webhooks are told of it
  Task(
      String id,
      long agent,
      long caller,
      String contextId,
      boolean isCall,
      TaskState state,
      boolean isShown,
      int hooks,
      long updatedAt,
      long version,
      ObjectNode body) {
    this.id = id;
    this.agent = agent;
    this.caller = caller;
    this.contextId = contextId;
    this.isCall = isCall;
    this.state = state;
    this.isShown = isShown;
    this.hooks = hooks;
    this.updatedAt = updatedAt;
    this.version = version;
    this.body = body;
  }

  /// A task that begins.
  static Task begun(
      String id, long agent, long caller, String contextId, boolean isShown, long nowMs) {
    return begun(id, agent, caller, contextId, false, isShown, nowMs);
  }

  /// A paid call of a service that begins.
  static Task called(String id, long agent, long caller, String contextId, long nowMs) {
    return begun(id, agent, caller, contextId, true, true, nowMs);
  }

  private static Task begun(
      String id,
      long agent,
      long caller,
      String contextId,
      boolean isCall,
      boolean isShown,
      long nowMs) {
    ObjectNode body = Json.object();
    body.put("id", id);
    body.put("contextId", contextId);
    TaskState state = TaskState.SUBMITTED;
    var task = new Task(id, agent, caller, contextId, isCall, state, isShown, 0, nowMs, 0, body);
    body.set("status", task.status(null));
    return task;
  }

  String id() {
    return id;
  }

  long agent() {
    return agent;
  }

  long caller() {
    return caller;
  }

  String contextId() {
    return contextId;
  }

  /// Whether it is a paid call of a service, which its caller alone sees and its payment moves.
  boolean isCall() {
    return isCall;
  }

  TaskState state() {
    return state;
  }

  /// Whether its caller has seen that there is a task.
  boolean isShown() {
    return isShown;
  }

  void show() {
    isShown = true;
  }

  int hooks() {
    return hooks;
  }

  void countHooks(int count) {
    hooks = count;
  }

  long updatedAt() {
    return updatedAt;
  }

  long version() {
    return version;
  }

  ObjectNode body() {
    return body;
  }

  /// The body as it is stored.
  byte[] bytes() {
    return Json.bytes(body);
  }

  /// What happened since it was read.
  List<Event> events() {
    return events;
  }

  /// True where the agent may still answer with a message instead of a task.
  boolean isUntouched() {
    return state == TaskState.SUBMITTED && version == 0 && !isShown;
  }

  /// The caller says something; an agent that waited for it goes on.
  void said(ObjectNode message, long nowMs) {
    remember(message);
    if (state.isPause()) {
      become(TaskState.WORKING, null, nowMs);
    }
  }

  /// The caller says something that changes nothing by itself.
  void heard(ObjectNode message) {
    remember(message);
  }

  /// The agent answers with a message, and there is no task.
  void answer(ArrayNode parts) {
    ObjectNode message = message(parts);
    body.removeAll();
    body.set("message", message);
    state = TaskState.ANSWERED;
    add(Json.object().set("message", message));
  }

  /// The task changes its state; `parts` is what the agent says about it.
  void become(TaskState next, @Nullable ArrayNode parts, long nowMs) {
    ObjectNode message = null;
    if (parts != null) {
      message = message(parts);
      message.put("taskId", id);
    }
    turn(next, message, nowMs);
  }

  /// The same with what an extension says about it.
  void become(TaskState next, ArrayNode parts, String extension, ObjectNode metadata, long nowMs) {
    ObjectNode message = message(parts);
    message.put("taskId", id);
    message.set("metadata", metadata);
    message.putArray("extensions").add(extension);
    turn(next, message, nowMs);
  }

  private void turn(TaskState next, @Nullable ObjectNode message, long nowMs) {
    state = next;
    updatedAt = Math.max(updatedAt, nowMs);
    if (message != null) {
      remember(message);
    }
    ObjectNode status = status(message);
    body.set("status", status);
    ObjectNode update = identified();
    update.set("status", status.deepCopy());
    add(Json.object().set("statusUpdate", update));
  }

  /// The agent hands over an artifact, or more of one.
  void artifact(ObjectNode artifact, boolean append, boolean isLast) {
    String artifactId = artifact.get("artifactId").stringValue();
    ArrayNode artifacts = list("artifacts");
    int known = -1;
    for (int i = 0; i < artifacts.size(); i++) {
      if (artifacts.get(i).get("artifactId").stringValue().equals(artifactId)) {
        known = i;
      }
    }
    if (known >= 0 && append) {
      ((ArrayNode) artifacts.get(known).get("parts")).addAll((ArrayNode) artifact.get("parts"));
    } else if (known >= 0) {
      artifacts.set(known, artifact.deepCopy());
    } else {
      artifacts.add(artifact.deepCopy());
    }
    if (artifacts.size() > ARTIFACTS_MAX) {
      artifacts.remove(0);
      noteTrimmed();
    }
    ObjectNode update = identified();
    update.set("artifact", artifact);
    if (append) {
      update.put("append", true);
    }
    if (isLast) {
      update.put("lastChunk", true);
    }
    add(Json.object().set("artifactUpdate", update));
  }

  /// Forgets the oldest until the rest has at most so many bytes.
  void trim(int bytesMax) {
    long bytes = bytes().length;
    while (bytes > bytesMax) {
      JsonNode oldest = oldest();
      if (oldest == null) {
        return;
      }
      bytes -= Json.bytes(oldest).length;
      noteTrimmed();
    }
  }

  /// The task as its caller sees it, with this many messages at most, the newest. Its members are
  /// the task's own: the view is for writing, not for changing.
  ObjectNode view(@Nullable Integer historyLength, boolean withArtifacts) {
    ObjectNode view = Json.object().setAll(body);
    if (!withArtifacts) {
      view.remove("artifacts");
    }
    if (historyLength != null && body.get("history") instanceof ArrayNode history) {
      int from = Math.max(0, history.size() - historyLength);
      if (from == history.size()) {
        view.remove("history");
      } else if (from > 0) {
        ArrayNode newest = view.putArray("history");
        for (int i = from; i < history.size(); i++) {
          newest.add(history.get(i));
        }
      }
    }
    return view;
  }

  /// What an artifact or a message of the agent is called where it names none.
  String nextName() {
    return id + "." + (version + 1);
  }

  private void add(JsonNode event) {
    version++;
    events.add(new Event(version, state, Json.bytes(event)));
  }

  private ObjectNode message(ArrayNode parts) {
    ObjectNode message = Json.object();
    message.put("messageId", nextName());
    message.put("contextId", contextId);
    message.put("role", "ROLE_AGENT");
    message.set("parts", parts);
    return message;
  }

  private ObjectNode status(@Nullable ObjectNode message) {
    ObjectNode status = Json.object();
    status.put("state", state.wire());
    if (message != null) {
      status.set("message", message);
    }
    status.put("timestamp", Rfc3339.text(updatedAt));
    return status;
  }

  private ObjectNode identified() {
    ObjectNode update = Json.object();
    update.put("taskId", id);
    update.put("contextId", contextId);
    return update;
  }

  private void remember(ObjectNode message) {
    ArrayNode history = list("history");
    history.add(message.deepCopy());
    if (history.size() > MESSAGES_MAX) {
      history.remove(0);
      noteTrimmed();
    }
  }

  private ArrayNode list(String name) {
    return body.get(name) instanceof ArrayNode list ? list : body.putArray(name);
  }

  private @Nullable JsonNode oldest() {
    if (!list("history").isEmpty()) {
      return list("history").remove(0);
    }
    ArrayNode artifacts = list("artifacts");
    if (artifacts.isEmpty()) {
      return null;
    }
    ArrayNode parts = (ArrayNode) artifacts.get(0).get("parts");
    return parts.size() > 1 ? parts.remove(0) : artifacts.remove(0);
  }

  private void noteTrimmed() {
    if (body.get("metadata") instanceof ObjectNode metadata) {
      metadata.put(TRIMMED, true);
    } else {
      body.putObject("metadata").put(TRIMMED, true);
    }
  }
}
