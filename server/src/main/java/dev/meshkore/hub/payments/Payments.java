package dev.meshkore.hub.payments;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.guard.SendRule;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// Lets agents pay each other by the hub's ledger, at once or by holding money first; and lets
/// people put test credits in and take them out. What refuses leaves nothing behind, but that an id
/// that failed for want of money stays failed. Thread-safe.
final class Payments {
  static final String REFUND = "refund";
  static final String DEPOSIT = "deposit";
  static final String WITHDRAWAL = "withdrawal";

  private static final Logger LOG = System.getLogger(Payments.class.getName());
  private static final int AT_ONCE = 1_000;
  private static final int REFUNDS_MAX = 20;

  /// What an owner may have put in and not taken out.
  private static final long OWNER_ISSUED_MAX = 1_000_000_000_000L;

  private static final Money NOTHING = new Money(Asset.CREDIT, 0);

  /// What became of a wish.
  ///
  /// @param transfer as it is stored
  /// @param held what it ended, where it ended something
  /// @param isNew false where it had been stored before
  record Moved(Transfer transfer, Optional<Transfer> held, boolean isNew) {}

  /// What became of something that was held.
  private record End(Transfer held, Outcome outcome) {}

  private final PaymentParts parts;
  private final Told told;
  private final Lane<PayWork.Wanted> lane;

  Payments(PaymentParts parts) {
    this.parts = parts;
    this.told = new Told(parts);
    this.lane = parts.database().lane(new PayWork(parts, told));
  }

  /// Pays another agent, or holds what it is to be paid.
  Moved pay(Approach.Call call, Wish wish, String payeeId, long holdSeconds) {
    Caller.OfAgent payer = call.caller();
    long payee =
        parts
            .agents()
            .numberOf(payeeId)
            .orElseThrow(
                () -> new Refused(ProblemType.UNKNOWN_RECIPIENT, "No agent has this agent_id"));
    if (payee == payer.number()) {
      throw Refused.field("to", "to must be another agent");
    }
    var order =
        new Order(
            payer.number() + "/" + wish.id(),
            payer.id(),
            payeeId,
            Account.Name.ofAgent(payer.number()),
            Account.Name.ofAgent(payee),
            wish.amount(),
            Transfer.PAYMENT,
            wish.about(),
            holdSeconds,
            OptionalLong.empty());
    return moved(holdSeconds == 0 ? paid(call, order) : held(call, order), wish.amount());
  }

  /// Payments that wait at once are written together.
  private Outcome paid(Approach.Call call, Order order) {
    parts.approach().takeRate(call.caller());
    var wanted = new PayWork.Wanted(call, order);
    return parts
        .approach()
        .counted(
            call,
            () -> {
              lane.offer(wanted, 0);
              return Database.await(wanted.answer());
            });
  }

  private Outcome held(Approach.Call call, Order order) {
    return parts
        .approach()
        .write(
            call,
            transaction -> {
              Outcome moved = move(transaction, order);
              if (moved instanceof Outcome.Done done && done.isNew()) {
                Transfer transfer = done.transfers().getFirst();
                parts.approach().pay(transaction, call, spending(order, transfer));
                told.put(transaction, order.credit().agent(), transfer);
              }
              return moved;
            });
  }

  private SendRule.Spending spending(Order order, Transfer transfer) {
    return new SendRule.Spending(
        order.debit().agent(),
        order.credit().agent(),
        order.with(),
        order.amount().asset().code(),
        order.amount().atoms(),
        order.about(),
        reservation(transfer),
        transfer.expiresAtMs(),
        reader -> !parts.ledger().hasPaidBefore(reader, transfer),
        SendRule.Spending.Way.PLAIN);
  }

  private static String reservation(Transfer held) {
    return "payment:" + held.number();
  }

  /// Pays all or a part of what was held; its payer may.
  Moved post(Approach.Call call, long number, Optional<Money> part) {
    End end = parts.approach().write(call, transaction -> post(transaction, call, number, part));
    return moved(end);
  }

