package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Brings what becomes of paid calls into their tasks. What was signed is stored before it is used,
/// and asking once more with it changes nothing, so a look may be lost, late or twice: the call's
/// route knows the truth. Thread-safe.
final class Settling {
  /// An end of which nobody was told, as by a hub that died, is found after so long at most.
  private static final long LOOK_MS = 30_000;

  private static final long SOON_MS = 1_000;
  private static final int LOCKS = 64;

  /// A service that cannot be called is asked again for so long, after a task was paid.
  private static final long AWAY_MS = 600_000;

  /// A task takes so many payments, since it shows the receipts of all.
  private static final int PAYMENTS_MAX = 20;

  private final Database database;
  private final LocalCalls calls;
  private final Tasks tasks;
  private final InstantSource clock;
  private final PaidSteps steps;

  private final Set<String> waiting = ConcurrentHashMap.newKeySet();

  private final ReentrantLock[] locks =
      Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(ReentrantLock[]::new);

  Settling(Database database, LocalCalls calls, Tasks tasks, InstantSource clock) {
    this.database = database;
    this.calls = calls;
    this.tasks = tasks;
    this.clock = clock;
    this.steps = new PaidSteps(tasks, clock, LOOK_MS);
  }

  /// The calls whose end is waited for here; of a shared database each hub hears of all.
  Set<String> waiting() {
    return waiting;
  }

  /// Looks what became of what a task was paid for, or ends a task that nobody paid in time.
  void look(TaskCall row) {
    if (!row.isPaid()) {
      lookAtUnpaid(row);
      return;
    }
    // A message that pays the same task has it looked at itself.
    ReentrantLock lock = lock(row.taskId());
    lock.lock();
    try {
      TaskCall now = read(row.taskId());
      if (now.payment().equals(row.payment()) && now.lookAt() > 0) {
        lookAtPaid(now);
      }
    } finally {
      lock.unlock();
    }
  }

  private void lookAtUnpaid(TaskCall row) {
    long nowMs = clock.millis();
    var _ =
        tasks.change(
            row.taskId(),
            nowMs,
            (transaction, task) -> {
              boolean isDue =
                  SqlTaskCalls.find(transaction, task.id())
                      .filter(now -> !now.isPaid() && now.lookAt() > 0 && now.lookAt() <= nowMs)
                      .isPresent();
              if (isDue && task.state() == TaskState.INPUT_REQUIRED) {
                unpaid(transaction, task, "payment-failed", "Nobody paid in time.", nowMs);
              }
            });
  }

  private void lookAtPaid(TaskCall row) {
    try {
      var _ = settle(row);
    } catch (RouteRefused refused) {
      int status = refused.answer().status();
      boolean isForGood = status < 500 && status != 429 && row.callId().isEmpty();
      // A seller that is away or busy for a moment cannot be called either.
      boolean isAway =
          isProblem(refused.answer(), ProblemType.UNKNOWN_SERVICE)
              || isProblem(refused.answer(), ProblemType.SERVICE_UNAVAILABLE);
      if (isForGood && !(isAway && isYoung(row))) {
        var _ = refused(row, refused.answer());
      } else {
        later(row);
      }
    }
  }

  private boolean isYoung(TaskCall row) {
    return tasks
        .find(row.taskId())
        .filter(task -> clock.millis() - task.updatedAt() < AWAY_MS)
        .isPresent();
  }

  private ReentrantLock lock(String taskId) {
    return locks[Math.floorMod(taskId.hashCode(), locks.length)];
  }

  /// What the route of calls answers.
  ///
  /// @param payment a header's value, or "" to be told the price
  LocalCalls.Answer ask(String service, byte[] input, String payment) {
    Map<String, String> headers =
        payment.isEmpty() ? Map.of() : Map.of(PayWords.SIGNATURE_HEADER, payment);
    String target = "/services/" + service + "/call?wait=0";
    return calls.call("POST", target, headers, null, input, Peer.STAYING);
  }

  /// Notes what was signed before it is used.
  void submitted(
      Transaction transaction, Task task, TaskCall row, String payment, ObjectNode message)
      throws SQLException {
    long nowMs = clock.millis();
    task.heard(message);
    ObjectNode metadata = PayWords.saying(PayWords.SUBMITTED);
    keepReceipts(task, metadata);
    task.become(
        TaskState.WORKING,
        Texts.ofText("The payment is being looked at."),
        row.form().uri(),
        metadata,
        nowMs);
    SqlTaskCalls.pay(transaction, task.id(), payment, nowMs + LOOK_MS);
  }

