package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All SQL of what people ordered: stops, and which actions wait.
final class SqlOrders {
  private SqlOrders() {}

  static List<Orders.Stop> stops(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT scope, agent, reason, stopped_by, stopped_at FROM stop ORDER BY stopped_at, scope",
        row ->
            new Orders.Stop(
                row.getString(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5)));
  }

  /// Stores a stop. The first stays, but the operator's goes before any other.
  static boolean putStop(Transaction transaction, Orders.Stop stop) throws SQLException {
    return transaction.update(
            """
            INSERT INTO stop (scope, agent, reason, stopped_by, stopped_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason,
              stopped_by = excluded.stopped_by, stopped_at = excluded.stopped_at
            WHERE excluded.stopped_by = 'admin' AND stop.stopped_by <> 'admin'
            """,
            stop.scope(),
            stop.agent(),
            stop.reason(),
            stop.by(),
            stop.atMs())
        == 1;
  }

  static boolean deleteStop(Transaction transaction, String scope, String by) throws SQLException {
    return transaction.update(
            "DELETE FROM stop WHERE scope = ? AND (stopped_by = ? OR CAST(? AS TEXT) = 'admin')",
            scope,
            by,
            by)
        == 1;
  }

  static Map<Long, Set<String>> holds(Transaction reader) throws SQLException {
    var holds = new HashMap<Long, Set<String>>();
    reader.list(
        "SELECT agent, kinds FROM hold_policy",
        row -> holds.put(row.getLong(1), Set.of(row.getString(2).split("\n"))));
    return Map.copyOf(holds);
  }

  static void setHolds(Transaction transaction, long agent, Set<String> kinds) throws SQLException {
    if (kinds.isEmpty()) {
      transaction.update("DELETE FROM hold_policy WHERE agent = ?", agent);
      return;
    }
    transaction.update(
        """
        INSERT INTO hold_policy (agent, kinds) VALUES (?, ?)
        ON CONFLICT (agent) DO UPDATE SET kinds = excluded.kinds
        """,
        agent,
        String.join("\n", kinds));
  }
}
