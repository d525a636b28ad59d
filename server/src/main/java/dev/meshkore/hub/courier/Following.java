package dev.meshkore.hub.courier;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Takes what an outside agent answers to one message, event by event: a task is stored before the
/// message counts as taken, and what the sender is told comes after. Used by one thread.
final class Following {
  /// How often a moving task is asked for, at most.
  static final long LOOK_MS_MAX = Duration.ofMinutes(1).toMillis();

  /// Longer than a stream may last.
  private static final long STREAM_MS = Duration.ofMinutes(11).toMillis();

  private static final long TASK_MS = Duration.ofDays(7).toMillis();
  private static final int UPDATES_MAX = 200;

  /// After so many looks, a task that stands as before its message is held to wait again.
  private static final int LOOKS_MAX = 20;

  private static final Pattern NAME = Pattern.compile("[\\x21-\\x7e]{1,256}");
  private static final Pattern THREAD = Pattern.compile("[A-Za-z0-9._~-]{1,128}");

  private final SqlTasks tasks;
  private final Answers answers;
  private final InstantSource clock;
  private final long remote;
  private final long sender;
  private final Answers.Address address;
  private final CompletableFuture<Verdict> verdict;
  private final @Nullable OutsideTask before;
  private @Nullable OutsideTask task;
  private int updates;

  /// Whether an outside agent's task can have this name.
  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  /// Follows the answer to a message.
  ///
  /// @param before the task that the message goes on with, or null
  /// @param verdict completed when the message was taken
  Following(
      SqlTasks tasks,
      Answers answers,
      InstantSource clock,
      long remote,
      long sender,
      Answers.Address address,
      @Nullable OutsideTask before,
      CompletableFuture<Verdict> verdict) {
    this.tasks = tasks;
    this.answers = answers;
    this.clock = clock;
    this.remote = remote;
    this.sender = sender;
    this.address = address;
    this.before = before;
    this.verdict = verdict;
  }

  /// Goes on with a task that is stored.
  static Following of(
      SqlTasks tasks, Answers answers, InstantSource clock, OutsideTask task, String senderId) {
    var address = new Answers.Address(senderId, task.thread(), task.messageId());
    var following =
        new Following(
            tasks,
            answers,
            clock,
            task.remote(),
            task.sender(),
            address,
            task,
            CompletableFuture.completedFuture(new Verdict.Taken()));
    following.task = task;
    return following;
  }

  /// Takes one event and answers whether more may follow.
  ///
  /// @throws Later when the sender cannot be told now
  boolean take(JsonNode event) {
    if (verdict.isDone() && verdict.join() instanceof Verdict.NotNow) {
      return false;
    }
    JsonNode whole = event.path("task");
    if (whole.isObject()) {
      return takeTask(whole);
    }
    JsonNode status = event.path("statusUpdate");
    if (status.isObject()) {
      return begin(status.path("taskId"), status.path("contextId"))
          && tellStatus(status.path("status"), digest(status.path("status")))
          && updates < UPDATES_MAX;
    }
    JsonNode artifact = event.path("artifactUpdate");
    if (artifact.isObject()) {
      if (!begin(artifact.path("taskId"), artifact.path("contextId"))) {
        return false;
      }
      tellArtifact(artifact.path("artifact"), artifact);
      return updates < UPDATES_MAX;
    }
    JsonNode message = event.path("message");
    if (message.isObject()) {
      tellMessage(message);
      return false;
    }
    return true;
  }

  /// Takes a task as it stands, and answers whether it moves on. Right after a message the task may
  /// still stand as it did before, so a state that was told already says nothing.
  boolean takeTask(JsonNode whole) {
    if (!begin(whole.path("id"), whole.path("contextId"))) {
      return false;
    }
    JsonNode status = whole.path("status");
    String digest = digest(status);
    if (digest.equals(current().told())) {
      return current().isMoving();
    }
    if (!current().in(Payloads.state(status), "").isMoving()) {
      for (JsonNode artifact : whole.path("artifacts")) {
        if (updates < 2 * UPDATES_MAX) {
          tellArtifact(artifact, artifact);
        }
      }
    }
    return tellStatus(status, digest);
  }

