package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Dialect;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/// The table of tasks.
final class SqlTasks {
  private static final String COLUMNS =
      "task_id, agent, caller, context_id, is_call, state, is_shown, hooks, updated_at, version,"
          + " body";

  private static final String INSERT =
      "INSERT INTO task (" + COLUMNS + ", first) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

  /// On SQLite the index keeps 4,096 tasks that began after one another together: one that were
  /// sorted by agents alone would touch a page for each task of a commit.
  private static final String BY_RUN =
      "WITH RECURSIVE run (part) AS (SELECT max(number) / 4096 FROM task UNION ALL"
          + " SELECT part - 1 FROM run WHERE part > 0)"
          + " SELECT %s FROM run CROSS JOIN task"
          + " WHERE task.number / 4096 = run.part AND agent = ?";

  /// Which tasks of an agent somebody wants to see.
  ///
  /// @param agent whose tasks
  /// @param reader who wants to see them: the agent itself, or a caller of its own ones
  /// @param contextId only of this context
  /// @param state only in this state
  /// @param sinceMs only changed at this time or later
  record Wanted(
      long agent,
      long reader,
      @Nullable String contextId,
      @Nullable TaskState state,
      long sinceMs) {}

  /// A place in the list, newest first.
  record Place(long updatedAt, String taskId) {
    /// Before all.
    static final Place START = new Place(Long.MAX_VALUE, "");
  }

  /// What was found.
  ///
  /// @param isCut whether more follows, for which there was no room
  record Found(List<Task> tasks, boolean isCut) {}

  private SqlTasks() {}

  static Optional<Task> find(Transaction transaction, String taskId) throws SQLException {
    return transaction.first(
        "SELECT " + COLUMNS + " FROM task WHERE task_id = ?", SqlTasks::task, taskId);
  }

  /// The task, which no other transaction changes until this one ends.
  static Optional<Task> lock(Transaction transaction, String taskId) throws SQLException {
    String select = "SELECT " + COLUMNS + " FROM task WHERE task_id = ?";
    return transaction.first(
        transaction.dialect().choose(select, select + " FOR UPDATE"), SqlTasks::task, taskId);
  }

  /// What a task's first message is known by.
  record First(long number, String first) {}

  /// Those of the newest tasks, the newest first; on SQLite. The index has all that is asked for.
  static List<First> newest(Transaction transaction, int limit) throws SQLException {
    return transaction.list(
        "SELECT number, first FROM task INDEXED BY task_first ORDER BY number DESC LIMIT ?",
        row -> new First(row.getLong(1), row.getString(2)),
        limit);
  }

  /// The task that a first message began; on PostgreSQL.
  static Optional<Task> begunBy(Transaction transaction, String first) throws SQLException {
    return transaction.first(
        "SELECT " + COLUMNS + " FROM task WHERE first = ?", SqlTasks::task, first);
  }

  /// The task of this number, if a first message began it.
  static Optional<Task> begunBy(Transaction transaction, long number, String first)
      throws SQLException {
    return transaction.first(
        "SELECT " + COLUMNS + " FROM task WHERE number = ? AND first = ?",
        SqlTasks::task,
        number,
        first);
  }

  static boolean isBegunBy(Transaction transaction, long number, String first) throws SQLException {
    return transaction
        .first("SELECT 1 FROM task WHERE number = ? AND first = ?", _ -> true, number, first)
        .isPresent();
  }

  /// Whether a first message began one of the tasks after a number; on SQLite.
  static boolean isBegunAfter(Transaction transaction, long number, String first)
      throws SQLException {
    return transaction
        .first(
            "SELECT 1 FROM task INDEXED BY task_first WHERE number > ? AND first = ?",
            _ -> true,
            number,
            first)
        .isPresent();
  }

  /// Adds a task, and answers its number; on SQLite.
  static long insert(Transaction transaction, Task task, byte[] body, String first)
      throws SQLException {
    return transaction.number(INSERT + " RETURNING number", 0, values(task, body, first));
  }

  /// Adds a task; false where the same first message began one before. On PostgreSQL.
  static boolean insertOnce(Transaction transaction, Task task, byte[] body, String first)
      throws SQLException {
    return transaction.update(INSERT + " ON CONFLICT (first) DO NOTHING", values(task, body, first))
        == 1;
  }

  private static Object[] values(Task task, byte[] body, String first) {
    return new Object[] {
      task.id(),
      task.agent(),
      task.caller(),
      task.contextId(),
      task.isCall() ? 1 : 0,
      task.state().verb(),
      task.isShown() ? 1 : 0,
      task.hooks(),
      task.updatedAt(),
      task.version(),
      body,
      first
    };
  }

