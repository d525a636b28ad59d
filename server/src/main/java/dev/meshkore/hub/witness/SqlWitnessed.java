package dev.meshkore.hub.witness;

import dev.meshkore.hub.audit.Checkpoint;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;

/// The SQL of the heads that were witnessed: of each log the newest.
final class SqlWitnessed {
  private SqlWitnessed() {}

  static Optional<Checkpoint> newest(Transaction reader, String origin) throws SQLException {
    return reader.first(
        "SELECT size, root FROM witnessed WHERE origin = ?",
        row -> new Checkpoint(origin, row.getLong(1), row.getBytes(2)),
        origin);
  }

  /// Moves on from one head to the next; false where the newest is another by now.
  static boolean advance(Transaction transaction, Optional<Checkpoint> before, Checkpoint after)
      throws SQLException {
    if (before.isEmpty()) {
      return transaction.update(
              "INSERT INTO witnessed (origin, size, root) VALUES (?, ?, ?)"
                  + " ON CONFLICT (origin) DO NOTHING",
              after.origin(),
              after.size(),
              after.root())
          == 1;
    }
    return transaction.update(
            "UPDATE witnessed SET size = ?, root = ? WHERE origin = ? AND size = ? AND root = ?",
            after.size(),
            after.root(),
            after.origin(),
            before.get().size(),
            before.get().root())
        == 1;
  }
}