  /// Ends a task that was not paid.
  void unpaid(Transaction transaction, Task task, String status, String words, long nowMs)
      throws SQLException {
    TaskCall row = SqlTaskCalls.find(transaction, task.id()).orElseThrow(Tasks::ended);
    ObjectNode metadata = PayWords.saying(status);
    if (!status.equals(PayWords.REJECTED)) {
      metadata.put(PayWords.ERROR, "EXPIRED_PAYMENT");
    }
    metadata.set(PayWords.RECEIPTS, PayWords.receipts(task));
    task.become(TaskState.CANCELED, Texts.ofText(words), row.form().uri(), metadata, nowMs);
    SqlTaskCalls.lookAt(transaction, task.id(), 0);
  }

  /// Pays with what was noted, and answers the task as it is then.
  ///
  /// @throws RouteRefused when the call is refused for no fault of the payment; the task can be
  ///   paid then as before
  Task pay(String taskId, String payment) {
    // Of two messages with one payment none takes back what the other has paid.
    ReentrantLock lock = lock(taskId);
    lock.lock();
    try {
      Task task = pay(read(taskId), payment);
      // An answer that came before it was known whose call it is has told nobody.
      return task.state() == TaskState.WORKING ? settle(read(taskId)) : task;
    } finally {
      lock.unlock();
    }
  }

  private Task pay(TaskCall row, String payment) {
    if (!row.payment().equals(payment)) {
      return tasks.find(row.taskId()).orElseThrow(Tasks::ended);
    }
    try {
      return settle(row);
    } catch (RouteRefused refused) {
      // What failed, and was not refused, may have been done.
      if (refused.answer().status() < 500 && row.callId().isEmpty()) {
        unsubmitted(row);
      }
      throw refused;
    }
  }

  private TaskCall read(String taskId) {
    return database.read(reader -> SqlTaskCalls.find(reader, taskId)).orElseThrow(Tasks::ended);
  }

  private Task settle(TaskCall row) {
    LocalCalls.Answer answer = ask(row.service(), row.input(), row.payment());
    return switch (answer.status()) {
      case 200 -> completed(row, answer);
      case 202 -> verified(row, answer.json());
      default -> {
        if (isProblem(answer, ProblemType.CALL_FAILED)) {
          yield failed(row, answer);
        }
        // What has become a call is no refused payment, whatever is said of it now; but one that a
        // chain pays can be paid anew where its payment was not kept.
        boolean isNoCall = isProblem(answer, ProblemType.ID_TAKEN) && row.callId().isEmpty();
        if (answer.status() == 402 || isNoCall) {
          yield refused(row, answer);
        }
        throw new RouteRefused(answer);
      }
    };
  }

  private static boolean isProblem(LocalCalls.Answer answer, ProblemType type) {
    return slug(answer).equals(type.slug());
  }

  private static String slug(LocalCalls.Answer answer) {
    return answer.json().path("type").asString("").replaceFirst("^/problems/", "");
  }

  /// The money is held; the seller has time yet.
  private Task verified(TaskCall row, JsonNode call) {
    String callId = call.path("call_id").asString();
    long by = Instant.parse(call.path("answer_by").asString()).toEpochMilli();
    Task task =
        steps.done(
            row,
            (transaction, now, nowMs) -> {
              long next = Math.max(nowMs + SOON_MS, Math.min(nowMs + LOOK_MS, by + SOON_MS));
              if (row.callId().isEmpty()) {
                ObjectNode metadata = PayWords.saying("payment-verified");
                metadata.put(PayWords.CALL, callId);
                keepReceipts(now, metadata);
                now.become(
                    TaskState.WORKING,
                    Texts.ofText("The money is held until the seller answers."),
                    row.form().uri(),
                    metadata,
                    nowMs);
                SqlTaskCalls.became(transaction, now.id(), callId, next);
              } else if (row.lookAt() <= nowMs) {
                SqlTaskCalls.lookAt(transaction, now.id(), next);
              }
            });
    if (!database.dialect().isShared() && task.state() == TaskState.WORKING) {
      waiting.add(callId);
    }
    return task;
  }

  private Task completed(TaskCall row, LocalCalls.Answer answer) {
    waiting.remove(row.callId());
    return steps.done(
        row,
        (transaction, task, nowMs) -> {
          ObjectNode artifact = Json.object();
          artifact.put("artifactId", "output");
          artifact.put("name", "output");
          artifact.set("parts", output(Json.own(answer.body())));
          task.artifact(artifact, false, true);
          task.become(
              TaskState.COMPLETED,
              Texts.ofText("The service has answered, and is paid."),
              row.form().uri(),
              told(row, task, "payment-completed", answer),
              nowMs);
          SqlTaskCalls.lookAt(transaction, task.id(), 0);
        });
  }

