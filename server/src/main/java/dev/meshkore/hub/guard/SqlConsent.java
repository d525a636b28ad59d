package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All SQL of policies, contacts and blocks.
final class SqlConsent {
  private SqlConsent() {}

  static Optional<String> state(Transaction reader, long agent, long other) throws SQLException {
    return reader.first(
        "SELECT state FROM consent WHERE agent = ? AND other = ?",
        row -> row.getString(1),
        agent,
        other);
  }

  static void put(Transaction transaction, long agent, Consent.Said said) throws SQLException {
    transaction.update(
        """
        INSERT INTO consent (agent, other, state, note, changed_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (agent, other) DO UPDATE
        SET state = excluded.state, note = excluded.note, changed_at = excluded.changed_at
        """,
        agent,
        said.other(),
        said.state(),
        said.note(),
        said.changedAtMs());
  }

  /// Forgets what was said, if it was this.
  static boolean unsay(Transaction transaction, long agent, long other, String state, long now)
      throws SQLException {
    return transaction.update(
            """
            UPDATE consent SET state = 'none', changed_at = ?
            WHERE agent = ? AND other = ? AND state = ?
            """,
            now,
            agent,
            other,
            state)
        == 1;
  }

  static long count(Transaction reader, long agent) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM consent WHERE agent = ?", 0, agent);
  }

  static long count(Transaction reader, long agent, String state) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM consent WHERE agent = ? AND state = ?", 0, agent, state);
  }

  static Set<Long> blocked(Transaction reader, long agent) throws SQLException {
    return Set.copyOf(
        reader.list(
            "SELECT other FROM consent WHERE agent = ? AND state = 'blocked'",
            row -> row.getLong(1),
            agent));
  }

  static List<Consent.Said> said(Transaction reader, long agent, long after, int limit)
      throws SQLException {
    return reader.list(
        """
        SELECT other, state, note, changed_at FROM consent
        WHERE agent = ? AND other > ? AND state <> 'none' ORDER BY other LIMIT ?
        """,
        row -> new Consent.Said(row.getLong(1), row.getString(2), row.getString(3), row.getLong(4)),
        agent,
        after,
        limit);
  }

  /// Agents whose policy or blocks changed; on the first look, those that are not wide open.
  static List<Long> changedSince(Transaction reader, long since) throws SQLException {
    return reader.list(
        """
        SELECT DISTINCT agent FROM consent
        WHERE changed_at >= ? AND (changed_at > ? OR state NOT IN ('requested', 'contact'))
        """,
        row -> row.getLong(1),
        since,
        since == 0 ? Long.MAX_VALUE : 0);
  }
}
