package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Optional;

/// Changes of a paid task by what was heard of its payment, which others may have asked about at
/// the same time, here or at another hub. Thread-safe.
final class PaidSteps {
  private final Tasks tasks;
  private final InstantSource clock;
  private final long lookMs;

  /// @param lookMs after so long a payment is looked at again
  PaidSteps(Tasks tasks, InstantSource clock, long lookMs) {
    this.tasks = tasks;
    this.clock = clock;
    this.lookMs = lookMs;
  }

  /// What is changed.
  interface Step {
    void make(Transaction transaction, Task task, long nowMs) throws SQLException;
  }

  /// Notes what a payment has done, which is so whatever another asker was told: one that was
  /// refused for a reason of its own may have taken the payment out of the task meanwhile.
  Task done(TaskCall row, Step step) {
    long nowMs = clock.millis();
    return tasks.change(
        row.taskId(),
        nowMs,
        (transaction, task) -> {
          String payment = now(transaction, task).map(TaskCall::payment).orElse("");
          boolean isTakenOut = payment.isEmpty() && task.state() == TaskState.INPUT_REQUIRED;
          if (isTakenOut) {
            SqlTaskCalls.pay(transaction, task.id(), row.payment(), nowMs + lookMs);
          }
          boolean isSame = payment.equals(row.payment()) && task.state() == TaskState.WORKING;
          if (isTakenOut || isSame) {
            step.make(transaction, task, nowMs);
          }
        });
  }

  /// Takes a payment out of its task, unless it has become a call that was not known of it.
  Task undone(TaskCall row, Step step) {
    long nowMs = clock.millis();
    return tasks.change(
        row.taskId(),
        nowMs,
        (transaction, task) -> {
          boolean isSame =
              now(transaction, task)
                  .filter(now -> now.payment().equals(row.payment()))
                  .filter(now -> now.callId().equals(row.callId()))
                  .isPresent();
          if (isSame && task.state() == TaskState.WORKING) {
            step.make(transaction, task, nowMs);
          }
        });
  }

  private static Optional<TaskCall> now(Transaction transaction, Task task) throws SQLException {
    return SqlTaskCalls.find(transaction, task.id());
  }
}
