package dev.meshkore.hub.market;

import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;

/// Lets what one agent puts to another keep every rule that a message keeps: rates, consent,
/// blocks, breakers, budgets, approvals, stops and mandates, in the transaction that stores it.
final class Approach {
  /// What is put to whom.
  ///
  /// @param route as mandates name it
  /// @param target the path by which it was asked for
  /// @param body the call's, exactly
  record Call(Caller.OfAgent caller, String route, String target, byte[] body) {}

  private final MarketParts parts;

  Approach(MarketParts parts) {
    this.parts = parts;
  }

  /// Does something in one transaction; whatever refuses is counted as a refused message is.
  <T> T write(Call call, Database.Work<T> work) {
    var rate = parts.rules().take(call.caller().number());
    if (!rate.allowed()) {
      throw rate.refusal();
    }
    try {
      return parts
          .database()
          .write(transaction -> {
            parts.rules().begin(transaction);
            return work.run(transaction);
          });
    } catch (Refused refused) {
      parts
          .rules()
          .refused(
              call.caller().number(), call.caller().id(), refused.type(), parts.time().millis());
      throw refused;
    }
  }

  /// Refuses what the recipient, an owner, the operator or a budget does not let through.
  ///
  /// @param recipient to whom it goes
  /// @param isAsked whether the recipient has turned to the caller before, which lets in who is
  ///   known to it
  /// @param isPlain whether it carries no text and answers what the recipient has put, which needs
  ///   no consent
  void check(Transaction transaction, Call call, long recipient, boolean isAsked, boolean isPlain)
      throws SQLException {
    long sender = call.caller().number();
    if (!parts.rules().concern(sender, recipient, 0)) {
      return;
    }
    var letter =
        new SendRule.Letter(
            sender,
            call.caller().id(),
            recipient,
            parts.agents().idOf(recipient),
            0,
            null,
            null,
            null,
            parts.time().millis(),
            call.body(),
            0,
            call.body().length,
            isPlain,
            new SendRule.Act(call.route(), call.target()));
    parts
        .rules()
        .check(
            transaction,
            letter,
            isAsked ? new Asked(sender, recipient, parts.relations()) : parts.relations());
  }

  /// The recipient has turned to the sender, which says nothing of the other direction.
  private record Asked(long sender, long recipient, Relations others) implements Relations {
    @Override
    public boolean hasWritten(Transaction transaction, long from, long to) throws SQLException {
      return (from == recipient && to == sender) || others.hasWritten(transaction, from, to);
    }

    @Override
    public boolean shareChannel(Transaction transaction, long one, long other) throws SQLException {
      return others.shareChannel(transaction, one, other);
    }
  }
}