  private End post(Transaction transaction, Approach.Call call, long number, Optional<Money> part)
      throws SQLException {
    Caller.OfAgent caller = call.caller();
    Transfer held = held(transaction, caller, number);
    if (held.debit().agent() != caller.number()) {
      throw new Refused(ProblemType.NOT_ALLOWED, "What is held is paid by its payer");
    }
    Money amount = part.orElse(held.amount());
    if (amount.atoms() > held.amount().atoms()) {
      throw Refused.field("amount", "amount must be at most what is held");
    }
    long payee = held.credit().agent();
    String payeeId = parts.agents().idOf(payee);
    Outcome outcome = parts.ledger().post(transaction, held, amount.atoms(), caller.id(), payeeId);
    if (outcome instanceof Outcome.Done done && done.isNew()) {
      parts.approach().payHeld(transaction, call, payee);
      var _ = parts.budgets().commit(transaction, reservation(held), amount.atoms());
      told.put(transaction, payee, done.transfers().getFirst());
    }
    return new End(held, outcome);
  }

  /// Gives back what was held; whoever would be paid may. To the payer all of it comes back by
  /// itself when its time has passed, and before that what is left when it pays a part.
  Moved release(Caller.OfAgent caller, long number) {
    parts.approach().takeRate(caller);
    return moved(parts.database().write(transaction -> release(transaction, caller, number)));
  }

