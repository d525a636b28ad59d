package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The rows of settlements and of their transactions, on one network and of one token.
record SqlSettlings(String network, String token) {
  private static final String COLUMNS =
      """
      number, payer, authorization_nonce, payee, value, valid_before, token_call, state, reason,
      sender, sender_nonce, nonce_open, gas, transaction_hash, block, block_hash, made_block,
      sent_at, retried, asker, secret, seat, seat_until, answered, kind, contract, subject, aims
      """;
  private static final String OPEN = " state IN ('prepared', 'broadcast', 'mined') ";

  /// Those on the way; the others that are open wait for somebody to ask again.
  private static final String ACTIVE = OPEN + "AND reason = '' ";

  /// Those that move the payer's money by an authorization.
  private static final String AUTHORIZED = " kind IN ('exact', 'deposit', 'authorize') ";

  private static final String TAKEN = "23505";

  Optional<Settling> find(Transaction reader, Address payer, String nonce) throws SQLException {
    return reader.first(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement"
            + " WHERE network = ? AND token = ? AND payer = ? AND authorization_nonce = ?",
        this::settling,
        network,
        token,
        payer.hex(),
        nonce);
  }

  Optional<Settling> find(Transaction reader, long number) throws SQLException {
    return reader.first(
        "SELECT " + COLUMNS + " FROM chain_settlement WHERE number = ?", this::settling, number);
  }

  /// Those that are on the way, or whose place among the sender's is to be taken up. After those up
  /// to a number it begins anew, so that all have their turn.
  List<Settling> open(Transaction reader, long after, int most) throws SQLException {
    return inTurn(reader, "(" + ACTIVE + "OR (nonce_open = 1 AND NOT" + OPEN + "))", after, most);
  }

  /// Those whose transaction failed and that count yet, in turn.
  List<Settling> paused(Transaction reader, long after, int most) throws SQLException {
    return inTurn(reader, OPEN + "AND reason <> ''", after, most);
  }

  private List<Settling> inTurn(Transaction reader, String which, long after, int most)
      throws SQLException {
    return reader.list(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement WHERE network = ? AND token = ? AND "
            + which
            + " ORDER BY CASE WHEN number > ? THEN 0 ELSE 1 END, number LIMIT ?",
        this::settling,
        network,
        token,
        after,
        most);
  }

  /// For how many places among the senders' transactions something was signed since then, by what
  /// it was for: each costs gas once.
  Map<Kind, Long> placesSince(Transaction reader, long time) throws SQLException {
    var places = new EnumMap<Kind, Long>(Kind.class);
    reader
        .list(
            "SELECT kind, COUNT(*) FROM (SELECT DISTINCT settlement, sender_nonce"
                + " FROM chain_attempt WHERE made_at > ?) AS place"
                + " JOIN chain_settlement ON chain_settlement.number = place.settlement"
                + " GROUP BY kind",
            row -> Map.entry(Kind.of(row.getString(1)).like(), row.getLong(2)),
            time)
        .forEach(kind -> places.merge(kind.getKey(), kind.getValue(), Long::sum));
    return places;
  }

  /// What is open of a subject.
  Optional<Settling> openOf(Transaction reader, Kind kind, String subject) throws SQLException {
    return ofSubject(reader, kind, subject, OPEN);
  }

  /// What was done last of a subject.
  Optional<Settling> lastOf(Transaction reader, Kind kind, String subject) throws SQLException {
    return ofSubject(reader, kind, subject, "state = 'final'");
  }

  private Optional<Settling> ofSubject(Transaction reader, Kind kind, String subject, String which)
      throws SQLException {
    return reader.first(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement WHERE network = ? AND kind = ? AND subject = ? AND "
            + which
            + " ORDER BY number DESC LIMIT 1",
        this::settling,
        network,
        kind.word(),
        subject);
  }

  /// How many of a payer are open.
  long openOfPayer(Transaction reader, Address payer) throws SQLException {
    return countOf(reader, AUTHORIZED + "AND payer = ? AND" + OPEN, payer);
  }

  /// How many for a payee are on the way.
  long activeForPayee(Transaction reader, Address payee) throws SQLException {
    return countOf(reader, AUTHORIZED + "AND payee = ? AND" + ACTIVE, payee);
  }

