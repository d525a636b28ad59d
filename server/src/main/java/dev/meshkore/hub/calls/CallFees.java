package dev.meshkore.hub.calls;

import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;

/// What the hub takes of what sellers are paid for calls. It is reckoned of all that a seller was
/// paid, exactly, and taken in whole atoms: at any time the sum of a seller's fees is that of its
/// amounts times their rates, rounded down. So a call of one atom neither costs all of it nor
/// nothing for ever. What comes back takes no fee, and gives none back.
final class CallFees {
  /// Rates are parts of so many.
  private static final long WHOLE = 10_000;

  private static final Account.Name FEES = Account.Name.ofFees("tx");

  private final Ledger ledger;

  CallFees(Ledger ledger) {
    this.ledger = ledger;
  }

  /// Takes what is due after a seller was paid for a call, in the same transaction: never more than
  /// it has just been paid.
  ///
  /// @param paid for the call
  /// @return how many atoms were taken
  long take(Transaction transaction, PaidCall call, Money paid, String sellerId)
      throws SQLException {
    if (call.feeBps() == 0) {
      return 0;
    }
    SqlCallFees.Sums before = SqlCallFees.locked(transaction, call.seller());
    long owed = Math.addExact(before.owed(), Math.multiplyExact(paid.atoms(), call.feeBps()));
    long due = owed / WHOLE;
    if (due > 0) {
      move(transaction, call, new Money(paid.asset(), due), sellerId);
    }
    SqlCallFees.set(
        transaction,
        call.seller(),
        new SqlCallFees.Sums(
            Math.addExact(before.gross(), paid.atoms()),
            Math.addExact(before.taken(), due),
            owed - due * WHOLE));
    return due;
  }

  private void move(Transaction transaction, PaidCall call, Money fee, String sellerId)
      throws SQLException {
    var order =
        new Order(
            "fee/" + call.id(),
            sellerId,
            call.id(),
            Account.Name.ofAgent(call.seller()),
            FEES,
            fee,
            Transfer.CALL_FEE,
            call.id(),
            0,
            OptionalLong.empty());
    if (!(ledger.move(transaction, List.of(order)) instanceof Outcome.Done)) {
      throw new IllegalStateException("What was just paid is not there");
    }
  }
}
