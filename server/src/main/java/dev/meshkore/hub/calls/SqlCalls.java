package dev.meshkore.hub.calls;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The rows of calls. What became of one is read from what ended its transfer.
final class SqlCalls {
  private static final String SELECT =
      """
      SELECT number, call_id, service_id, version, buyer, seller, transfer, input, output, state,
        reason, fee_bps, fee, expires_at, made_at
      FROM paid_call
      """;

  private SqlCalls() {}

  static void insert(Transaction transaction, PaidCall call) throws SQLException {
    transaction.update(
        """
        INSERT INTO paid_call (call_id, service_id, version, buyer, seller, transfer, input, reason,
          state, fee_bps, fee, expires_at, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, '', 'waiting', ?, 0, ?, ?)
        """,
        call.id(),
        call.service(),
        call.version(),
        call.buyer(),
        call.seller(),
        switch (call.way()) {
          case PaidCall.Way.Held held -> held.transfer();
          case PaidCall.Way.OnChain _ -> null;
        },
        call.input(),
        call.feeBps(),
        call.expiresAtMs(),
        call.madeAtMs());
  }

  static Optional<PaidCall> find(Transaction reader, String id) throws SQLException {
    return reader.first(SELECT + " WHERE call_id = ?", SqlCalls::call, id);
  }

  static Optional<PaidCall> ofTransfer(Transaction reader, long transfer) throws SQLException {
    return reader.first(SELECT + " WHERE transfer = ?", SqlCalls::call, transfer);
  }

  /// Calls that an agent answers, or has made, the newest first, below a number.
  ///
  /// @param waitingAt only those that can be answered at this time, or 0 for all
  static List<PaidCall> page(
      Transaction reader, long agent, boolean isSeller, long waitingAt, long below, int limit)
      throws SQLException {
    var arguments = new ArrayList<Object>(List.of(agent, below));
    if (waitingAt > 0) {
      arguments.add(waitingAt);
    }
    arguments.add(limit);
    return reader.list(
        SELECT
            + " WHERE "
            + (isSeller ? "seller" : "buyer")
            + " = ? AND number < ?"
            + (waitingAt > 0 ? " AND state = 'waiting' AND expires_at > ?" : "")
            + " ORDER BY number DESC LIMIT ?",
        SqlCalls::call,
        arguments.toArray());
  }

  static void answer(Transaction transaction, long number, String output, long fee)
      throws SQLException {
    transaction.update(
        "UPDATE paid_call SET state = 'answered', output = ?, fee = ? WHERE number = ?",
        output,
        fee,
        number);
  }

  /// Keeps the answer of a call that waits in time, until it is paid on a chain.
  static boolean settle(Transaction transaction, long number, String output, long nowMs)
      throws SQLException {
    return transaction.update(
            "UPDATE paid_call SET state = 'settling', output = ?"
                + " WHERE number = ? AND state = 'waiting' AND expires_at > ?",
            output,
            number,
            nowMs)
        == 1;
  }

  /// Takes a call from one state to another; false where it is not in that.
  static boolean become(
      Transaction transaction, long number, PaidCall.State from, PaidCall.State to, String reason)
      throws SQLException {
    return transaction.update(
            "UPDATE paid_call SET state = ?, reason = ? WHERE number = ? AND state = ?",
            to.word(),
            reason,
            number,
            from.word())
        == 1;
  }

  /// Whether a seller has answered a buyer for money before.
  static boolean hasAnswered(Transaction reader, long seller, long buyer) throws SQLException {
    return reader.number(
            "SELECT 1 FROM paid_call WHERE buyer = ? AND seller = ? AND state = 'answered' LIMIT 1",
            0,
            buyer,
            seller)
        == 1;
  }

  static Optional<PaidCall> get(Transaction reader, long number) throws SQLException {
    return reader.first(SELECT + " WHERE number = ?", SqlCalls::call, number);
  }

  /// Some that nobody has answered in time and that a chain was to pay.
  static List<PaidCall> late(Transaction reader, long nowMs, int most) throws SQLException {
    return reader.list(
        SELECT
            + " WHERE transfer IS NULL AND state = 'waiting' AND expires_at <= ?"
            + " ORDER BY expires_at LIMIT ?",
        SqlCalls::call,
        nowMs,
        most);
  }

  static void decline(Transaction transaction, long number, String reason) throws SQLException {
    transaction.update(
        "UPDATE paid_call SET state = 'declined', reason = ? WHERE number = ?", reason, number);
  }

  private static PaidCall.Way way(ResultSet row) throws SQLException {
    long transfer = row.getLong(7);
    return row.wasNull() ? new PaidCall.Way.OnChain() : new PaidCall.Way.Held(transfer);
  }

  private static PaidCall call(ResultSet row) throws SQLException {
    return new PaidCall(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        way(row),
        row.getString(8),
        Optional.ofNullable(row.getString(9)),
        PaidCall.State.valueOf(row.getString(10).toUpperCase(Locale.ROOT)),
        row.getString(11),
        row.getLong(12),
        row.getLong(13),
        row.getLong(14),
        row.getLong(15));
  }
}
