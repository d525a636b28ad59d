package dev.meshkore.hub.store;

import java.sql.SQLException;

/// The ids of PostgreSQL's transactions, by which rows are put in order. They grow for as long as a
/// cluster lives; in a cluster to which tables were restored by `pg_dump` they start again, below
/// those that rows have. Then something is added to all that follow.
final class TransactionIds {
  private TransactionIds() {}

  /// Sees to it that the next transaction has a higher id than every row. Before anything is
  /// written; under the lock of the migrations.
  static void keepGrowing(Transaction transaction) throws SQLException {
    long newest =
        transaction.number(
            "SELECT GREATEST((SELECT MAX(xact) FROM journal), (SELECT MAX(xact) FROM audit_act))",
            0);
    long next =
        transaction.number(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint + base FROM xact_base",
            0);
    if (newest < next) {
      return;
    }
    transaction.update("UPDATE xact_base SET base = ? WHERE one = 1", newest);
    for (String table : new String[] {"journal", "audit_act"}) {
      transaction.execute(
          "ALTER TABLE "
              + table
              + " ALTER COLUMN xact SET DEFAULT (pg_current_xact_id()::text::bigint + "
              + newest
              + ")");
    }
  }
}
