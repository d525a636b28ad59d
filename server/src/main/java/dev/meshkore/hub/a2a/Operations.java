package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A2A's operations, the same for both bindings. Each takes what JSON-RPC calls `params` and
/// answers what it calls `result`. Whatever is sent goes through `POST /send` as the caller.
/// Thread-safe; calls may block.
final class Operations {
  /// The longest that an answer waits for the agent.
  static final long WAIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final int PAGE = 50;
  private static final int PAGE_MAX = 100;
  private static final long PAGE_BYTES = 4L << 20;

  /// Who calls which agent.
  ///
  /// @param caller the calling agent's number
  /// @param authorization its credential, as it came; never logged
  /// @param agent the agent's number
  /// @param agentId its name
  record Call(long caller, String authorization, long agent, String agentId) {
    @Override
    public String toString() {
      return "Call to " + agentId;
    }
  }

  /// A stream that is about to begin.
  ///
  /// @param first the first event
  /// @param version the last event that the first one knows of
  /// @param watch what follows; null where nothing does
  /// @param endsAtPause whether it ends when the agent waits for its caller
  record Stream(ObjectNode first, long version, Feed.@Nullable Watch watch, boolean endsAtPause) {}

  private final LocalCalls calls;
  private final Tasks tasks;
  private final Feed feed;
  private final OutboundClient outbound;
  private final LongSupplier nanoTime;

  Operations(
      LocalCalls calls, Tasks tasks, Feed feed, OutboundClient outbound, LongSupplier nanoTime) {
    this.calls = calls;
    this.tasks = tasks;
    this.feed = feed;
    this.outbound = outbound;
    this.nanoTime = nanoTime;
  }

  /// A message that was sent.
  private record Said(Outgoing outgoing, Task task, Feed.Watch watch) {}

  ObjectNode send(Call call, JsonNode params) {
    Said said = say(call, params, false);
    try (Feed.Watch watch = said.watch()) {
      Task task = said.outgoing().isAtOnce() ? said.task() : settled(said.task(), watch);
      return answer(task, said.outgoing().historyLength());
    }
  }

  Stream sendStreaming(Call call, JsonNode params) {
    Said said = say(call, params, true);
    boolean isHandedOn = false;
    try {
      Task task = said.task();
      if (task.isUntouched()) {
        Optional<Task.Event> word = happened(said.watch(), 0, Feed.SOON_NANOS);
        if (word.isEmpty()) {
          task = tasks.shown(task.id());
        } else if (word.get().state() == TaskState.ANSWERED) {
          task = found(task.id());
        }
      }
      boolean isOver = task.state().isSettled();
      isHandedOn = !isOver;
      return new Stream(
          answer(task, said.outgoing().historyLength()),
          task.version(),
          isOver ? null : said.watch(),
          true);
    } finally {
      if (!isHandedOn) {
        said.watch().close();
      }
    }
  }

  /// Sends the message and begins to watch its task.
  private Said say(Call call, JsonNode params, boolean isStreamed) {
    Outgoing outgoing = Outgoing.read(params);
    String taskId = outgoing.taskId();
    String contextId = outgoing.contextId();
    boolean isNew = taskId == null;
    if (taskId == null) {
      taskId = TaskIds.ofFirstMessage(call.caller(), call.agent(), outgoing.messageId());
      contextId = contextId == null ? TaskIds.contextOf(taskId) : contextId;
    } else {
      Task known = own(call, taskId);
      if (contextId != null && !contextId.equals(known.contextId())) {
        throw Refused.field("contextId", "The task is of another context");
      }
      contextId = known.contextId();
    }
    Hook hook = outgoing.hook() == null ? null : Hook.read(outgoing.hook(), taskId, outbound);
    var say =
        new Intent.Say(
            taskId,
            isNew ? contextId : null,
            outgoing.kept(taskId, contextId),
            outgoing.isAtOnce() && !isStreamed,
            hook,
            new AtomicReference<>());
    Feed.Watch watch = feed.watch(taskId);
    boolean isSent = false;
    try {
      String messageId = TaskIds.message(taskId, outgoing.messageId());
      send(call, messageId, taskId, outgoing.payload(taskId, contextId), say);
      Task stored = say.stored().get();
      var said = new Said(outgoing, stored == null ? found(taskId) : stored, watch);
      isSent = true;
      return said;
    } finally {
      if (!isSent) {
        watch.close();
      }
    }
  }

