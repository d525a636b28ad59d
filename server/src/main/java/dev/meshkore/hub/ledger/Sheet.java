package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/// Movements within one transaction, of which each account is read once, and written once when the
/// sheet is closed. What throws while money is moved makes the whole transaction useless. Used by
/// one thread.
public final class Sheet {
  /// An account turns over no more than this, so that no sum overflows.
  private static final long TURNOVER_MAX = 1_000L * Money.ATOMS_MAX;

  /// What is in escrow is owed already, and goes where it must although the account has turned over
  /// as much as one may by itself: else whoever has could keep it there. The sums have room.
  private static final long OWED_MAX = 8 * TURNOVER_MAX;

  /// What is to become of orders.
  public sealed interface Plan {}

  /// Nothing more is moved: they were settled before, or there is too little money, which is
  /// stored.
  public record Settled(Outcome outcome) implements Plan {}

  /// They can be moved, if nothing else is moved before.
  public static final class Ready implements Plan {
    private final List<Order> orders;
    private final Map<SqlLedger.Key, Account> accounts;

    private Ready(List<Order> orders, Map<SqlLedger.Key, Account> accounts) {
      this.orders = orders;
      this.accounts = accounts;
    }
  }

  private final Ledger ledger;
  private final Transaction transaction;
  private final Map<SqlLedger.Key, Account> accounts = new HashMap<>();
  private final Set<SqlLedger.Key> changed = new TreeSet<>();

  /// Locks the accounts of all orders, in one order, and makes those that are not there.
  Sheet(Ledger ledger, Transaction transaction, List<Order> orders) throws SQLException {
    this.ledger = ledger;
    this.transaction = transaction;
    var keys = new TreeSet<SqlLedger.Key>();
    for (Order order : orders) {
      Asset asset = order.amount().asset();
      keys.add(new SqlLedger.Key(order.debit(), asset));
      keys.add(new SqlLedger.Key(order.credit(), asset));
    }
    for (SqlLedger.Key key : keys) {
      accounts.put(key, SqlLedger.lockedOrMade(transaction, key));
    }
  }

  /// Looks what would become of orders, all or none of which are moved.
  ///
  /// @param orders whose accounts the sheet was opened for
  /// @throws Refused when an account would have turned over more than the ledger can count
  public Plan plan(List<Order> orders) throws SQLException {
    // Under the locks: whoever has them sees what became of the same ids at another hub.
    Optional<Outcome> before = before(transaction, orders);
    if (before.isPresent()) {
      return new Settled(before.get());
    }
    var after = new HashMap<SqlLedger.Key, Account>();
    long missing = 0;
    for (Order order : orders) {
      Asset asset = order.amount().asset();
      long atoms = order.amount().atoms();
      long pending = order.holdSeconds() > 0 ? atoms : 0;
      var from = new SqlLedger.Key(order.debit(), asset);
      Account payer = now(after, from).debited(pending, atoms - pending);
      after.put(from, payer);
      var to = new SqlLedger.Key(order.credit(), asset);
      Account payee = now(after, to).credited(pending, atoms - pending);
      after.put(to, payee);
      long most = order.debit().isEscrow() ? OWED_MAX : TURNOVER_MAX;
      if (payee.creditsPosted() + payee.creditsPending() > most
          || payer.debitsPosted() + payer.debitsPending() > most) {
        throw Refused.field("amount", "An account of it has turned over as much as one may");
      }
      missing = Math.max(missing, payer.missing());
    }
    if (missing == 0) {
      return new Ready(orders, after);
    }
    long now = ledger.now();
    for (Order order : orders) {
      SqlLedger.insertFailed(transaction, order, missing, now);
    }
    return new Settled(new Outcome.Failed(missing));
  }

  private Account now(Map<SqlLedger.Key, Account> after, SqlLedger.Key key) {
    Account planned = after.get(key);
    return planned == null ? Objects.requireNonNull(accounts.get(key)) : planned;
  }

  /// Moves what was planned.
  public Outcome.Done move(Ready plan) throws SQLException {
    long now = ledger.now();
    accounts.putAll(plan.accounts);
    changed.addAll(plan.accounts.keySet());
    var stored = new ArrayList<Transfer>();
    for (Order order : plan.orders) {
      stored.add(store(order, now));
    }
    return new Outcome.Done(stored, true);
  }

  /// Writes what the accounts have.
  public void close() throws SQLException {
    for (SqlLedger.Key key : changed) {
      SqlLedger.update(transaction, Objects.requireNonNull(accounts.get(key)));
    }
    changed.clear();
  }

  /// What was answered before for these ids, if they were used.
  private static Optional<Outcome> before(Transaction transaction, List<Order> orders)
      throws SQLException {
    var known = new ArrayList<Transfer>();
    for (Order order : orders) {
      if (!SqlLedger.isUsed(transaction, order.id())) {
        continue;
      }
      Optional<SqlLedger.Known> one = SqlLedger.known(transaction, order.id());
      if (one.isPresent()) {
        if (!one.get().digest().equals(order.digest())) {
          return Optional.of(new Outcome.Taken());
        }
        known.add(one.get().transfer());
      } else {
        Optional<SqlLedger.Miss> miss = SqlLedger.failed(transaction, order.id());
        if (miss.isPresent()) {
          return Optional.of(
              miss.get().digest().equals(order.digest())
                  ? new Outcome.Failed(miss.get().missing())
                  : new Outcome.Taken());
        }
      }
    }
    if (known.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        known.size() == orders.size() ? new Outcome.Done(known, false) : new Outcome.Taken());
  }

  private Transfer store(Order order, long now) throws SQLException {
    Asset asset = order.amount().asset();
    boolean isHeld = order.holdSeconds() > 0;
    Transfer.Kind kind = isHeld ? Transfer.Kind.PENDING : Transfer.Kind.POSTED;
    var transfer =
        new Transfer(
            0,
            order.id(),
            kind,
            order.debit(),
            order.credit(),
            order.amount(),
            order.purpose(),
            order.about(),
            OptionalLong.empty(),
            order.refunds(),
            isHeld ? now + order.holdSeconds() * 1_000 : 0,
            ledger.recorded(
                transaction, order.id(), kind, order.amount(), order.by(), order.with()),
            now);
    var from = new SqlLedger.Key(order.debit(), asset);
    var to = new SqlLedger.Key(order.credit(), asset);
    Account payer = Objects.requireNonNull(accounts.get(from));
    Account payee = Objects.requireNonNull(accounts.get(to));
    Transfer stored = SqlLedger.insert(transaction, transfer, order.digest(), payer, payee);
    accounts.put(from, SqlChains.and(transaction, payer, Chain.Side.DEBIT, stored.number()));
    accounts.put(to, SqlChains.and(transaction, payee, Chain.Side.CREDIT, stored.number()));
    return stored;
  }
}
