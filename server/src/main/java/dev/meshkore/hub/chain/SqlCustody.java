package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The rows of what is in escrow, and of what is to be done with it.
record SqlCustody(String network, String token) {
  private static final String COLUMNS =
      """
      SELECT chain_order.number, chain_order.payment, kind, atoms, total, state, reason,
        transaction_hash, tries, contract, collector, about, info, signature
      FROM chain_order JOIN chain_escrow ON chain_escrow.payment = chain_order.payment
      """;

  /// A payment in escrow, or on its way there.
  ///
  /// @param payment its hash, in hexadecimal
  /// @param contract the escrow
  /// @param collector by which it is taken in
  /// @param about what it is for
  record Held(
      String payment,
      Address contract,
      Address collector,
      String about,
      PaymentInfo info,
      byte[] signature) {}

  /// Something that is to be done with it.
  ///
  /// @param atoms how much it moves
  /// @param total what is captured in all, once it is done
  /// @param tries how many transactions for it have failed
  record Wanted(
      long number,
      Held held,
      Kind kind,
      BigInteger atoms,
      BigInteger total,
      Custody.Progress progress,
      String reason,
      String transaction,
      long tries) {}

  /// Adds a payment and that it is to be taken in; false where it was before.
  boolean insert(Transaction transaction, Held held, long now) throws SQLException {
    // One that failed may be handed in again.
    transaction.update(
        """
        INSERT INTO chain_escrow (payment, network, token, contract, collector, about, info,
          signature, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """,
        held.payment(),
        network,
        token,
        held.contract().hex(),
        held.collector().hex(),
        held.about(),
        held.info().words(),
        held.signature(),
        now);
    boolean isOwn =
        transaction.number(
                "SELECT 1 FROM chain_escrow WHERE payment = ? AND about = ?",
                0,
                held.payment(),
                held.about())
            == 1;
    return isOwn
        && insert(
            transaction,
            held.payment(),
            Kind.AUTHORIZE,
            held.info().maxAmount().longValueExact(),
            0,
            now);
  }

  /// Adds something to be done; false where it is there and is done once.
  boolean insert(
      Transaction transaction, String payment, Kind kind, long atoms, long total, long now)
      throws SQLException {
    return transaction.update(
            """
            INSERT INTO chain_order (payment, kind, atoms, total, state, reason, transaction_hash,
              tries, next_at, heard, made_at)
            VALUES (?, ?, ?, ?, 'wanted', '', '', 0, 0, 0, ?) ON CONFLICT DO NOTHING
            """,
            payment,
            kind.word(),
            atoms,
            total,
            now)
        == 1;
  }

  /// How much of a payment is captured, or still to be.
  long kept(Transaction reader, String payment) throws SQLException {
    return reader.number(
        "SELECT COALESCE(SUM(atoms), 0) FROM chain_order"
            + " WHERE payment = ? AND kind = 'capture' AND state <> 'failed'",
        0,
        payment);
  }

  /// How much was ever to be captured of a payment.
  long ordered(Transaction reader, String payment) throws SQLException {
    return reader.number(
        "SELECT COALESCE(SUM(atoms), 0) FROM chain_order WHERE payment = ? AND kind = 'capture'",
        0,
        payment);
  }

  Optional<Wanted> find(Transaction reader, long number) throws SQLException {
    return reader.first(COLUMNS + "WHERE chain_order.number = ?", SqlCustody::wanted, number);
  }

  /// The newest that says that a payment is to be taken in.
  Optional<Wanted> authorized(Transaction reader, String payment) throws SQLException {
    return reader.first(
        COLUMNS + "WHERE chain_order.payment = ? AND kind = 'authorize' ORDER BY number DESC",
        SqlCustody::wanted,
        payment);
  }

  /// What was done and is to be done about something, in order.
  List<Wanted> about(Transaction reader, String about) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE about = ? ORDER BY chain_order.number", SqlCustody::wanted, about);
  }

  /// What is to be done next with each payment; after one of a number it begins anew, so that all
  /// have their turn.
  List<Wanted> next(Transaction reader, long after, long now, int most) throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE state = 'wanted' AND next_at <= ? AND network = ? AND token = ?
              AND NOT EXISTS (SELECT 1 FROM chain_order AS earlier
                WHERE earlier.payment = chain_order.payment AND earlier.state = 'wanted'
                  AND earlier.number < chain_order.number)
            ORDER BY CASE WHEN chain_order.number > ? THEN 0 ELSE 1 END, chain_order.number LIMIT ?
            """,
        SqlCustody::wanted,
        now,
        network,
        token,
        after,
        most);
  }

  /// Those that are decided and of which nobody heard, in order.
  List<Wanted> unheard(Transaction reader, int most) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE state <> 'wanted' AND heard = 0 ORDER BY chain_order.number LIMIT ?",
        SqlCustody::wanted,
        most);
  }

  /// Takes down that somebody heard; false where that was before.
  boolean heard(Transaction transaction, long number) throws SQLException {
    return transaction.update(
            "UPDATE chain_order SET heard = 1 WHERE number = ? AND state <> 'wanted' AND heard = 0",
            number)
        == 1;
  }

  /// Whether one is wanted still. Nobody else decides it before the end of the transaction.
  boolean isWanted(Transaction transaction, long number) throws SQLException {
    String sql = "SELECT 1 FROM chain_order WHERE number = ? AND state = 'wanted'";
    return transaction.number(sql + transaction.dialect().choose("", " FOR UPDATE"), 0, number)
        == 1;
  }

  /// Decides one; false where it is decided.
  boolean decide(
      Transaction transaction, long number, Custody.Progress progress, String reason, String hash)
      throws SQLException {
    return transaction.update(
            "UPDATE chain_order SET state = ?, reason = ?, transaction_hash = ?"
                + " WHERE number = ? AND state = 'wanted'",
            progress == Custody.Progress.DONE ? "done" : "failed",
            reason,
            hash,
            number)
        == 1;
  }

  /// Puts one off.
  void putOff(Transaction transaction, Wanted one, long tries, long nextAtMs) throws SQLException {
    transaction.update(
        "UPDATE chain_order SET tries = ?, next_at = ? WHERE number = ? AND state = 'wanted'",
        tries,
        nextAtMs,
        one.number());
  }

  private static Wanted wanted(ResultSet row) throws SQLException {
    var held =
        new Held(
            row.getString(2),
            new Address(row.getString(10)),
            new Address(row.getString(11)),
            row.getString(12),
            PaymentInfo.of(row.getBytes(13)),
            row.getBytes(14));
    return new Wanted(
        row.getLong(1),
        held,
        Kind.of(row.getString(3)),
        BigInteger.valueOf(row.getLong(4)),
        BigInteger.valueOf(row.getLong(5)),
        progress(row.getString(6)),
        row.getString(7),
        row.getString(8),
        row.getLong(9));
  }

  private static Custody.Progress progress(String state) {
    return switch (state.toLowerCase(Locale.ROOT)) {
      case "done" -> Custody.Progress.DONE;
      case "failed" -> Custody.Progress.FAILED;
      default -> Custody.Progress.ON_THE_WAY;
    };
  }
}
