package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// The rows of settlements and of their transactions, on one network and of one token.
record SqlSettlings(String network, String token) {
  private static final String COLUMNS =
      """
      number, payer, authorization_nonce, payee, value, valid_before, token_call, state, reason,
      sender, sender_nonce, nonce_open, gas, transaction_hash, block, block_hash, made_block,
      sent_at
      """;
  private static final String OPEN = " state IN ('prepared', 'broadcast', 'mined') ";

  Optional<Settling> find(Transaction reader, Address payer, String nonce) throws SQLException {
    return reader.first(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement"
            + " WHERE network = ? AND token = ? AND payer = ? AND authorization_nonce = ?",
        SqlSettlings::settling,
        network,
        token,
        payer.hex(),
        nonce);
  }

  Optional<Settling> find(Transaction reader, long number) throws SQLException {
    return reader.first(
        "SELECT " + COLUMNS + " FROM chain_settlement WHERE number = ?",
        SqlSettlings::settling,
        number);
  }

  /// Those that something is to be done about, in the order in which the chain takes them up.
  List<Settling> open(Transaction reader, int most) throws SQLException {
    return reader.list(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement WHERE network = ? AND token = ? AND ("
            + OPEN
            + " OR nonce_open = 1) ORDER BY sender_nonce LIMIT ?",
        SqlSettlings::settling,
        network,
        token,
        most);
  }

  /// How many were handed in since then.
  long countSince(Transaction reader, long time) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM chain_settlement WHERE made_at > ?", 0, time);
  }

  /// The first nonce of a sender that nothing here has.
  long nextNonce(Transaction reader, Address sender) throws SQLException {
    return reader.number(
        "SELECT MAX(sender_nonce) + 1 FROM chain_settlement WHERE network = ? AND sender = ?",
        0,
        network,
        sender.hex());
  }

  /// Stores a new one; another hub that stores the same payment or nonce at once is first or last.
  long insert(Transaction transaction, Settling one, long now) throws SQLException {
    long number =
        transaction.number(
            """
            INSERT INTO chain_settlement (network, token, payer, authorization_nonce, payee, value,
              valid_before, token_call, state, reason, sender, sender_nonce, nonce_open, gas,
              transaction_hash, block, block_hash, made_block, made_at, sent_at, answered)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, 1, ?, ?, 0, '', ?, ?, 0, 0)
            ON CONFLICT DO NOTHING RETURNING number
            """,
            0,
            network,
            token,
            one.payer().hex(),
            one.nonce(),
            one.payee().hex(),
            one.value().toString(),
            one.validBefore(),
            one.call(),
            one.state().word(),
            one.sender().hex(),
            one.senderNonce(),
            one.gas(),
            one.transaction(),
            one.madeBlock(),
            now);
    if (number == 0) {
      throw Transaction.raceLost();
    }
    return number;
  }

  /// Stores a transaction before it is sent.
  void insert(Transaction transaction, long settlement, Settling.Attempt attempt)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO chain_attempt (settlement, transaction_hash, signed, sender_nonce, tip,
          fee_max, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """,
        settlement,
        attempt.hash(),
        attempt.signed(),
        attempt.senderNonce(),
        attempt.tip(),
        attempt.feeMax(),
        attempt.madeAtMs());
  }

  /// The transactions of a settlement, newest first.
  List<Settling.Attempt> attempts(Transaction reader, long settlement) throws SQLException {
    return reader.list(
        """
        SELECT transaction_hash, signed, sender_nonce, tip, fee_max, made_at FROM chain_attempt
        WHERE settlement = ? ORDER BY number DESC
        """,
        row ->
            new Settling.Attempt(
                row.getString(1),
                row.getBytes(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6)),
        settlement);
  }

  /// Takes down that one was sent; only what is prepared becomes broadcast by it.
  void sent(Transaction transaction, long number, boolean isTaken, long now) throws SQLException {
    transaction.update(
        "UPDATE chain_settlement SET sent_at = ?, state = CASE WHEN state = 'prepared' AND ? = 1"
            + " THEN 'broadcast' ELSE state END WHERE number = ?",
        now,
        isTaken ? 1 : 0,
        number);
  }

  /// Gives an open one another place among the sender's transactions.
  void again(Transaction transaction, long number, Address sender, long nonce, String hash)
      throws SQLException {
    int count =
        transaction.update(
            "UPDATE chain_settlement SET state = 'prepared', reason = '', sender = ?,"
                + " sender_nonce = ?, nonce_open = 1, transaction_hash = ?, block = 0,"
                + " block_hash = '', sent_at = 0 WHERE number = ? AND"
                + OPEN,
            sender.hex(),
            nonce,
            hash,
            number);
    if (count == 0) {
      throw Transaction.raceLost();
    }
  }

  /// Moves an open one on or back; false where it is not open any more.
  boolean move(
      Transaction transaction, long number, State state, String reason, String hash, Place place)
      throws SQLException {
    return transaction.update(
            "UPDATE chain_settlement SET state = ?, reason = ?, transaction_hash = ?, block = ?,"
                + " block_hash = ? WHERE number = ? AND"
                + OPEN,
            state.word(),
            reason,
            hash,
            place.block(),
            place.hash(),
            number)
        == 1;
  }

  /// Where in the chain something is.
  record Place(long block, String hash) {
    static final Place NONE = new Place(0, "");
  }

  /// Takes down that the place among the sender's transactions is taken up.
  void closeNonce(Transaction transaction, long number) throws SQLException {
    transaction.update("UPDATE chain_settlement SET nonce_open = 0 WHERE number = ?", number);
  }

  /// True for the first who is told that one is final.
  boolean answer(Transaction transaction, long number) throws SQLException {
    return transaction.update(
            "UPDATE chain_settlement SET answered = 1"
                + " WHERE number = ? AND state = 'final' AND answered = 0",
            number)
        == 1;
  }

  private static Settling settling(ResultSet row) throws SQLException {
    return new Settling(
        row.getLong(1),
        new Address(row.getString(2)),
        row.getString(3),
        new Address(row.getString(4)),
        new BigInteger(row.getString(5)),
        row.getLong(6),
        row.getBytes(7),
        State.of(row.getString(8)),
        row.getString(9),
        new Address(row.getString(10)),
        row.getLong(11),
        row.getLong(12) == 1,
        row.getLong(13),
        row.getString(14),
        row.getLong(15),
        row.getString(16),
        row.getLong(17),
        row.getLong(18));
  }
}