  /// The task is asked for from now on, if it moves; the longer it did not, the later.
  void askLater() {
    OutsideTask now = task;
    if (now != null && now.looks() >= LOOKS_MAX && !now.told().isEmpty() && now.isNew()) {
      tasks.put(now.in("input-required", now.told()), null);
    } else if (now != null && now.isMoving()) {
      long wait = Math.min(LOOK_MS_MAX, 1_000L << Math.min(now.looks(), 10));
      tasks.put(now.lookedAt(), clock.millis() + wait);
    }
  }

  /// Whether the outside agent has answered anything.
  boolean isTaken() {
    return verdict.isDone();
  }

  private OutsideTask current() {
    OutsideTask now = task;
    if (now == null) {
      throw new IllegalStateException("No task has begun");
    }
    return now;
  }

  /// Stores the task, the first time; false where it has no usable name.
  private boolean begin(JsonNode taskId, JsonNode contextId) {
    if (task != null) {
      return true;
    }
    String id = taskId.asString("");
    if (!NAME.matcher(id).matches()) {
      return false;
    }
    String context = contextId.asString("");
    var begun = row(id, NAME.matcher(context).matches() ? context : "", threadOf(id));
    tasks.put(begun, clock.millis() + STREAM_MS);
    task = begun;
    verdict.complete(new Verdict.Taken());
    return true;
  }

  private OutsideTask row(String id, String context, String thread) {
    long endsAt = clock.millis() + TASK_MS;
    String told = before != null && before.taskId().equals(id) ? before.told() : "";
    return new OutsideTask(
        remote, sender, id, context, thread, address.replyTo(), "submitted", told, 0, endsAt);
  }

  /// The sender's thread, or one by which the sender can go on with the task.
  private String threadOf(String taskId) {
    if (!address.thread().isEmpty()) {
      return address.thread();
    }
    return THREAD.matcher(taskId).matches() ? taskId : Answers.hash(taskId);
  }

  private Answers.Address toSender() {
    return new Answers.Address(address.to(), current().thread(), address.replyTo());
  }

  /// Tells how the task stands, if the sender does not know, and answers whether it moves on.
  private boolean tellStatus(JsonNode status, String digest) {
    OutsideTask last = current();
    String state = Payloads.state(status);
    if (!state.equals("submitted") || status.path("message").isObject()) {
      String about = last.taskId() + "\n" + address.replyTo() + "\n" + status;
      answers.tell(toSender(), about, Payloads.ofStatus(last.taskId(), status));
      updates++;
    }
    OutsideTask now = last.in(state, digest);
    task = now;
    if (!now.equals(last)) {
      tasks.put(now, now.isMoving() ? clock.millis() + STREAM_MS : null);
    }
    return now.isMoving();
  }

  private static String digest(JsonNode status) {
    return Answers.hash(status.toString());
  }

  private void tellArtifact(JsonNode artifact, JsonNode update) {
    String taskId = current().taskId();
    String how = update.path("append").asBoolean(false) ? "more of\n" : "\n";
    answers.tell(
        toSender(),
        taskId + "\n" + how + updateNumber(how) + artifact,
        Payloads.ofArtifact(taskId, artifact, update));
    updates++;
  }

  /// Two pieces that say the same are two pieces all the same.
  private String updateNumber(String how) {
    return how.equals("\n") ? "" : updates + "\n";
  }

  private void tellMessage(JsonNode message) {
    String about = address.replyTo() + "\nmessage\n" + message;
    try {
      answers.tell(address, about, Payloads.ofMessage(message));
    } catch (Later later) {
      if (!later.isOfSender()) {
        throw later;
      }
    }
    String context = message.path("contextId").asString("");
    if (!address.thread().isEmpty() && NAME.matcher(context).matches()) {
      OutsideTask remembered = row("", context, address.thread()).in("completed", "");
      tasks.put(remembered, null);
    }
    verdict.complete(new Verdict.Taken());
  }
}
