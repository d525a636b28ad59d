package dev.meshkore.hub.calls;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// The rows of fees, one for each seller.
final class SqlCallFees {
  private SqlCallFees() {}

  /// What a seller was paid and gave of it.
  ///
  /// @param gross how many atoms it was paid for calls in all
  /// @param taken how many of them were taken
  /// @param owed what is left to be taken, in ten-thousandths of an atom
  record Sums(long gross, long taken, long owed) {}

  /// A seller's sums, which nobody else changes until the transaction ends.
  static Sums locked(Transaction transaction, long seller) throws SQLException {
    transaction.update(
        "INSERT INTO call_fee (seller, gross, taken, owed) VALUES (?, 0, 0, 0)"
            + " ON CONFLICT DO NOTHING",
        seller);
    String sql = "SELECT gross, taken, owed FROM call_fee WHERE seller = ?";
    return transaction
        .first(
            sql + transaction.dialect().choose("", " FOR UPDATE"),
            row -> new Sums(row.getLong(1), row.getLong(2), row.getLong(3)),
            seller)
        .orElseThrow();
  }

  static void set(Transaction transaction, long seller, Sums sums) throws SQLException {
    transaction.update(
        "UPDATE call_fee SET gross = ?, taken = ?, owed = ? WHERE seller = ?",
        sums.gross(),
        sums.taken(),
        sums.owed(),
        seller);
  }
}
