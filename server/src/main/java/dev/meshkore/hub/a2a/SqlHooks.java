package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The tables of webhooks and of the notifications that wait for them. What is called `host` there
/// is a site: the registered domain.
final class SqlHooks {
  /// A notification that waits.
  ///
  /// @param number its place; one webhook gets its notifications in this order
  /// @param taskId the task
  /// @param hook whom it is for
  /// @param dueAt when it may be sent
  /// @param attempts how often it failed
  /// @param body A2A's StreamResponse
  record Notice(long number, String taskId, Hook hook, long dueAt, int attempts, byte[] body) {}

  private static final String HOOK = "hook_id, url, token, scheme, credentials";

  private SqlHooks() {}

  /// Keeps a webhook and answers how many the task has.
  static int put(Transaction transaction, String taskId, Hook hook) throws SQLException {
    transaction.update(
        "INSERT INTO task_hook (task_id, "
            + HOOK
            + ", host) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task_id, hook_id) DO UPDATE SET"
            + " url = excluded.url, token = excluded.token, scheme = excluded.scheme,"
            + " credentials = excluded.credentials, host = excluded.host",
        taskId,
        hook.id(),
        hook.url(),
        hook.token(),
        hook.scheme(),
        hook.credentials(),
        hook.site());
    return count(transaction, taskId);
  }

  static int count(Transaction transaction, String taskId) throws SQLException {
    return (int) transaction.number("SELECT count(*) FROM task_hook WHERE task_id = ?", 0, taskId);
  }

  static List<Hook> list(Transaction transaction, String taskId) throws SQLException {
    return transaction.list(
        "SELECT " + HOOK + " FROM task_hook WHERE task_id = ? ORDER BY hook_id",
        row -> hook(row, 1),
        taskId);
  }

  static Optional<Hook> find(Transaction transaction, String taskId, String hookId)
      throws SQLException {
    return transaction.first(
        "SELECT " + HOOK + " FROM task_hook WHERE task_id = ? AND hook_id = ?",
        row -> hook(row, 1),
        taskId,
        hookId);
  }

  /// Forgets a webhook and what waits for it, and answers how many the task has left.
  static int delete(Transaction transaction, String taskId, String hookId) throws SQLException {
    transaction.update("DELETE FROM task_hook WHERE task_id = ? AND hook_id = ?", taskId, hookId);
    deleteNotices(transaction, taskId, hookId);
    return count(transaction, taskId);
  }

  /// Lets an event of a task wait for each of its webhooks.
  static void addNotices(Transaction transaction, String taskId, long dueAt, byte[] body)
      throws SQLException {
    transaction.update(
        "INSERT INTO task_notice (task_id, hook_id, host, due_at, attempts, body)"
            + " SELECT task_id, hook_id, host, CAST(? AS BIGINT), 0, CAST(? AS "
            + transaction.dialect().choose("BLOB", "BYTEA")
            + ") FROM task_hook WHERE task_id = ? ORDER BY hook_id",
        dueAt,
        body,
        taskId);
  }

  /// The site after this one, of those that something waits for; empty after the last.
  static Optional<String> siteAfter(Transaction transaction, String site) throws SQLException {
    return transaction.first(
        "SELECT host FROM task_notice WHERE host > ? ORDER BY host LIMIT 1",
        row -> row.getString(1),
        site);
  }

  /// The first notification of each webhook of a site, of those that are due.
  static List<Notice> due(Transaction transaction, String site, long now, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT n.number, n.task_id, n.attempts, n.body, h.hook_id, h.url, h.token, h.scheme,"
            + " h.credentials, n.due_at FROM task_notice n JOIN task_hook h"
            + " ON h.task_id = n.task_id AND h.hook_id = n.hook_id"
            + " WHERE n.host = ? AND n.due_at <= ?"
            + " AND n.number = (SELECT min(f.number) FROM task_notice f"
            + " WHERE f.task_id = n.task_id AND f.hook_id = n.hook_id)"
            + " ORDER BY n.due_at LIMIT ?",
        row ->
            new Notice(
                row.getLong(1),
                row.getString(2),
                hook(row, 5),
                row.getLong(10),
                row.getInt(3),
                row.getBytes(4)),
        site,
        now,
        limit);
  }

  /// Takes a notification to send it, until a time at which another hub may; false where another
  /// was first.
  static boolean take(Transaction transaction, Notice notice, long until) throws SQLException {
    return transaction.update(
            "UPDATE task_notice SET due_at = ? WHERE number = ? AND due_at = ?",
            until,
            notice.number(),
            notice.dueAt())
        == 1;
  }

  /// When the next notification is due; far away where none waits.
  static long nextDue(Transaction transaction) throws SQLException {
    return transaction.number("SELECT min(due_at) FROM task_notice", Long.MAX_VALUE);
  }

  /// A notification that waits, by itself.
  record Waiting(long number, byte[] body) {}

  /// The notifications of a task that wait.
  static List<Waiting> waiting(Transaction transaction, String taskId) throws SQLException {
    return transaction.list(
        "SELECT number, body FROM task_notice WHERE task_id = ?",
        row -> new Waiting(row.getLong(1), row.getBytes(2)),
        taskId);
  }

  static void replace(Transaction transaction, long number, byte[] body) throws SQLException {
    transaction.update("UPDATE task_notice SET body = ? WHERE number = ?", body, number);
  }

  static void delivered(Transaction transaction, long number) throws SQLException {
    transaction.update("DELETE FROM task_notice WHERE number = ?", number);
  }

  static void putOff(Transaction transaction, long number, long dueAt) throws SQLException {
    transaction.update(
        "UPDATE task_notice SET attempts = attempts + 1, due_at = ? WHERE number = ?",
        dueAt,
        number);
  }

  static void deleteNotices(Transaction transaction, String taskId, String hookId)
      throws SQLException {
    transaction.update("DELETE FROM task_notice WHERE task_id = ? AND hook_id = ?", taskId, hookId);
  }

  private static Hook hook(ResultSet row, int first) throws SQLException {
    return new Hook(
        row.getString(first),
        row.getString(first + 1),
        row.getString(first + 2),
        row.getString(first + 3),
        row.getString(first + 4));
  }
}