  private long countOf(Transaction reader, String which, Address whose) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM chain_settlement WHERE network = ? AND token = ? AND " + which,
        0,
        network,
        token,
        whose.hex());
  }

  /// Those of a payer that are on the way.
  List<Settling> activeOfPayer(Transaction reader, Address payer) throws SQLException {
    return reader.list(
        "SELECT "
            + COLUMNS
            + " FROM chain_settlement WHERE network = ? AND token = ? AND payer = ? AND"
            + AUTHORIZED
            + "AND"
            + ACTIVE,
        this::settling,
        network,
        token,
        payer.hex());
  }

  /// How much gas may still be taken for what a sender sent.
  long gasOnTheWay(Transaction reader, Address sender) throws SQLException {
    return reader.number(
        "SELECT SUM(gas) FROM chain_settlement WHERE network = ? AND sender = ?"
            + " AND state IN ('prepared', 'broadcast') AND reason = ''",
        0,
        network,
        sender.hex());
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
              transaction_hash, block, block_hash, made_block, made_at, sent_at, answered, asker,
              secret, seat, seat_until, kind, contract, subject, aims)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, 1, ?, ?, 0, '', ?, ?, 0, 0, ?, ?, ?, ?,
              ?, ?, ?, ?)
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
            one.deed().call(),
            one.state().word(),
            one.sender().hex(),
            one.senderNonce(),
            one.gas(),
            one.transaction(),
            one.madeBlock(),
            now,
            one.telling().mark(),
            one.telling().isSecret() ? 1 : 0,
            one.telling().seat(),
            one.telling().seatUntilMs(),
            one.deed().kind().word(),
            one.deed().contract().hex(),
            one.deed().subject(),
            hasOneAim(one.deed().kind()) ? "" : Aim.text(one.deed().aims()));
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

  /// Gives an open one another place among the sender's transactions; false where it is not open
  /// any more, or has another place already.
  boolean again(Transaction transaction, Settling one, Address sender, Settling.Attempt attempt)
      throws SQLException {
    try {
      return transaction.update(
              "UPDATE chain_settlement SET state = 'prepared', reason = '', sender = ?,"
                  + " sender_nonce = ?, nonce_open = 1, transaction_hash = ?, block = 0,"
                  + " block_hash = '', sent_at = 0 WHERE number = ? AND sender_nonce = ? AND"
                  + OPEN,
              sender.hex(),
              attempt.senderNonce(),
              attempt.hash(),
              one.number(),
              one.senderNonce())
          == 1;
    } catch (SQLException failure) {
      if (TAKEN.equals(failure.getSQLState())) {
        // Another hub took the place for another payment.
        throw Transaction.raceLost();
      }
      throw failure;
    }
  }

  /// Takes down that one is tried once more because somebody asked, who is told first.
  void retried(Transaction transaction, long number, Settling.Telling telling) throws SQLException {
    transaction.update(
        "UPDATE chain_settlement SET retried = 1, seat = ?, seat_until = ? WHERE number = ?",
        telling.seat(),
        telling.seatUntilMs(),
        number);
  }

  /// Moves an open one on or back; false where it is not open any more, or has another place among
  /// the sender's transactions than the one by which it was judged.
  boolean move(
      Transaction transaction, Settling one, State state, String reason, String hash, Place place)
      throws SQLException {
    return transaction.update(
            "UPDATE chain_settlement SET state = ?, reason = ?, transaction_hash = ?, block = ?,"
                + " block_hash = ? WHERE number = ? AND sender_nonce = ? AND"
                + OPEN,
            state.word(),
            reason,
            hash,
            place.block(),
            place.hash(),
            one.number(),
            one.senderNonce())
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

  /// True for the first who is told that one is final, of those that may be.
  boolean answer(Transaction transaction, long number, Asker asker, long now) throws SQLException {
    return transaction.update(
            "UPDATE chain_settlement SET answered = 1 WHERE number = ? AND state = 'final'"
                + " AND answered = 0 AND (secret = 1 OR seat = ? OR seat_until <= ?)",
            number,
            asker.seat(),
            now)
        == 1;
  }

  /// Has others be told, since a request waits no more.
  void leave(Transaction transaction, long number, Asker asker) throws SQLException {
    transaction.update(
        "UPDATE chain_settlement SET seat = '', seat_until = 0 WHERE number = ? AND seat = ?",
        number,
        asker.seat());
  }

  /// Takes down that no request waits for anything any more.
  void leaveAll(Transaction transaction) throws SQLException {
    transaction.update("UPDATE chain_settlement SET seat = '', seat_until = 0 WHERE seat <> ''");
  }

  private Settling settling(ResultSet row) throws SQLException {
    var payer = new Address(row.getString(2));
    String nonce = row.getString(3);
    return new Settling(
        row.getLong(1),
        deed(row, payer, nonce),
        payer,
        nonce,
        new Address(row.getString(4)),
        new BigInteger(row.getString(5)),
        row.getLong(6),
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
        row.getLong(18),
        row.getLong(19) == 1,
        new Settling.Telling(
            row.getString(20),
            row.getLong(21) == 1,
            row.getString(22),
            row.getLong(23),
            row.getLong(24) == 1));
  }

  /// What the token is asked for an authorization is not said twice.
  private Deed deed(ResultSet row, Address payer, String nonce) throws SQLException {
    Kind kind = Kind.of(row.getString(25));
    String contract = row.getString(26);
    return new Deed(
        kind,
        new Address(contract.isEmpty() ? token : contract),
        row.getBytes(7),
        row.getString(27),
        hasOneAim(kind)
            ? List.of(Order.used(new Address(token), payer, nonce))
            : Aim.read(row.getString(28)));
  }

  /// Whether it is done as soon as its authorization is used.
  private static boolean hasOneAim(Kind kind) {
    return kind == Kind.EXACT || kind == Kind.DEPOSIT;
  }
}
