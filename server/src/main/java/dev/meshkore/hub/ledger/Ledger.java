package dev.meshkore.hub.ledger;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Moves money between accounts, by double entry and in two phases where that is wanted, after the
/// model of TigerBeetle: ids are chosen by the caller and move money once, transfers never change,
/// several are moved together or not at all, and what an account may pay is checked when it is
/// held. Everything happens in the caller's transaction, with a leaf in the audit for each. Time is
/// the hub's clock. Thread-safe.
public final class Ledger {
  /// No id that is chosen has this sign in it.
  private static final String ENDED = "#end";

  /// An amount, in atoms, and when it was moved or held.
  public record Paid(long atoms, long atMs) {}

  private final Audit audit;
  private final InstantSource time;

  /// A ledger by this clock.
  public Ledger(Audit audit, InstantSource time) {
    this.audit = audit;
    this.time = time;
  }

  /// Moves or holds all of these, or none.
  ///
  /// @throws Refused when an account would have turned over more than the ledger can count
  public Outcome move(Transaction transaction, List<Order> orders) throws SQLException {
    Sheet sheet = open(transaction, orders);
    Outcome outcome =
        switch (sheet.plan(orders)) {
          case Sheet.Settled settled -> settled.outcome();
          case Sheet.Ready ready -> sheet.move(ready);
        };
    sheet.close();
    return outcome;
  }

  /// Opens the accounts of these orders for many movements, which are then cheaper together.
  public Sheet open(Transaction transaction, List<Order> orders) throws SQLException {
    return new Sheet(this, transaction, orders);
  }

  /// Ends a transfer that is held: moves so much of it, and gives back the rest. The same again
  /// answers as before.
  public Outcome post(Transaction transaction, Transfer held, long atoms, String by, String with)
      throws SQLException {
    if (atoms <= 0 || atoms > held.amount().atoms()) {
      throw new IllegalArgumentException("No more can be moved than is held");
    }
    return time.millis() < held.expiresAtMs()
        ? end(transaction, held, Transfer.Kind.POST, atoms, by, with)
        : endedBefore(transaction, held, Transfer.Kind.POST, atoms);
  }

  /// Ends a transfer that is held, and gives back all of it.
  public Outcome release(Transaction transaction, Transfer held, String by, String with)
      throws SQLException {
    return end(transaction, held, Transfer.Kind.VOID, held.amount().atoms(), by, with);
  }

  /// Some held transfers whose time has passed.
  public List<Transfer> due(Transaction reader, int most) throws SQLException {
    return SqlLedger.due(reader, time.millis(), most);
  }

  /// Ends a transfer whose time has passed.
  public Outcome expire(Transaction transaction, Transfer held, String with) throws SQLException {
    return end(transaction, held, Transfer.Kind.EXPIRY, held.amount().atoms(), "hub", with);
  }

  /// The transfer of an id.
  public Optional<Transfer> find(Transaction reader, String id) throws SQLException {
    return SqlLedger.known(reader, id).map(SqlLedger.Known::transfer);
  }

  /// The transfer of a number.
  public Optional<Transfer> find(Transaction reader, long number) throws SQLException {
    return SqlLedger.find(reader, number);
  }

  /// The transfers of these numbers, in no order.
  public List<Transfer> all(Transaction reader, List<Long> numbers) throws SQLException {
    return SqlStatements.all(reader, "t.number", numbers);
  }

  /// What ended those of these numbers that were held, in no order.
  public List<Transfer> endsOf(Transaction reader, List<Long> numbers) throws SQLException {
    return SqlStatements.all(reader, "t.pending", numbers);
  }

  /// What ended a transfer that was held, if anything has.
  public Optional<Transfer> endOf(Transaction reader, Transfer held) throws SQLException {
    return SqlLedger.endOf(reader, held.number());
  }

  /// How much of a transfer was given back.
  public long refunded(Transaction reader, Transfer transfer) throws SQLException {
    return SqlLedger.refunded(reader, transfer.number());
  }

  /// Whether the same account has paid the same one before this transfer, for a call or else.
  public boolean hasPaidBefore(Transaction reader, Transfer transfer) throws SQLException {
    return SqlLedger.hasPaidBefore(reader, transfer);
  }

  /// Whether one account has ever paid another, for a call or else.
  public boolean hasPaid(Transaction reader, Account.Name debit, Account.Name credit)
      throws SQLException {
    return SqlLedger.hasPaid(reader, debit, credit);
  }

  /// How often something of a transfer was given back.
  public long refundCount(Transaction reader, Transfer transfer) throws SQLException {
    return SqlLedger.refundCount(reader, transfer.number());
  }

