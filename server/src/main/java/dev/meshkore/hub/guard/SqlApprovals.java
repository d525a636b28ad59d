package dev.meshkore.hub.guard;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// All SQL of approvals.
final class SqlApprovals {
  private static final String COLUMNS =
      """
      SELECT approval_id, agent, kind, method, target, body, state, asked_at, expires_at,
        decided_at, decided_by, status
      FROM approval
      """;

  /// What is kept of a call.
  record Kept(String id, byte[] body) {}

  /// How many agents can be asked about at once.
  static final int AGENTS_MAX = 500;

  private SqlApprovals() {}

  /// Calls of an agent that wait no more, of so many bytes at least, by id.
  static List<Kept> decided(
      Transaction transaction, long agent, String afterId, int bytesLeast, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT approval_id, body FROM approval WHERE agent = ? AND approval_id > ?"
            + " AND state NOT IN ('waiting', 'approved') AND length(body) >= ?"
            + " ORDER BY approval_id LIMIT ?",
        row -> new Kept(row.getString(1), row.getBytes(2)),
        agent,
        afterId,
        bytesLeast,
        limit);
  }

  /// Puts other bytes in the place of a call that is over.
  static void erase(Transaction transaction, String id, byte[] body) throws SQLException {
    transaction.update("UPDATE approval SET body = ?, digest = '' WHERE approval_id = ?", body, id);
  }

  static void insert(Transaction transaction, Approval approval, String digest)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO approval (approval_id, agent, kind, method, target, body, digest, state,
          asked_at, expires_at, decided_at, decided_by, status)
        VALUES (?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, 0, '', 0)
        """,
        approval.id(),
        approval.agent(),
        approval.kind(),
        approval.call().method(),
        approval.call().target(),
        approval.call().body(),
        digest,
        approval.askedAtMs(),
        approval.expiresAtMs());
  }

  static Optional<Approval> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE approval_id = ?", SqlApprovals::approval, id);
  }

  static Optional<Approval> waiting(
      Transaction reader, long agent, String target, String digest, long now) throws SQLException {
    return reader.first(
        COLUMNS
            + "WHERE agent = ? AND target = ? AND digest = ? AND state = 'waiting'"
            + " AND expires_at > ?",
        SqlApprovals::approval,
        agent,
        target,
        digest,
        now);
  }

  /// Whether time may change anything.
  static boolean hasWaiting(Transaction reader) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM approval WHERE state IN ('waiting', 'approved')", 0)
        > 0;
  }

  static long waitingCount(Transaction reader, long agent) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM approval WHERE agent = ? AND state = 'waiting'", 0, agent);
  }

  /// An approval's place in the list, newest first, without what was called.
  ///
  /// @param bytes of the body
  record Head(String id, long askedAtMs, long bytes) {
    static final Comparator<Head> NEWEST_FIRST =
        Comparator.comparingLong(Head::askedAtMs).reversed().thenComparing(Head::id);
    private static final Pattern CURSOR = Pattern.compile("([0-9]{1,18})\\.([0-9a-f]{1,64})");

    /// Where the cursor of an earlier page stands.
    static Head at(String cursor) {
      Matcher form = CURSOR.matcher(cursor);
      if (!form.matches()) {
        throw Refused.field("cursor", "cursor must be the next of another page");
      }
      return new Head(form.group(2), Long.parseLong(form.group(1)), 0);
    }
  }

  /// The newest after a place, in any state where `state` is "".
  ///
  /// @param agents whose, at most [#AGENTS_MAX]; of all where there are none
  static List<Head> heads(
      Transaction reader, List<Long> agents, String state, Head after, int limit)
      throws SQLException {
    var arguments = new ArrayList<@Nullable Object>(agents);
    arguments.addAll(
        List.of(state, state, after.askedAtMs(), after.askedAtMs(), after.id(), limit));
    String of = agents.isEmpty() ? "" : "agent IN (?" + ", ?".repeat(agents.size() - 1) + ") AND ";
    return reader.list(
        "SELECT approval_id, asked_at, LENGTH(body) FROM approval WHERE "
            + of
            + "(CAST(? AS TEXT) = '' OR state = ?)"
            + " AND (asked_at < ? OR (asked_at = ? AND approval_id > ?))"
            + " ORDER BY asked_at DESC, approval_id LIMIT ?",
        row -> new Head(row.getString(1), row.getLong(2), row.getLong(3)),
        arguments.toArray());
  }

  /// Forgets some of those that were decided before a time; answers how many.
  static int forget(Transaction transaction, long decidedBefore, int most) throws SQLException {
    return transaction.update(
        """
        DELETE FROM approval WHERE approval_id IN (
          SELECT approval_id FROM approval
          WHERE decided_at > 0 AND decided_at <= ? AND state NOT IN ('waiting', 'approved')
          ORDER BY decided_at LIMIT ?)
        """,
        decidedBefore,
        most);
  }

  static boolean hasOld(Transaction reader, long decidedBefore) throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM approval
            WHERE decided_at > 0 AND decided_at <= ? AND state NOT IN ('waiting', 'approved')
            LIMIT 1
            """,
            0,
            decidedBefore)
        == 1;
  }

  /// Decides what waits, once.
  static boolean decide(Transaction transaction, String id, String state, long now, String by)
      throws SQLException {
    return transaction.update(
            """
            UPDATE approval SET state = ?, decided_at = ?, decided_by = ?
            WHERE approval_id = ? AND state = 'waiting' AND expires_at > ?
            """,
            state,
            now,
            by,
            id,
            now)
        == 1;
  }

  /// Uses up the approval of exactly this call; false where there is none.
  static boolean use(Transaction transaction, long agent, String target, String digest)
      throws SQLException {
    return transaction.update(
            """
            UPDATE approval SET state = 'done' WHERE state = 'approved' AND approval_id = (
              SELECT approval_id FROM approval
              WHERE agent = ? AND target = ? AND digest = ? AND state = 'approved'
              ORDER BY asked_at LIMIT 1)
            """,
            agent,
            target,
            digest)
        == 1;
  }

  /// Notes what the call answered. One that was done has used its approval up, also where no rule
  /// asked for it any more.
  static void ran(Transaction transaction, String id, int status) throws SQLException {
    transaction.update(
        """
        UPDATE approval SET status = ?,
          state = CASE WHEN CAST(? AS BIGINT) < 400 THEN 'done' ELSE 'failed' END
        WHERE approval_id = ?
        """,
        status,
        status,
        id);
  }

  static List<Approval> expired(Transaction transaction, long now) throws SQLException {
    return moved(
        transaction,
        "UPDATE approval SET state = 'expired', decided_at = expires_at"
            + " WHERE state = 'waiting' AND expires_at <= ?",
        now);
  }

  /// Those that were approved and whose call cannot be under way any more.
  static List<Approval> neverRan(Transaction transaction, long decidedBefore) throws SQLException {
    return moved(
        transaction,
        "UPDATE approval SET state = 'failed' WHERE state = 'approved' AND decided_at <= ?",
        decidedBefore);
  }

  private static List<Approval> moved(Transaction transaction, String update, long time)
      throws SQLException {
    return transaction.list(
        update
            + " RETURNING approval_id, agent, kind, method, target, body, state, asked_at,"
            + " expires_at, decided_at, decided_by, status",
        SqlApprovals::approval,
        time);
  }

  private static Approval approval(ResultSet row) throws SQLException {
    return new Approval(
        row.getString(1),
        row.getLong(2),
        row.getString(3),
        new Approval.Call(row.getString(4), row.getString(5), row.getBytes(6)),
        row.getString(7),
        row.getLong(8),
        row.getLong(9),
        row.getLong(10),
        row.getString(11),
        row.getInt(12));
  }
}
