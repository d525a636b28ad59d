package dev.meshkore.hub.calls;

import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// A way in which calls are paid: what the seller's answer, its refusal and the time do to the
/// money. All of it is done in the transaction that does the same to the call.
sealed interface Paying permits HeldPaying, ChainPaying {
  /// A seller answers a call that waits.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where the call has ended
  void answer(Transaction transaction, Caller.OfAgent seller, PaidCall call, String output)
      throws SQLException;

  /// A seller declines a call that waits; nothing is paid.
  ///
  /// @throws dev.meshkore.hub.problem.Refused where the call has ended
  void decline(Transaction transaction, Caller.OfAgent seller, PaidCall call, String reason)
      throws SQLException;

  /// Whether a call that waits can be answered no more.
  boolean isOver(Transaction reader, PaidCall call) throws SQLException;
}