  private void send(Call call, String id, String taskId, ObjectNode payload, Intent intent) {
    ObjectNode body = Json.object();
    body.put("to", call.agentId());
    body.put("id", id);
    body.put("thread", taskId);
    body.set("payload", payload);
    Tasks.Meaning meaning = tasks.mean(call.caller(), id, intent);
    LocalCalls.Answer answer;
    try (meaning) {
      answer = calls.call("POST", "/send", call.authorization(), Json.bytes(body));
    }
    if (!answer.isDone()) {
      throw new RouteRefused(answer);
    }
  }

  private Task found(String taskId) {
    return tasks
        .find(taskId)
        .orElseThrow(() ->
            new A2aRefused(
                A2aError.UNSUPPORTED_OPERATION,
                "This messageId was used for a message that began no task; choose another"));
  }

  /// The task once its agent has answered, or has not for too long.
  private Task settled(Task begun, Feed.Watch watch) {
    Task task = begun;
    long end = nanoTime.getAsLong() + WAIT_NANOS;
    while (!task.state().isSettled()) {
      long left = end - nanoTime.getAsLong();
      if (left <= 0) {
        return tasks.shown(task.id());
      }
      if (happened(watch, task.version(), left).isPresent()) {
        task = found(task.id());
      }
    }
    return task;
  }

  private static Optional<Task.Event> happened(Feed.Watch watch, long version, long nanos) {
    try {
      return watch.await(version, nanos);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Refused(ProblemType.STOPPING, "The hub is stopping; the task goes on");
    }
  }

  private static ObjectNode answer(Task task, @Nullable Integer historyLength) {
    return task.state() == TaskState.ANSWERED
        ? task.body()
        : Json.object().set("task", task.view(historyLength, true));
  }

  ObjectNode get(Call call, JsonNode params) {
    Integer historyLength = Texts.number(params, "historyLength", 0, Outgoing.HISTORY_MAX);
    return visible(call, Texts.requiredId(params, "id")).view(historyLength, true);
  }

  ObjectNode list(Call call, JsonNode params) {
    Integer pageSize = Texts.number(params, "pageSize", 0, PAGE_MAX);
    int size = pageSize == null || pageSize == 0 ? PAGE : pageSize;
    Integer historyLength = Texts.number(params, "historyLength", 0, Outgoing.HISTORY_MAX);
    boolean withArtifacts = Texts.flag(params, "includeArtifacts");
    var wanted =
        new SqlTasks.Wanted(
            call.agent(),
            call.caller(),
            Texts.id(params, "contextId").orElse(null),
            status(params),
            since(params));
    Tasks.Page page = tasks.list(wanted, place(params), size + 1, PAGE_BYTES);
    List<Task> found = page.tasks();
    List<Task> shown = found.subList(0, Math.min(size, found.size()));
    boolean isLast = shown.size() == found.size() && found.size() <= size;
    ObjectNode result = Json.object();
    ArrayNode list = result.putArray("tasks");
    shown.forEach(task -> list.add(task.view(historyLength, withArtifacts)));
    boolean hasMore = !isLast || page.isCut();
    result.put("nextPageToken", hasMore && !shown.isEmpty() ? token(shown.getLast()) : "");
    result.put("pageSize", size);
    result.put("totalSize", page.total());
    return result;
  }

  private static @Nullable TaskState status(JsonNode params) {
    return Texts.text(params, "status")
        .filter(text -> !text.isEmpty() && !text.equals("TASK_STATE_UNSPECIFIED"))
        .map(text ->
            TaskState.ofWire(text)
                .orElseThrow(() -> Refused.field("status", "There is no task state of this name")))
        .orElse(null);
  }

