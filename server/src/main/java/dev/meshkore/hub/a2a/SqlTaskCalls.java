package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The table of what tasks call and pay.
final class SqlTaskCalls {
  private static final String SELECT =
      "SELECT task_id, service_id, input, form, payment, call_id, look_at FROM task_call";

  private SqlTaskCalls() {}

  /// How many of a caller's tasks wait for a payment.
  static long unpaid(Transaction reader, long caller) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM task_call WHERE caller = ? AND payment = '' AND look_at > 0",
        0,
        caller);
  }

  static void insert(Transaction transaction, TaskCall call, long caller) throws SQLException {
    transaction.update(
        "INSERT INTO task_call (task_id, caller, service_id, input, form, payment, call_id,"
            + " look_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        call.taskId(),
        caller,
        call.service(),
        call.input(),
        call.form().version(),
        call.payment(),
        call.callId(),
        call.lookAt());
  }

  static Optional<TaskCall> find(Transaction reader, String taskId) throws SQLException {
    return reader.first(SELECT + " WHERE task_id = ?", SqlTaskCalls::call, taskId);
  }

  /// The tasks of a call about which not all is known.
  static List<TaskCall> ofCall(Transaction reader, String callId) throws SQLException {
    return reader.list(
        SELECT + " WHERE call_id = ? AND call_id <> '' AND look_at > 0",
        SqlTaskCalls::call,
        callId);
  }

  /// Those that are to be looked at by a time, the longest due first.
  static List<TaskCall> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        SELECT + " WHERE look_at > 0 AND look_at <= ? ORDER BY look_at LIMIT ?",
        SqlTaskCalls::call,
        now,
        limit);
  }

  /// The calls whose end is waited for.
  static List<String> waiting(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT call_id FROM task_call WHERE look_at > 0 AND call_id <> ''",
        row -> row.getString(1));
  }

  /// Lets all that were paid for be looked at: nobody may have been told of their end.
  static void lookAtAll(Transaction transaction, long now) throws SQLException {
    transaction.update(
        "UPDATE task_call SET look_at = ? WHERE look_at > ? AND payment <> ''", now, now);
  }

  /// Notes what pays a task; without a payment there is no call either.
  static void pay(Transaction transaction, String taskId, String payment, long lookAt)
      throws SQLException {
    String call = payment.isEmpty() ? ", call_id = ''" : "";
    transaction.update(
        "UPDATE task_call SET payment = ?, look_at = ?" + call + " WHERE task_id = ?",
        payment,
        lookAt,
        taskId);
  }

  static void became(Transaction transaction, String taskId, String callId, long lookAt)
      throws SQLException {
    transaction.update(
        "UPDATE task_call SET call_id = ?, look_at = ? WHERE task_id = ?", callId, lookAt, taskId);
  }

  static void lookAt(Transaction transaction, String taskId, long lookAt) throws SQLException {
    transaction.update("UPDATE task_call SET look_at = ? WHERE task_id = ?", lookAt, taskId);
  }

  private static TaskCall call(ResultSet row) throws SQLException {
    return new TaskCall(
        row.getString(1),
        row.getString(2),
        row.getBytes(3),
        PayForm.stored(row.getLong(4)),
        row.getString(5),
        row.getString(6),
        row.getLong(7));
  }
}
