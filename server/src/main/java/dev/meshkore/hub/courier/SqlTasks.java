package dev.meshkore.hub.courier;

import dev.meshkore.hub.store.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The SQL of tasks outside.
final class SqlTasks {
  private static final String COLUMNS =
      """
      SELECT remote, sender, task_id, context_id, thread, message_id, state, told, looks, ends_at
      FROM outside_task
      """;

  private final Database database;

  SqlTasks(Database database) {
    this.database = database;
  }

  /// Stores a task as it stands.
  ///
  /// @param nextAtMs when to ask how it stands, or null for not at all
  void put(OutsideTask task, @Nullable Long nextAtMs) {
    database.write(transaction ->
        transaction.update(
            """
            INSERT INTO outside_task (remote, sender, task_id, context_id, thread, message_id,
              state, told, looks, next_at, ends_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS BIGINT), ?)
            ON CONFLICT (remote, sender, task_id) DO UPDATE SET
              context_id = excluded.context_id, thread = excluded.thread,
              message_id = excluded.message_id, state = excluded.state, told = excluded.told,
              looks = excluded.looks, next_at = excluded.next_at, ends_at = excluded.ends_at
            """,
            task.remote(),
            task.sender(),
            task.taskId(),
            task.contextId(),
            task.thread(),
            task.messageId(),
            task.state(),
            task.told(),
            task.looks(),
            nextAtMs,
            task.endsAtMs()));
  }

  Optional<OutsideTask> find(OutsideTask.Key key) {
    return database.read(reader ->
        reader.first(
            COLUMNS + "WHERE remote = ? AND sender = ? AND task_id = ?",
            SqlTasks::task,
            key.remote(),
            key.sender(),
            key.taskId()));
  }

  /// The newest task of a thread.
  Optional<OutsideTask> newest(long remote, long sender, String thread) {
    return database.read(reader ->
        reader.first(
            COLUMNS
                + "WHERE remote = ? AND sender = ? AND thread = ? ORDER BY ends_at DESC LIMIT 1",
            SqlTasks::task,
            remote,
            sender,
            thread));
  }

  /// Tasks that are due, the longest due first.
  List<OutsideTask> due(long nowMs, int limit) {
    return database.read(reader ->
        reader.list(
            COLUMNS + "WHERE next_at IS NOT NULL AND next_at <= ? ORDER BY next_at LIMIT ?",
            SqlTasks::task,
            nowMs,
            limit));
  }

  /// All that are asked for at some time are asked for now.
  void lookSoon(long nowMs) {
    database.write(transaction ->
        transaction.update("UPDATE outside_task SET next_at = ? WHERE next_at IS NOT NULL", nowMs));
  }

  /// Forgets tasks whose time is over.
  void forget(long nowMs) {
    database.write(transaction ->
        transaction.update(
            "DELETE FROM outside_task WHERE next_at IS NULL AND ends_at < ?", nowMs));
  }

  private static OutsideTask task(ResultSet row) throws SQLException {
    return new OutsideTask(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        row.getString(8),
        row.getLong(9),
        row.getLong(10));
  }
}