  private static long since(JsonNode params) {
    Optional<String> text =
        Texts.text(params, "statusTimestampAfter").filter(given -> !given.isEmpty());
    try {
      return text.map(given -> Math.max(0, Instant.parse(given).toEpochMilli())).orElse(0L);
    } catch (DateTimeParseException | ArithmeticException _) {
      throw Refused.field("statusTimestampAfter", "statusTimestampAfter must be an RFC 3339 time");
    }
  }

  private static String token(Task task) {
    String place = task.updatedAt() + " " + task.id();
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(place.getBytes(StandardCharsets.UTF_8));
  }

  private static SqlTasks.Place place(JsonNode params) {
    String token = Texts.id(params, "pageToken").orElse("");
    if (token.isEmpty()) {
      return SqlTasks.Place.START;
    }
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      String[] parts = text.split(" ", 2);
      return new SqlTasks.Place(Long.parseLong(parts[0]), Texts.id("pageToken", parts[1]));
    } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException _) {
      throw Refused.field("pageToken", "pageToken must be the nextPageToken of a page");
    }
  }

  ObjectNode cancel(Call call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "id"));
    if (task.state().isEnd()) {
      throw notCancelable();
    }
    ObjectNode payload = Json.object();
    payload.put("type", "task");
    payload.put("task_id", task.id());
    payload.put("context_id", task.contextId());
    payload.put("state", TaskState.CANCELED.verb());
    Texts.object(params, "metadata").ifPresent(metadata -> payload.set("metadata", metadata));
    try {
      String id = TaskIds.cancellation(task.id());
      send(call, id, task.id(), payload, new Intent.Cancel(task.id()));
    } catch (RouteRefused refused) {
      throw refused.isEnded() ? notCancelable() : refused;
    }
    return found(task.id()).view(null, true);
  }

  private static A2aRefused notCancelable() {
    return new A2aRefused(A2aError.TASK_NOT_CANCELABLE, "The task has ended already");
  }

  Stream subscribe(Call call, JsonNode params) {
    String taskId = Texts.requiredId(params, "id");
    visible(call, taskId);
    Feed.Watch watch = feed.watch(taskId);
    boolean isHandedOn = false;
    try {
      Task task = tasks.shown(taskId);
      if (task.state().isEnd()) {
        throw new A2aRefused(A2aError.UNSUPPORTED_OPERATION, "The task has ended; get it instead");
      }
      isHandedOn = true;
      return new Stream(answer(task, null), task.version(), watch, false);
    } finally {
      if (!isHandedOn) {
        watch.close();
      }
    }
  }

  ObjectNode createHook(Call call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "taskId"));
    Hook hook = Hook.read(params, task.id(), outbound);
    tasks.put(task.id(), hook);
    return hook.json(task.id());
  }

  ObjectNode getHook(Call call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "taskId"));
    return tasks
        .hook(task.id(), Texts.requiredId(params, "id"))
        .map(hook -> hook.json(task.id()))
        .orElseThrow(() ->
            new A2aRefused(
                A2aError.TASK_NOT_FOUND, "The task has no notification config of this id"));
  }

  ObjectNode listHooks(Call call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "taskId"));
    ObjectNode result = Json.object();
    ArrayNode configs = result.putArray("configs");
    tasks.hooks(task.id()).forEach(hook -> configs.add(hook.json(task.id())));
    result.put("nextPageToken", "");
    return result;
  }

  ObjectNode deleteHook(Call call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "taskId"));
    tasks.delete(task.id(), Texts.requiredId(params, "id"));
    return Json.object();
  }

  private Task visible(Call call, String taskId) {
    return tasks
        .visible(call.agent(), call.caller(), taskId)
        .orElseThrow(() -> new A2aRefused(A2aError.TASK_NOT_FOUND, "Task not found: " + taskId));
  }

  /// A task that the caller itself began.
  private Task own(Call call, String taskId) {
    Task task = visible(call, taskId);
    if (task.caller() != call.caller()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "This is for the caller of the task; its agent answers by messages");
    }
    return task;
  }
}