  private End release(Transaction transaction, Caller.OfAgent caller, long number)
      throws SQLException {
    Transfer held = held(transaction, caller, number);
    if (held.credit().agent() != caller.number()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "What is held is given back by whoever would be paid, or when its time has passed");
    }
    String payer = parts.agents().idOf(held.debit().agent());
    Outcome outcome = parts.ledger().release(transaction, held, caller.id(), payer);
    return new End(held, ended(transaction, held, outcome));
  }

  private Outcome ended(Transaction transaction, Transfer held, Outcome outcome)
      throws SQLException {
    if (outcome instanceof Outcome.Done done && done.isNew()) {
      var _ = parts.budgets().release(transaction, reservation(held));
      told.put(transaction, held.debit().agent(), done.transfers().getFirst());
    }
    return outcome;
  }

  /// Gives back a payment, or a part of it; whoever was paid may, whatever its limits are.
  Moved refund(Caller.OfAgent caller, long number, String id, Optional<Money> part) {
    parts.approach().takeRate(caller);
    Outcome outcome =
        parts.database().write(transaction -> refund(transaction, caller, number, id, part));
    return moved(outcome, part.orElse(NOTHING));
  }

  private Outcome refund(
      Transaction transaction, Caller.OfAgent caller, long number, String id, Optional<Money> part)
      throws SQLException {
    Transfer paid = first(transaction, caller, number);
    Optional<Transfer> moved =
        paid.kind() == Transfer.Kind.PENDING
            ? parts.ledger().endOf(transaction, paid)
            : Optional.of(paid);
    boolean isPaid =
        paid.credit().agent() == caller.number()
            && isPayment(paid)
            && moved.filter(one -> state(one).equals("paid")).isPresent();
    if (!isPaid) {
      throw new Refused(ProblemType.NOT_ALLOWED, "A payment is given back by whoever was paid");
    }
    long most = moved.map(one -> one.amount().atoms()).orElse(0L);
    var order =
        new Order(
            caller.number() + "/refund/" + id,
            caller.id(),
            parts.agents().idOf(paid.debit().agent()),
            /* debit= */ paid.credit(),
            /* credit= */ paid.debit(),
            part.orElse(new Money(paid.amount().asset(), most)),
            REFUND,
            paid.about(),
            0,
            OptionalLong.of(paid.number()));
    Outcome outcome = move(transaction, order);
    if (outcome instanceof Outcome.Done done && done.isNew()) {
      // Both accounts are locked now, so nobody else gives back the same.
      if (parts.ledger().refunded(transaction, paid) > most) {
        throw Refused.field("amount", "No more can be given back than was paid");
      }
      if (parts.ledger().refundCount(transaction, paid) > REFUNDS_MAX) {
        throw Refused.field("id", "A payment is given back in " + REFUNDS_MAX + " parts at most");
      }
      told.put(transaction, paid.debit().agent(), done.transfers().getFirst());
    }
    return outcome;
  }

  private static String state(Transfer transfer) {
    return WalletJson.state(transfer.kind());
  }

  /// Puts test credits into an agent's account, or takes them out again.
  Moved issue(String by, long agent, Wish wish, boolean isDeposit) {
    Account.Name account = Account.Name.ofAgent(agent);
    Account.Name issued = Account.Name.issuedBy(by);
    var order =
        new Order(
            by + "/" + wish.id(),
            by,
            parts.agents().idOf(agent),
            isDeposit ? issued : account,
            isDeposit ? account : issued,
            wish.amount(),
            isDeposit ? DEPOSIT : WITHDRAWAL,
            wish.about(),
            0,
            OptionalLong.empty());
    Outcome outcome =
        parts
            .database()
            .write(transaction -> {
              Outcome moved = move(transaction, order);
              if (moved instanceof Outcome.Done done && done.isNew()) {
                checkIssued(transaction, issued, by);
                told.put(transaction, agent, done.transfers().getFirst());
              }
              return moved;
            });
    return moved(outcome, wish.amount());
  }

  private void checkIssued(Transaction transaction, Account.Name issued, String by)
      throws SQLException {
    for (Account account : parts.ledger().accounts(transaction, issued)) {
      if (!by.equals(Persons.OPERATOR) && -account.available() > OWNER_ISSUED_MAX) {
        throw Refused.field("amount", "An owner may put in 1,000,000 credits in all");
      }
    }
  }

  /// Ends what is held and whose time has passed. What cannot be ended now keeps nothing from the
  /// others.
  void tick() {
    List<Transfer> due = parts.database().read(reader -> parts.ledger().due(reader, AT_ONCE));
    for (Transfer held : due) {
      try {
        parts.database().write(transaction -> expire(transaction, held));
      } catch (RuntimeException failure) {
        LOG.log(Level.WARNING, "A transfer that is held could not be ended yet", failure);
      }
    }
  }

  private Outcome expire(Transaction transaction, Transfer held) throws SQLException {
    String payer = parts.agents().idOf(held.debit().agent());
    return ended(transaction, held, parts.ledger().expire(transaction, held, payer));
  }

  private Outcome move(Transaction transaction, Order order) throws SQLException {
    return parts.ledger().move(transaction, List.of(order));
  }

  /// A transfer that the caller pays or is paid by; one of others is not there.
  Transfer own(Transaction reader, Caller.OfAgent caller, long number) throws SQLException {
    return parts
        .ledger()
        .find(reader, number)
        .filter(one ->
            one.debit().agent() == caller.number() || one.credit().agent() == caller.number())
        .orElseThrow(Payments::unknown);
  }

  /// The same, or the transfer that it has ended.
  Transfer first(Transaction reader, Caller.OfAgent caller, long number) throws SQLException {
    Transfer one = own(reader, caller, number);
    return one.pending().isPresent() ? own(reader, caller, one.pending().getAsLong()) : one;
  }

  private Transfer held(Transaction reader, Caller.OfAgent caller, long number)
      throws SQLException {
    Transfer transfer = own(reader, caller, number);
    if (transfer.purpose().equals(Transfer.CALL)) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "This is held for a call of a service: its seller is paid by answering it, and gives it"
              + " back by declining it");
    }
    if (transfer.kind() != Transfer.Kind.PENDING) {
      throw ended();
    }
    return transfer;
  }

  private static boolean isPayment(Transfer transfer) {
    return transfer.purpose().equals(Transfer.PAYMENT) || transfer.purpose().equals(Transfer.CALL);
  }

  private Moved moved(End end) {
    Moved moved = moved(end.outcome(), NOTHING);
    return new Moved(moved.transfer(), Optional.of(end.held()), moved.isNew());
  }

  private Moved moved(Outcome outcome, Money wanted) {
    return switch (outcome) {
      case Outcome.Done done ->
          new Moved(done.transfers().getFirst(), Optional.empty(), done.isNew());
      case Outcome.Failed failed ->
          throw new Refused(
              ProblemType.INSUFFICIENT_FUNDS,
              "The account has "
                  + new Money(wanted.asset(), Math.min(failed.missing(), Money.ATOMS_MAX))
                  + " too little to pay "
                  + wanted
                  + "; a new payment needs a new id",
              Map.of("asset", wanted.asset().code(), "missing", failed.missing()));
      case Outcome.Taken _ ->
          throw new Refused(
              ProblemType.ID_TAKEN, "You used this id for another transfer; nothing was moved");
      case Outcome.Ended _ -> throw ended();
    };
  }

  private static Refused ended() {
    return new Refused(
        ProblemType.TRANSFER_ENDED, "It was paid, given back, or its time has passed");
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_TRANSFER, "There is no such transfer of yours");
  }
}
