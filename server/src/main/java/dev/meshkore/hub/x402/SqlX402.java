package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HexFormat;

/// The rows of what buyers have signed.
final class SqlX402 {
  private SqlX402() {}

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
