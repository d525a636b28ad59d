package dev.meshkore.hub.calls;

import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// Calls that a hold of the ledger pays: with the answer, or it comes back. Thread-safe.
final class HeldPaying implements Paying {
  private final CallParts parts;
  private final CallFees fees;

  HeldPaying(CallParts parts) {
    this.parts = parts;
    this.fees = new CallFees(parts.ledger());
  }

  /// As all that is held is named in budgets.
  static String reservation(long transfer) {
    return "payment:" + transfer;
  }

  private Transfer held(Transaction reader, PaidCall call) throws SQLException {
    return switch (call.way()) {
      case PaidCall.Way.Held(long transfer) ->
          parts.ledger().find(reader, transfer).orElseThrow(Calls::unknown);
      case PaidCall.Way.OnChain _ -> throw new IllegalArgumentException("A chain pays the call");
    };
  }

  @Override
  public void answer(Transaction transaction, Caller.OfAgent seller, PaidCall call, String output)
      throws SQLException {
    Transfer held = held(transaction, call);
    String buyer = parts.agents().idOf(call.buyer());
    long atoms = held.amount().atoms();
    Outcome outcome = parts.ledger().post(transaction, held, atoms, seller.id(), buyer);
    switch (outcome) {
      case Outcome.Done done when done.isNew() ->
          parts.budgets().commit(transaction, reservation(held.number()), atoms);
      case Outcome.Done _ -> {
        // Another hub was first, or its buyer has paid before this was refused.
        PaidCall now = SqlCalls.find(transaction, call.id()).orElseThrow(Calls::unknown);
        if (now.state() == PaidCall.State.ANSWERED) {
          var _ = Calls.requireSame(now, output);
          return;
        }
      }
      case Outcome.Ended _, Outcome.Failed _, Outcome.Taken _ -> throw Calls.ended();
    }
    long fee = fees.take(transaction, call, held.amount(), seller.id());
    SqlCalls.answer(transaction, call.number(), output, fee);
    parts.market().answered(transaction, call.number());
  }

  @Override
  public void decline(Transaction transaction, Caller.OfAgent seller, PaidCall call, String reason)
      throws SQLException {
    Transfer held = held(transaction, call);
    String buyer = parts.agents().idOf(call.buyer());
    Outcome outcome = parts.ledger().release(transaction, held, seller.id(), buyer);
    if (!(outcome instanceof Outcome.Done)) {
      throw Calls.ended();
    }
    var _ = parts.budgets().release(transaction, reservation(held.number()));
    SqlCalls.decline(transaction, call.number(), reason);
    parts.market().declined(transaction, call.number());
  }

  /// Money that came back in time ends it.
  @Override
  public boolean isOver(Transaction reader, PaidCall call) throws SQLException {
    return parts.ledger().endOf(reader, held(reader, call)).isPresent();
  }
}
