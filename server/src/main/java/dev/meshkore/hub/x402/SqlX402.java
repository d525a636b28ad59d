package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// The rows of what buyers have signed.
final class SqlX402 {
  private static final String SELECT =
      "SELECT transfer, payer, pay_to, nonce, batch FROM x402_payment";

  private SqlX402() {}

  /// What a buyer has signed, and what became of it.
  ///
  /// @param transfer the number of its transfer
  /// @param payer whose money it was
  /// @param payTo the address that was paid
  /// @param nonce as it was signed
  /// @param batch the number of its batch; 0 while it has none, or where it moved nothing
  record Row(long transfer, Address payer, Address payTo, String nonce, long batch) {}

  static Row row(ResultSet row) throws SQLException {
    return new Row(
        row.getLong(1),
        new Address(row.getString(2)),
        new Address(row.getString(3)),
        row.getString(4),
        row.getLong(5));
  }

  /// What was signed for a transfer, if anything was.
  static Optional<Row> find(Transaction reader, long transfer) throws SQLException {
    return reader.first(SELECT + " WHERE transfer = ?", SqlX402::row, transfer);
  }

  /// Some that no batch has, after a transfer, in their order.
  static List<Row> waiting(Transaction reader, long after, int most) throws SQLException {
    return reader.list(
        SELECT + " WHERE batch IS NULL AND transfer > ? ORDER BY transfer LIMIT ?",
        SqlX402::row,
        after,
        most);
  }

  static void insert(Transaction transaction, long transfer, LedgerRail.Charge charge)
      throws SQLException {
    Authorization words = charge.signed().authorization();
    transaction.update(
        """
        INSERT INTO x402_payment (transfer, payer, pay_to, atoms, valid_after, valid_before, nonce,
          signature, identifier)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        transfer,
        words.from().hex(),
        words.to().hex(),
        charge.amount().atoms(),
        words.validAfter().toString(),
        words.validBefore().toString(),
        words.nonce(),
        HexFormat.of().formatHex(charge.signed().signature()),
        Extensions.identifier(charge.signed()).orElse(null));
  }

  /// Whether a payer has given this id to another payment.
  static boolean isTaken(Transaction reader, LedgerRail.Charge charge, String identifier)
      throws SQLException {
    Authorization words = charge.signed().authorization();
    return reader.number(
            "SELECT 1 FROM x402_payment WHERE payer = ? AND identifier = ? AND nonce <> ?",
            0,
            words.from().hex(),
            identifier,
            words.nonce())
        == 1;
  }
}
