package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// All SQL of breakers.
final class SqlBreakers {
  private SqlBreakers() {}

  static List<Breakers.Tripped> all(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT scope, reason, trips, tripped_at, open_until FROM breaker",
        row ->
            new Breakers.Tripped(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5)));
  }

  static boolean put(Transaction transaction, Breakers.Tripped tripped) throws SQLException {
    return transaction.update(
            """
            INSERT INTO breaker (scope, reason, trips, tripped_at, open_until)
            VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (scope) DO UPDATE SET reason = excluded.reason, trips = excluded.trips,
              tripped_at = excluded.tripped_at, open_until = excluded.open_until
            WHERE breaker.open_until < excluded.open_until
            """,
            tripped.scope(),
            tripped.reason(),
            tripped.trips(),
            tripped.trippedAtMs(),
            tripped.openUntilMs())
        == 1;
  }

  /// Lets an agent spend as it never did, until a time.
  static void allow(Transaction transaction, String scope, long untilMs) throws SQLException {
    transaction.update(
        """
        INSERT INTO spending_allowed (scope, until) VALUES (?, ?)
        ON CONFLICT (scope) DO UPDATE SET until = excluded.until
        """,
        scope,
        untilMs);
  }

  static boolean isAllowed(Transaction reader, String scope, long now) throws SQLException {
    return reader.number(
            "SELECT 1 FROM spending_allowed WHERE scope = ? AND until > ?", 0, scope, now)
        == 1;
  }

  static boolean delete(Transaction transaction, Breakers.Tripped tripped) throws SQLException {
    return transaction.update(
            "DELETE FROM breaker WHERE scope = ? AND open_until <= ?",
            tripped.scope(),
            tripped.openUntilMs())
        == 1;
  }
}
