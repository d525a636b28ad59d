package dev.meshkore.hub.discovery;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The SQL of requests that agents have done.
final class SqlLearned {
  private SqlLearned() {}

  /// Adds a request, and drops the oldest beyond `most`; false where it was there.
  static boolean add(Transaction transaction, long agent, String request, long now, int most)
      throws SQLException {
    int added =
        transaction.update(
            """
            INSERT INTO learned (agent, request, learned_at) VALUES (?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            agent,
            request,
            now);
    transaction.update(
        """
        DELETE FROM learned WHERE agent = ? AND request NOT IN (
          SELECT request FROM learned WHERE agent = ? ORDER BY learned_at DESC, request LIMIT ?)
        """,
        agent,
        agent,
        most);
    return added == 1;
  }

  static List<String> of(Transaction reader, long agent) throws SQLException {
    return reader.list(
        "SELECT request FROM learned WHERE agent = ? ORDER BY learned_at DESC, request",
        row -> row.getString(1),
        agent);
  }
}