  private static ArrayNode output(JsonNode output) {
    if (output.isString()) {
      return Texts.ofText(output.stringValue());
    }
    if (output.isNull()) {
      // Clients read data that is null as a part that is empty.
      return Texts.ofText("null");
    }
    ArrayNode parts = Json.object().putArray("parts");
    parts.addObject().set("data", output);
    return parts;
  }

  private Task failed(TaskCall row, LocalCalls.Answer answer) {
    waiting.remove(row.callId());
    return steps.done(
        row,
        (transaction, task, nowMs) -> {
          ObjectNode metadata = told(row, task, "payment-failed", answer);
          metadata.put(PayWords.ERROR, PayWords.code("call_failed"));
          String words = answer.json().path("detail").asString("");
          task.become(TaskState.FAILED, Texts.ofText(words), row.form().uri(), metadata, nowMs);
          SqlTaskCalls.lookAt(transaction, task.id(), 0);
        });
  }

  /// Nothing was held; the task can be paid by another payment.
  private Task refused(TaskCall row, LocalCalls.Answer answer) {
    waiting.remove(row.callId());
    LocalCalls.Answer asked = answer.status() == 402 ? answer : ask(row.service(), row.input(), "");
    boolean isSold = asked.status() == 402;
    ObjectNode required = isSold ? PayWords.required(asked, row.form()) : Json.object();
    ObjectNode receipt =
        PayWords.settled(answer).orElseGet(() -> PayWords.refusal(slug(answer), required));
    String reason = receipt.path("errorReason").asString("");
    return steps.undone(
        row,
        (transaction, task, nowMs) -> {
          ObjectNode metadata = PayWords.saying("payment-failed");
          metadata.put(PayWords.ERROR, PayWords.code(reason));
          ArrayNode receipts = PayWords.receipts(task);
          receipts.add(receipt);
          metadata.set(PayWords.RECEIPTS, receipts);
          boolean isOpen = isSold && receipts.size() < PAYMENTS_MAX;
          if (isOpen) {
            metadata.set(PayWords.REQUIRED, required);
          }
          task.become(
              isOpen ? TaskState.INPUT_REQUIRED : TaskState.FAILED,
              Texts.ofText("The payment was refused, and nothing was paid: " + reason),
              row.form().uri(),
              metadata,
              nowMs);
          long next = isOpen ? nowMs + PaidTasks.UNPAID.toMillis() : 0;
          SqlTaskCalls.pay(transaction, task.id(), "", next);
        });
  }

  /// Nothing was looked at; the task waits for a payment as before, also where the service cannot
  /// be called now.
  private void unsubmitted(TaskCall row) {
    LocalCalls.Answer asked = ask(row.service(), row.input(), "");
    var _ =
        steps.undone(
            row,
            (transaction, task, nowMs) -> {
              ObjectNode metadata = PayWords.saying("payment-required");
              if (asked.status() == 402) {
                metadata.set(PayWords.REQUIRED, PayWords.required(asked, row.form()));
              }
              keepReceipts(task, metadata);
              task.become(
                  TaskState.INPUT_REQUIRED,
                  Texts.ofText("The payment was not used; it can be sent again."),
                  row.form().uri(),
                  metadata,
                  nowMs);
              SqlTaskCalls.pay(transaction, task.id(), "", nowMs + PaidTasks.UNPAID.toMillis());
            });
  }

  private static void keepReceipts(Task task, ObjectNode metadata) {
    ArrayNode receipts = PayWords.receipts(task);
    if (!receipts.isEmpty()) {
      metadata.set(PayWords.RECEIPTS, receipts);
    }
  }

  private static ObjectNode told(TaskCall row, Task task, String status, LocalCalls.Answer answer) {
    ObjectNode metadata = PayWords.saying(status);
    if (!row.callId().isEmpty()) {
      metadata.put(PayWords.CALL, row.callId());
    }
    ArrayNode receipts = PayWords.receipts(task);
    PayWords.settled(answer).ifPresent(receipts::add);
    metadata.set(PayWords.RECEIPTS, receipts);
    return metadata;
  }

  /// Lets a task be looked at again some time later.
  void later(TaskCall row) {
    lookAt(row, clock.millis() + LOOK_MS);
  }

  private void lookAt(TaskCall row, long when) {
    database.write(transaction -> {
      SqlTaskCalls.lookAt(transaction, row.taskId(), when);
      return when;
    });
  }
}