  /// The accounts out of which credits come.
  public List<Account> issued(Transaction reader) throws SQLException {
    return SqlLedger.issued(reader);
  }

  /// The accounts of a name, by asset.
  public List<Account> accounts(Transaction reader, Account.Name name) throws SQLException {
    return SqlLedger.accounts(reader, name);
  }

  /// Movements on the accounts of a name, newest first, of lower numbers than this.
  public List<Transfer> page(Transaction reader, Account.Name name, long before, int limit)
      throws SQLException {
    return SqlStatements.page(reader, name, before, limit);
  }

  /// The last amounts that were paid or held to be paid out of an account, the newest first, among
  /// its last 4,000 movements; not what a sheet moves that is not closed.
  ///
  /// @param without what kinds of movement do not count
  public List<Paid> lastPaid(
      Transaction reader, Account.Name name, String asset, List<String> without, int limit)
      throws SQLException {
    return SqlStatements.lastPaid(reader, name, asset, without, limit);
  }

  /// What had moved on accounts when they were read, in the order of [Moment], after one and before
  /// a time; what is only held has not moved.
  public List<Transfer> moved(
      Transaction reader, List<Account> accounts, Moment after, long beforeMs, int limit)
      throws SQLException {
    return SqlStatements.moved(reader, accounts, after, beforeMs, limit);
  }

  /// What an account had after all that moved up to a moment, what was held of it included. Of what
  /// has moved since it reads one row for 64.
  public long balanceAt(Transaction reader, Account account, Moment moment) throws SQLException {
    long now = account.creditsPosted() - account.debitsPosted();
    return now - SqlStatements.sumAfter(reader, account, moment);
  }

  /// Where the sums of the accounts are not those of the transfers, or do not come out even.
  public List<String> differences(Transaction reader) throws SQLException {
    return SqlBooks.differences(reader);
  }

  private static Account found(@Nullable Account account) {
    return Objects.requireNonNull(account);
  }

  long now() {
    return time.millis();
  }

  private Outcome end(
      Transaction transaction,
      Transfer held,
      Transfer.Kind kind,
      long atoms,
      String by,
      String with)
      throws SQLException {
    if (!SqlLedger.deleteHold(transaction, held.number())) {
      return endedBefore(transaction, held, kind, atoms);
    }
    Asset asset = held.amount().asset();
    var keys = new TreeMap<SqlLedger.Key, Account>();
    for (Account.Name name : List.of(held.debit(), held.credit())) {
      keys.put(new SqlLedger.Key(name, asset), Account.empty(name, asset));
    }
    for (Map.Entry<SqlLedger.Key, Account> one : keys.entrySet()) {
      one.setValue(SqlLedger.lockedOrMade(transaction, one.getKey()));
    }
    long all = held.amount().atoms();
    long moved = kind == Transfer.Kind.POST ? atoms : 0;
    Account payer = found(keys.get(new SqlLedger.Key(held.debit(), asset))).debited(-all, moved);
    Account payee = found(keys.get(new SqlLedger.Key(held.credit(), asset))).credited(-all, moved);
    long now = time.millis();
    String id = held.id() + ENDED;
    var amount = new Money(asset, atoms);
    var transfer =
        new Transfer(
            0,
            id,
            kind,
            held.debit(),
            held.credit(),
            amount,
            held.purpose(),
            held.about(),
            OptionalLong.of(held.number()),
            OptionalLong.empty(),
            0,
            recorded(transaction, id, kind, amount, by, with),
            now);
    Transfer stored = SqlLedger.insert(transaction, transfer, "", payer, payee);
    SqlLedger.update(
        transaction, SqlChains.and(transaction, payer, Chain.Side.DEBIT, stored.number()));
    SqlLedger.update(
        transaction, SqlChains.and(transaction, payee, Chain.Side.CREDIT, stored.number()));
    return new Outcome.Done(List.of(stored), true);
  }

  private static Outcome endedBefore(
      Transaction transaction, Transfer held, Transfer.Kind kind, long atoms) throws SQLException {
    Optional<Transfer> end = SqlLedger.endOf(transaction, held.number());
    boolean isSame =
        end.isPresent() && end.get().kind() == kind && end.get().amount().atoms() == atoms;
    return isSame ? new Outcome.Done(List.of(end.get()), false) : new Outcome.Ended();
  }

  /// Takes a movement down in the audit.
  long recorded(
      Transaction transaction, String id, Transfer.Kind kind, Money amount, String by, String with)
      throws SQLException {
    return audit.record(
        transaction,
        Leaf.of("transfer." + kind.word(), by, with)
            .with("transfer", id)
            .with("asset", amount.asset().code())
            .with("atoms", amount.atoms()));
  }
}
