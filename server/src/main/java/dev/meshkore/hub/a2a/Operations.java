package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
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

  /// Who calls which agent.
  ///
  /// @param by the calling agent
  /// @param agent the agent's number
  /// @param agentId its name
  /// @param peer who waits for the answer
  /// @param gates refuse what the caller may not do by a route, whatever binding it comes by
  record Call(
      Caller.OfAgent by, long agent, String agentId, Peer peer, Consumer<Router.Route> gates) {
    long caller() {
      return by.number();
    }
  }

  private final LocalCalls calls;
  private final Tasks tasks;
  private final Feed feed;
  private final OutboundClient outbound;
  private final HeldOpen heldOpen;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;

  Operations(
      LocalCalls calls,
      Tasks tasks,
      Feed feed,
      OutboundClient outbound,
      HeldOpen heldOpen,
      InstantSource clock,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.calls = calls;
    this.tasks = tasks;
    this.feed = feed;
    this.outbound = outbound;
    this.heldOpen = heldOpen;
    this.clock = clock;
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /// A message that was sent.
  private record Said(Outgoing outgoing, Task task, Feed.Watch watch) {}

  ObjectNode send(Call call, JsonNode params) {
    Outgoing outgoing = Outgoing.read(params);
    try (HeldOpen.Hold _ = outgoing.isAtOnce() ? HeldOpen.Hold.NONE : heldOpen.take(call.by())) {
      Said said = say(call, outgoing, false);
      try (Feed.Watch watch = said.watch()) {
        Task task = outgoing.isAtOnce() ? said.task() : settled(call.peer(), said.task(), watch);
        return answer(task, outgoing.historyLength());
      }
    }
  }

  TaskStream sendStreaming(Call call, JsonNode params) {
    Outgoing outgoing = Outgoing.read(params);
    return held(call, hold -> sendStreaming(call, outgoing, hold));
  }

  /// Counts a stream before anything is done for it, and no more if it does not begin.
  private TaskStream held(Call call, Function<HeldOpen.Hold, TaskStream> beginning) {
    HeldOpen.Hold hold = heldOpen.take(call.by());
    boolean isHandedOn = false;
    try {
      TaskStream stream = beginning.apply(hold);
      isHandedOn = true;
      return stream;
    } finally {
      if (!isHandedOn) {
        hold.close();
      }
    }
  }

  private TaskStream sendStreaming(Call call, Outgoing outgoing, HeldOpen.Hold hold) {
    Said said = say(call, outgoing, true);
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
      return new TaskStream(
          answer(task, said.outgoing().historyLength()),
          task.version(),
          isOver ? null : said.watch(),
          true,
          hold);
    } finally {
      if (!isHandedOn) {
        said.watch().close();
      }
    }
  }

  /// Sends the message and begins to watch its task.
  private Said say(Call call, Outgoing outgoing, boolean isStreamed) {
    String taskId = outgoing.taskId();
    return taskId == null ? begin(call, outgoing, isStreamed) : goOn(call, outgoing, taskId);
  }

  private Said begin(Call call, Outgoing outgoing, boolean isStreamed) {
    long nowMs = clock.millis();
    String taskId = TaskIds.next(nowMs, random);
    String given = outgoing.contextId();
    String contextId = given == null ? TaskIds.contextOf(taskId) : given;
    boolean isShown = outgoing.isAtOnce() && !isStreamed;
    Task task = Task.begun(taskId, call.agent(), call.caller(), contextId, isShown, nowMs);
    task.said(outgoing.kept(taskId, contextId), nowMs);
    Hook hook = hook(call, outgoing, taskId);
    task.countHooks(hook == null ? 0 : 1);
    String first = TaskIds.first(call.caller(), call.agent(), outgoing.messageId());
    try {
      return say(call, outgoing, task, new Intent.Begin(task, task.bytes(), first, hook));
    } catch (RouteRefused refused) {
      // Whatever it was refused for, a message that was taken before has its task.
      Task known = tasks.begunBy(first).orElseThrow(() -> refused);
      Feed.Watch watch = feed.watch(known.id());
      return new Said(outgoing, found(known.id()), watch);
    }
  }

  private Said goOn(Call call, Outgoing outgoing, String taskId) {
    Task known = own(call, taskId);
    String contextId = outgoing.contextId();
    if (contextId != null && !contextId.equals(known.contextId())) {
      throw Refused.field("contextId", "The task is of another context");
    }
    var say =
        new Intent.Say(
            taskId,
            outgoing.kept(taskId, known.contextId()),
            hook(call, outgoing, taskId),
            new AtomicReference<>());
    Said said = say(call, outgoing, known, say);
    Task stored = say.stored().get();
    return stored == null ? said : new Said(outgoing, stored, said.watch());
  }

  /// A webhook that comes with a message is one like any other.
  private @Nullable Hook hook(Call call, Outgoing outgoing, String taskId) {
    if (outgoing.hook() == null) {
      return null;
    }
    call.gates().accept(RestDoor.CREATE_HOOK);
    return Hook.read(outgoing.hook(), taskId, outbound);
  }

  private Said say(Call call, Outgoing outgoing, Task task, Intent intent) {
    Feed.Watch watch = feed.watch(task.id());
    boolean isSent = false;
    try {
      String messageId = TaskIds.message(task.id(), outgoing.messageId());
      ObjectNode payload = outgoing.payload(task.id(), task.contextId());
      send(call, messageId, task.id(), payload, intent);
      isSent = true;
      return new Said(outgoing, task, watch);
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
      answer = calls.call("POST", "/send?hold=false", call.by(), Json.bytes(body));
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

  /// The task once its agent has answered, or has not for too long, or nobody waits any more.
  private Task settled(Peer peer, Task begun, Feed.Watch watch) {
    Runnable stay = peer.onGone(watch::giveUp);
    try {
      return settled(begun, watch, peer);
    } finally {
      stay.run();
    }
  }

  private Task settled(Task begun, Feed.Watch watch, Peer peer) {
    Task task = begun;
    long end = nanoTime.getAsLong() + WAIT_NANOS;
    while (!task.state().isSettled()) {
      long left = end - nanoTime.getAsLong();
      if (left <= 0 || peer.isGone()) {
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
    return Listing.read(params).of(tasks, call.agent(), call.caller());
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

  TaskStream subscribe(Call call, JsonNode params) {
    String taskId = Texts.requiredId(params, "id");
    visible(call, taskId);
    return held(call, hold -> subscribe(taskId, hold));
  }

  private TaskStream subscribe(String taskId, HeldOpen.Hold hold) {
    Feed.Watch watch = feed.watch(taskId);
    boolean isHandedOn = false;
    try {
      Task task = tasks.shown(taskId);
      if (task.state().isEnd()) {
        throw new A2aRefused(A2aError.UNSUPPORTED_OPERATION, "The task has ended; get it instead");
      }
      isHandedOn = true;
      return new TaskStream(answer(task, null), task.version(), watch, false, hold);
    } finally {
      if (!isHandedOn) {
        watch.close();
      }
    }
  }

  ObjectNode createHook(Call call, JsonNode params) {
    call.gates().accept(RestDoor.CREATE_HOOK);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    Hook hook = Hook.read(params, task.id(), outbound);
    tasks.put(task.id(), hook);
    return hook.json(task.id());
  }

  ObjectNode getHook(Call call, JsonNode params) {
    call.gates().accept(RestDoor.GET_HOOK);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    return tasks
        .hook(task.id(), Texts.requiredId(params, "id"))
        .map(hook -> hook.json(task.id()))
        .orElseThrow(() ->
            new A2aRefused(
                A2aError.TASK_NOT_FOUND, "The task has no notification config of this id"));
  }

  ObjectNode listHooks(Call call, JsonNode params) {
    call.gates().accept(RestDoor.LIST_HOOKS);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    ObjectNode result = Json.object();
    ArrayNode configs = result.putArray("configs");
    tasks.hooks(task.id()).forEach(hook -> configs.add(hook.json(task.id())));
    result.put("nextPageToken", "");
    return result;
  }

  ObjectNode deleteHook(Call call, JsonNode params) {
    call.gates().accept(RestDoor.DELETE_HOOK);
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
