package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The table of what happened to tasks a short time ago. Only databases that several hubs share
/// have something in it.
final class SqlEvents {
  private static final int AT_ONCE = 1_000;

  private record Row(String taskId, Task.Event event) {}

  /// What is kept of an event.
  record Kept(long version, byte[] body) {}

  private SqlEvents() {}

  static void add(Transaction transaction, String taskId, long nowMs, List<Task.Event> events)
      throws SQLException {
    for (Task.Event event : events) {
      transaction.update(
          "INSERT INTO task_event (task_id, version, state, happened_at, body)"
              + " VALUES (?, ?, ?, ?, ?)",
          taskId,
          event.version(),
          event.state().verb(),
          nowMs,
          event.json());
    }
  }

  static List<Kept> kept(Transaction transaction, String taskId) throws SQLException {
    return transaction.list(
        "SELECT version, body FROM task_event WHERE task_id = ?",
        row -> new Kept(row.getLong(1), row.getBytes(2)),
        taskId);
  }

  static void replace(Transaction transaction, String taskId, long version, byte[] body)
      throws SQLException {
    transaction.update(
        "UPDATE task_event SET body = ? WHERE task_id = ? AND version = ?", body, taskId, version);
  }

  /// What happened to each task after the version that is known of it, in order; not all of it
  /// where it is much. PostgreSQL alone understands this.
  static Map<String, List<Task.Event>> after(Transaction transaction, Map<String, Long> known)
      throws SQLException {
    var versions = new ArrayList<String>();
    known.values().forEach(version -> versions.add(version.toString()));
    List<Row> rows =
        transaction.list(
            "SELECT e.task_id, e.version, e.state, e.body"
                + " FROM unnest(string_to_array(?, ','), string_to_array(?, ','))"
                + " AS known (task_id, version) JOIN task_event e ON e.task_id = known.task_id"
                + " AND e.version > CAST(known.version AS BIGINT)"
                + " ORDER BY e.task_id, e.version LIMIT "
                + AT_ONCE,
            row ->
                new Row(
                    row.getString(1),
                    new Task.Event(
                        row.getLong(2), TaskState.stored(row.getString(3)), row.getBytes(4))),
            String.join(",", known.keySet()),
            String.join(",", versions));
    var byTask = new LinkedHashMap<String, List<Task.Event>>();
    for (Row row : rows) {
      byTask.computeIfAbsent(row.taskId(), _ -> new ArrayList<>()).add(row.event());
    }
    return byTask;
  }

  /// Forgets what happened before a time, the oldest first; answers how much that was.
  static int deleteBefore(Transaction transaction, long ms, int limit) throws SQLException {
    return transaction.update(
        "DELETE FROM task_event WHERE (task_id, version) IN"
            + " (SELECT task_id, version FROM task_event WHERE happened_at < ?"
            + " ORDER BY happened_at LIMIT ?)",
        ms,
        limit);
  }
}
