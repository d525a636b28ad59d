package dev.meshkore.hub.guard;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.function.Supplier;

/// Lets what one agent puts to another keep every rule that a message keeps: rates, consent,
/// blocks, breakers, budgets, approvals, stops and mandates, in the transaction that stores it.
public final class Approach {
  /// What is put to whom.
  ///
  /// @param route as mandates name it
  /// @param target the path by which it was asked for
  /// @param body the call's, exactly
  /// @param isSigned whether anybody may bring it, by what the caller has signed
  public record Call(
      Caller.OfAgent caller, String route, String target, byte[] body, boolean isSigned) {
    /// What the caller itself asks for.
    public Call(Caller.OfAgent caller, String route, String target, byte[] body) {
      this(caller, route, target, body, false);
    }

    /// A payment that the caller has signed.
    public static Call signed(Caller.OfAgent caller, String route, String target, byte[] body) {
      return new Call(caller, route, target, body, true);
    }
  }

  private final Database database;
  private final SendRules rules;
  private final Agents agents;
  private final Relations relations;
  private final InstantSource time;

  /// Asks these rules.
  public Approach(
      Database database, SendRules rules, Agents agents, Relations relations, InstantSource time) {
    this.database = database;
    this.rules = rules;
    this.agents = agents;
    this.relations = relations;
    this.time = time;
  }

  /// Takes a token of the caller's rate.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when there is none
  public void takeRate(Caller.OfAgent caller) {
    var rate = rules.take(caller.number());
    if (!rate.allowed()) {
      throw rate.refusal();
    }
  }

  /// Does something in one transaction; whatever refuses is counted as a refused message is.
  public <T> T write(Call call, Database.Work<T> work) {
    takeRate(call.caller());
    return writeRated(call, work);
  }

  /// The same for a call whose token was taken before, as of one that is costly to read.
  public <T> T writeRated(Call call, Database.Work<T> work) {
    return counted(call, () -> writeUncounted(work));
  }

  /// The same for what is of no agent, or was refused before and comes again by others: it costs
  /// nobody a token, and a refusal does not count.
  public <T> T writeUncounted(Database.Work<T> work) {
    return database.write(transaction -> {
      begin(transaction);
      return work.run(transaction);
    });
  }

  /// Before the rules are asked in a transaction that others have opened.
  public void begin(Transaction transaction) throws SQLException {
    rules.begin(transaction);
  }

  /// Does what the rules may refuse, which is then counted as a refused message is.
  public <T> T counted(Call call, Supplier<T> action) {
    try {
      return action.get();
    } catch (Refused refused) {
      rules.refused(call.caller().number(), call.caller().id(), refused.type(), time.millis());
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
  public void check(
      Transaction transaction, Call call, long recipient, boolean isAsked, boolean isPlain)
      throws SQLException {
    check(transaction, call, recipient, agents.idOf(recipient), isAsked, isPlain, false);
  }

  /// Refuses to pay what is held already where the payer may not act, or the payee takes nothing of
  /// it; what it may spend was counted when it was held.
  public void payHeld(Transaction transaction, Call call, long payee) throws SQLException {
    check(transaction, call, payee, agents.idOf(payee), false, true, true);
  }

  /// Refuses a payment that the payee, an owner, the operator or a budget does not let through, and
  /// counts it.
  public void pay(Transaction transaction, Call call, SendRule.Spending spending)
      throws SQLException {
    pay(transaction, call, spending, false);
  }

  /// The same for a payment that the payee has asked for, or has agreed to be paid, where
  /// `isAsked`: that lets in who is known to it.
  public void pay(Transaction transaction, Call call, SendRule.Spending spending, boolean isAsked)
      throws SQLException {
    mayPay(transaction, call, spending, isAsked);
    rules.spend(transaction, spending).count(transaction);
  }

  /// Refuses a payment as [#pay] does, and undoes alone what was changed for it then. What is
  /// counted for it is answered, and counted outside of that: the database keeps a copy of each
  /// page that is changed within what can be undone.
  public SendRule.Counting mayPay(Transaction transaction, Call call, SendRule.Spending spending)
      throws SQLException {
    return transaction.undoable(part -> {
      mayPay(part, call, spending, false);
      return rules.spend(part, spending);
    });
  }

  /// Who is paid need not be an agent of the hub, and has then no rules of its own.
  private void mayPay(
      Transaction transaction, Call call, SendRule.Spending spending, boolean isAsked)
      throws SQLException {
    check(transaction, call, spending.payee(), spending.payeeId(), isAsked, false, true);
  }

  private void check(
      Transaction transaction,
      Call call,
      long recipient,
      String to,
      boolean isAsked,
      boolean isPlain,
      boolean isPayment)
      throws SQLException {
    long sender = call.caller().number();
    if (!rules.concern(sender, recipient, 0)) {
      return;
    }
    var letter =
        new SendRule.Letter(
            sender,
            call.caller().id(),
            recipient,
            to,
            0,
            null,
            null,
            null,
            time.millis(),
            call.body(),
            0,
            call.body().length,
            isPlain,
            new SendRule.Act(call.route(), call.target(), isPayment, call.isSigned()));
    rules.check(transaction, letter, isAsked ? new Asked(sender, recipient, relations) : relations);
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