  static void update(Transaction transaction, Task task) throws SQLException {
    transaction.update(
        "UPDATE task SET state = ?, is_shown = ?, hooks = ?, updated_at = ?, version = ?, body = ?"
            + " WHERE task_id = ?",
        task.state().verb(),
        task.isShown() ? 1 : 0,
        task.hooks(),
        task.updatedAt(),
        task.version(),
        task.bytes(),
        task.id());
  }

  /// Tasks whose end lies before a time, the oldest first. The states are written as in the index
  /// that finds them.
  static List<String> endedBefore(Transaction transaction, long ms, int limit) throws SQLException {
    return transaction.list(
        "SELECT task_id FROM task"
            + " WHERE state IN ('completed', 'failed', 'canceled', 'rejected', 'answered')"
            + " AND updated_at < ? ORDER BY updated_at LIMIT ?",
        row -> row.getString(1),
        ms,
        limit);
  }

  /// Forgets a task and all that belongs to it.
  static void delete(Transaction transaction, String taskId) throws SQLException {
    transaction.update("DELETE FROM task_notice WHERE task_id = ?", taskId);
    transaction.update("DELETE FROM task_hook WHERE task_id = ?", taskId);
    transaction.update("DELETE FROM task_event WHERE task_id = ?", taskId);
    transaction.update("DELETE FROM task_call WHERE task_id = ?", taskId);
    transaction.update("DELETE FROM task WHERE task_id = ?", taskId);
  }

  /// A page of tasks after a place, those changed last first, up to so many and about so many
  /// bytes.
  static Found list(Transaction transaction, Wanted wanted, Place after, int limit, long bytesMax)
      throws SQLException {
    var arguments = new ArrayList<@Nullable Object>();
    String from = from(transaction.dialect(), wanted, arguments);
    arguments.add(after.updatedAt());
    arguments.add(after.updatedAt());
    arguments.add(after.taskId());
    arguments.add(limit);
    List<Place> places =
        transaction.list(
            from.formatted("updated_at, task_id")
                + " AND (updated_at < ? OR updated_at = ? AND task_id > ?)"
                + " ORDER BY updated_at DESC, task_id LIMIT ?",
            row -> new Place(row.getLong(1), row.getString(2)),
            arguments.toArray());
    var tasks = new ArrayList<Task>();
    long bytes = 0;
    for (Place place : places) {
      if (bytes > bytesMax) {
        return new Found(tasks, true);
      }
      Optional<Task> task = find(transaction, place.taskId());
      if (task.isPresent()) {
        bytes += Json.bytes(task.get().body()).length;
        tasks.add(task.get());
      }
    }
    return new Found(tasks, false);
  }

  static long count(Transaction transaction, Wanted wanted) throws SQLException {
    var arguments = new ArrayList<@Nullable Object>();
    String from = from(transaction.dialect(), wanted, arguments);
    return transaction.number(from.formatted("count(*)"), 0, arguments.toArray());
  }

  /// The query for whatever is put in place of its `%s`.
  private static String from(Dialect dialect, Wanted wanted, List<@Nullable Object> arguments) {
    var where = new StringBuilder(dialect.choose(BY_RUN, "SELECT %s FROM task WHERE agent = ?"));
    arguments.add(wanted.agent());
    if (wanted.reader() != wanted.agent()) {
      where.append(" AND caller = ?");
      arguments.add(wanted.reader());
    } else {
      // Its own calls of its own services are refused, so all of them are somebody else's.
      where.append(" AND is_call = 0");
    }
    if (wanted.contextId() != null) {
      where.append(" AND context_id = ?");
      arguments.add(wanted.contextId());
    }
    if (wanted.state() != null) {
      where.append(" AND state = ?");
      arguments.add(wanted.state().verb());
    }
    if (wanted.sinceMs() > 0) {
      where.append(" AND updated_at >= ?");
      arguments.add(wanted.sinceMs());
    }
    where.append(" AND state <> 'answered' AND (is_shown = 1 OR state <> 'submitted')");
    return where.toString();
  }

  private static Task task(ResultSet row) throws SQLException {
    return new Task(
        row.getString(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        row.getLong(5) == 1,
        TaskState.stored(row.getString(6)),
        row.getLong(7) == 1,
        row.getInt(8),
        row.getLong(9),
        row.getLong(10),
        (ObjectNode) Texts.stored(row.getBytes(11)));
  }
}
