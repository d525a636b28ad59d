package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

  private final LocalCalls calls;
  private final Tasks tasks;
  private final PaidTasks paid;
  private final Feed feed;
  private final OutboundClient outbound;
  private final HeldOpen heldOpen;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final LongSupplier nanoTime;

  Operations(
      LocalCalls calls,
      Tasks tasks,
      PaidTasks paid,
      Feed feed,
      OutboundClient outbound,
      HeldOpen heldOpen,
      InstantSource clock,
      RandomGenerator random,
      LongSupplier nanoTime) {
    this.calls = calls;
    this.tasks = tasks;
    this.paid = paid;
    this.feed = feed;
    this.outbound = outbound;
    this.heldOpen = heldOpen;
    this.clock = clock;
    this.random = random;
    this.nanoTime = nanoTime;
  }

  /// A message that was sent.
  private record Said(Outgoing outgoing, Task task, Feed.Watch watch) {}

  ObjectNode send(DoorCall call, JsonNode params) {
    Outgoing outgoing = Outgoing.read(params);
    try (HeldOpen.Hold _ = outgoing.isAtOnce() ? HeldOpen.Hold.NONE : heldOpen.take(call.by())) {
      Said said = say(call, outgoing, false);
      try (Feed.Watch watch = said.watch()) {
        Task task = outgoing.isAtOnce() ? said.task() : settled(call.peer(), said.task(), watch);
        return answer(task, outgoing.historyLength());
      }
    }
  }

  TaskStream sendStreaming(DoorCall call, JsonNode params) {
    Outgoing outgoing = Outgoing.read(params);
    return held(call, hold -> sendStreaming(call, outgoing, hold));
  }

  /// Counts a stream before anything is done for it, and no more if it does not begin.
  private TaskStream held(DoorCall call, Function<HeldOpen.Hold, TaskStream> beginning) {
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

  private TaskStream sendStreaming(DoorCall call, Outgoing outgoing, HeldOpen.Hold hold) {
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
  private Said say(DoorCall call, Outgoing outgoing, boolean isStreamed) {
    String taskId = outgoing.taskId();
    if (taskId != null) {
      Task known = own(call, taskId);
      String contextId = outgoing.contextId();
      if (contextId != null && !contextId.equals(known.contextId())) {
        throw Refused.field("contextId", "The task is of another context");
      }
      return known.isCall() ? pay(call, outgoing, known) : goOn(call, outgoing, known);
    }
    return paid.wanted(call, outgoing)
        .map(service -> call(call, outgoing, service))
        .orElseGet(() -> begin(call, outgoing, isStreamed));
  }

  /// Begins a paid call of a service.
  private Said call(DoorCall call, Outgoing outgoing, PricedListing service) {
    String taskId = TaskIds.next(clock.millis(), random);
    Task begun = paid.begin(call, outgoing, service, taskId, hook(call, outgoing, taskId));
    Feed.Watch watch = feed.watch(begun.id());
    return new Said(outgoing, found(begun.id()), watch);
  }

  private Said pay(DoorCall call, Outgoing outgoing, Task known) {
    Feed.Watch watch = feed.watch(known.id());
    boolean isDone = false;
    try {
      Task task = paid.goOn(call, outgoing, known, hook(call, outgoing, known.id()));
      isDone = true;
      return new Said(outgoing, task, watch);
    } finally {
      if (!isDone) {
        watch.close();
      }
    }
  }

  private Said begin(DoorCall call, Outgoing outgoing, boolean isStreamed) {
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

  private Said goOn(DoorCall call, Outgoing outgoing, Task known) {
    var say =
        new Intent.Say(
            known.id(),
            outgoing.kept(known.id(), known.contextId()),
            hook(call, outgoing, known.id()),
            new AtomicReference<>());
    Said said = say(call, outgoing, known, say);
    Task stored = say.stored().get();
    return stored == null ? said : new Said(outgoing, stored, said.watch());
  }

  /// A webhook that comes with a message is one like any other.
  private @Nullable Hook hook(DoorCall call, Outgoing outgoing, String taskId) {
    if (outgoing.hook() == null) {
      return null;
    }
    call.gates().accept(RestDoor.CREATE_HOOK);
    return Hook.read(outgoing.hook(), taskId, outbound);
  }

  private Said say(DoorCall call, Outgoing outgoing, Task task, Intent intent) {
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

  private void send(DoorCall call, String id, String taskId, ObjectNode payload, Intent intent) {
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

  ObjectNode get(DoorCall call, JsonNode params) {
    Integer historyLength = Texts.number(params, "historyLength", 0, Outgoing.HISTORY_MAX);
    return visible(call, Texts.requiredId(params, "id")).view(historyLength, true);
  }

  ObjectNode list(DoorCall call, JsonNode params) {
    return Listing.read(params).of(tasks, call.agent(), call.caller());
  }

  ObjectNode cancel(DoorCall call, JsonNode params) {
    Task task = own(call, Texts.requiredId(params, "id"));
    if (task.state().isEnd()) {
      throw notCancelable();
    }
    if (task.isCall()) {
      return paid.cancel(call, task).view(null, true);
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

  TaskStream subscribe(DoorCall call, JsonNode params) {
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

  ObjectNode createHook(DoorCall call, JsonNode params) {
    call.gates().accept(RestDoor.CREATE_HOOK);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    Hook hook = Hook.read(params, task.id(), outbound);
    tasks.put(task.id(), hook);
    return hook.json(task.id());
  }

  ObjectNode getHook(DoorCall call, JsonNode params) {
    call.gates().accept(RestDoor.GET_HOOK);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    return tasks
        .hook(task.id(), Texts.requiredId(params, "id"))
        .map(hook -> hook.json(task.id()))
        .orElseThrow(() ->
            new A2aRefused(
                A2aError.TASK_NOT_FOUND, "The task has no notification config of this id"));
  }

  ObjectNode listHooks(DoorCall call, JsonNode params) {
    call.gates().accept(RestDoor.LIST_HOOKS);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    ObjectNode result = Json.object();
    ArrayNode configs = result.putArray("configs");
    tasks.hooks(task.id()).forEach(hook -> configs.add(hook.json(task.id())));
    result.put("nextPageToken", "");
    return result;
  }

  ObjectNode deleteHook(DoorCall call, JsonNode params) {
    call.gates().accept(RestDoor.DELETE_HOOK);
    Task task = own(call, Texts.requiredId(params, "taskId"));
    tasks.delete(task.id(), Texts.requiredId(params, "id"));
    return Json.object();
  }

  private Task visible(DoorCall call, String taskId) {
    return tasks
        .visible(call.agent(), call.caller(), taskId)
        .orElseThrow(() -> new A2aRefused(A2aError.TASK_NOT_FOUND, "Task not found: " + taskId));
  }

  /// A task that the caller itself began.
  private Task own(DoorCall call, String taskId) {
    Task task = visible(call, taskId);
    if (task.caller() != call.caller()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "This is for the caller of the task; its agent answers by messages");
    }
    return task;
  }
}
