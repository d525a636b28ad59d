package dev.meshkore.hub.calls;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.x402.ChainRail.Promise;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows of payments on a chain for calls, and of those who pay.
final class SqlChainPayments {
  private static final String SELECT =
      """
      SELECT number, call, payer, nonce, pay_to, asset, atoms, about, signed, state, reason,
        transaction_hash
      FROM call_payment
      """;

  private SqlChainPayments() {}

  static void insert(Transaction transaction, ChainPayment one, @Nullable String identifier)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO call_payment (call, payer, nonce, pay_to, asset, atoms, about, signed,
          identifier, state, reason, transaction_hash, look_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', '', 0)
        """,
        one.call(),
        one.payer().hex(),
        one.nonce(),
        one.payTo().hex(),
        one.money().asset().code(),
        one.money().atoms(),
        one.about(),
        one.signed(),
        identifier,
        one.state().word());
  }

  static Optional<ChainPayment> find(Transaction reader, Address payer, String nonce)
      throws SQLException {
    return reader.first(
        SELECT + " WHERE payer = ? AND nonce = ?", SqlChainPayments::row, payer.hex(), nonce);
  }

  static Optional<ChainPayment> get(Transaction reader, long number) throws SQLException {
    return reader.first(SELECT + " WHERE number = ?", SqlChainPayments::row, number);
  }

  /// The newest of a call, by which it is paid or was to be.
  static ChainPayment ofCall(Transaction reader, long call) throws SQLException {
    return reader
        .first(SELECT + " WHERE call = ? ORDER BY number DESC LIMIT 1", SqlChainPayments::row, call)
        .orElseThrow();
  }

  /// The newest of a payer for something whose call is unpaid since then at the earliest, or of
  /// which that may yet become: it is not its call's first, or something was in its way.
  static Optional<ChainPayment> kept(Transaction reader, Address payer, String about, long sinceMs)
      throws SQLException {
    return reader.first(
        SELECT
            + """
             WHERE payer = ? AND about = ?
              AND (
                (state = 'failed' AND look_at >= ? AND EXISTS (SELECT 1 FROM paid_call
                  WHERE paid_call.number = call_payment.call AND paid_call.state = 'unpaid'))
                OR (state = 'settling' AND (reason <> '' OR EXISTS (SELECT 1
                  FROM call_payment AS earlier
                  WHERE earlier.call = call_payment.call
                    AND earlier.number < call_payment.number))))
              ORDER BY number DESC LIMIT 1
            """,
        SqlChainPayments::row,
        payer.hex(),
        about,
        sinceMs);
  }

  /// Whether a payer has given this id to a payment for another call.
  static boolean isTaken(Transaction reader, Address payer, String identifier, long call)
      throws SQLException {
    return reader.number(
            "SELECT 1 FROM call_payment WHERE payer = ? AND identifier = ? AND call <> ? LIMIT 1",
            0,
            payer.hex(),
            identifier,
            call)
        == 1;
  }

  /// What the payer has promised beside in the same money: what waits for its seller, and what is
  /// to be handed in or was.
  static List<Promise> promised(Transaction reader, ChainWish wish) throws SQLException {
    return reader.list(
        "SELECT nonce, atoms FROM call_payment"
            + " WHERE payer = ? AND asset = ? AND state IN ('promised', 'settling')",
        row -> new Promise(row.getString(1), BigInteger.valueOf(row.getLong(2))),
        wish.payer().hex(),
        wish.price().asset().code());
  }

  /// How many calls of a payer wait for their answers.
  static long waiting(Transaction reader, Address payer) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM call_payment WHERE payer = ? AND state = 'promised'", 0, payer.hex());
  }

  /// How many calls of a seller wait that were made by those who are no agents of the hub.
  static long strangers(Transaction reader, long seller) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM paid_call WHERE seller = ? AND buyer = 0 AND state = 'waiting'",
        0,
        seller);
  }

  /// Keeps all else of a payer waiting until the transaction ends, and tells until when nothing is
  /// taken of it.
  static long locked(Transaction transaction, Address payer) throws SQLException {
    transaction.update(
        "INSERT INTO call_payer (payer, refused_until) VALUES (?, 0) ON CONFLICT DO NOTHING",
        payer.hex());
    return transaction.number(
        "SELECT refused_until FROM call_payer WHERE payer = ?"
            + transaction.dialect().choose("", " FOR UPDATE"),
        0,
        payer.hex());
  }

  static long refusedUntil(Transaction reader, Address payer) throws SQLException {
    return reader.number("SELECT refused_until FROM call_payer WHERE payer = ?", 0, payer.hex());
  }

  static void refuse(Transaction transaction, Address payer, long untilMs) throws SQLException {
    locked(transaction, payer);
    transaction.update(
        "UPDATE call_payer SET refused_until = ? WHERE payer = ? AND refused_until < ?",
        untilMs,
        payer.hex(),
        untilMs);
  }

  /// Takes a payer's payments again, where one has paid a call that another of its did not, and no
  /// other call of its is unpaid since then at the earliest.
  static void allow(Transaction transaction, ChainPayment paid, long sinceMs) throws SQLException {
    transaction.update(
        """
        UPDATE call_payer SET refused_until = 0
        WHERE payer = ? AND EXISTS (SELECT 1 FROM call_payment WHERE call = ? AND number < ?)
          AND NOT EXISTS (SELECT 1 FROM call_payment JOIN paid_call
            ON paid_call.number = call_payment.call
            WHERE call_payment.payer = ? AND call_payment.state = 'failed'
              AND call_payment.look_at >= ? AND paid_call.state = 'unpaid')
        """,
        paid.payer().hex(),
        paid.call(),
        paid.number(),
        paid.payer().hex(),
        sinceMs);
  }

  /// Has the payment of an answered call handed in.
  static void settle(Transaction transaction, long call, long nowMs) throws SQLException {
    transaction.update(
        "UPDATE call_payment SET state = 'settling', look_at = ?"
            + " WHERE call = ? AND state = 'promised'",
        nowMs,
        call);
  }

  /// The payment of a call that is not answered is nobody's.
  static void drop(Transaction transaction, long call) throws SQLException {
    transaction.update(
        "UPDATE call_payment SET state = 'dropped' WHERE call = ? AND state = 'promised'", call);
  }

  /// Those that are to be looked at now.
  static List<Long> due(Transaction reader, long nowMs, int most) throws SQLException {
    return reader.list(
        "SELECT number FROM call_payment WHERE state = 'settling' AND look_at <= ?"
            + " ORDER BY look_at LIMIT ?",
        row -> row.getLong(1),
        nowMs,
        most);
  }

  /// Has one that is due looked at by nobody else until a time; false where somebody does already.
  static boolean claim(Transaction transaction, long number, long nowMs, long untilMs)
      throws SQLException {
    return transaction.update(
            "UPDATE call_payment SET look_at = ?"
                + " WHERE number = ? AND state = 'settling' AND look_at <= ?",
            untilMs,
            number,
            nowMs)
        == 1;
  }

  static void later(Transaction transaction, long number, String reason, long atMs)
      throws SQLException {
    transaction.update(
        "UPDATE call_payment SET look_at = ?, reason = ? WHERE number = ? AND state = 'settling'",
        atMs,
        reason,
        number);
  }

  /// What became of one that was handed in, and when (`look_at` is its last look then); false where
  /// that is known already.
  static boolean end(
      Transaction transaction, ChainPayment one, String transactionHash, String why, long nowMs)
      throws SQLException {
    return transaction.update(
            "UPDATE call_payment SET state = ?, transaction_hash = ?, reason = ?, look_at = ?"
                + " WHERE number = ? AND state = 'settling'",
            transactionHash.isEmpty() ? "failed" : "paid",
            transactionHash,
            why,
            nowMs,
            one.number())
        == 1;
  }

  private static ChainPayment row(ResultSet row) throws SQLException {
    Asset asset = Asset.find(row.getString(6)).orElseThrow();
    return new ChainPayment(
        row.getLong(1),
        row.getLong(2),
        new Address(row.getString(3)),
        row.getString(4),
        new Address(row.getString(5)),
        new Money(asset, row.getLong(7)),
        row.getString(8),
        row.getString(9),
        ChainPayment.State.of(row.getString(10)),
        row.getString(11),
        row.getString(12));
  }
}
