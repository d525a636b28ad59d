package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Transaction;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// A random history of two hubs on one database, each with a clock of its own, beside a
/// [LedgerModel].
final class LedgerHistory {
  /// A ledger as one hub has it.
  private static final class Hub {
    final AtomicLong now = new AtomicLong(1_000_000);
    final Ledger ledger;

    Hub(SecureRandom random) {
      this.ledger =
          new Ledger(new Audit(this::instant, random), () -> Instant.ofEpochMilli(now.get()));
    }

    Instant instant() {
      return Instant.ofEpochMilli(now.get());
    }
  }

  private static final SecureRandom SECURE = new SecureRandom();

  private final SplittableRandom random;
  private final List<Hub> hubs = List.of(new Hub(SECURE), new Hub(SECURE));
  private LedgerModel model;
  private int count;

  LedgerHistory(SplittableRandom random, long number) {
    this.random = random;
    this.model = new LedgerModel(number * 100 + 1);
  }

  /// What there is now, to go back to it with [#undo].
  LedgerModel before() {
    return model.copy();
  }

  /// Nothing of what was done since has happened.
  void undo(LedgerModel before) {
    model = before;
  }

  /// One of the hubs does one thing; then everything is where the model has it.
  void step(Transaction transaction) throws SQLException {
    Hub hub = hubs.get(random.nextInt(hubs.size()));
    switch (random.nextInt(12)) {
      case 0, 1 -> move(transaction, hub, List.of(issue()));
      case 2, 3, 4 -> move(transaction, hub, List.of(between(0)));
      case 5, 6 -> move(transaction, hub, List.of(between(random.nextInt(1, 60))));
      case 7 -> move(transaction, hub, List.of(between(0), between(random.nextInt(0, 9))));
      case 8 -> again(transaction, hub);
      case 9, 10 -> end(transaction, hub);
      default -> hub.now.addAndGet(random.nextInt(-20_000, 40_000));
    }
    if (random.nextInt(4) == 0) {
      expire(transaction, hub);
    }
    check(transaction);
  }

  /// A long time later nothing is held any more.
  void end(Transaction transaction) throws SQLException {
    for (Hub hub : hubs) {
      hub.now.addAndGet(1_000_000);
      expire(transaction, hub);
    }
    assertThat(model.held).isEmpty();
    check(transaction);
    for (int agent = 0; agent < LedgerModel.AGENTS; agent++) {
      Account.Name name = model.name(agent);
      for (Account account : hubs.getFirst().ledger.accounts(transaction, name)) {
        assertThat(account.available()).isEqualTo(model.had(name, account.asset())).isNotNegative();
      }
    }
  }

  private Order issue() {
    return order(LedgerModel.ISSUED, random.nextInt(LedgerModel.AGENTS), 0);
  }

  private Order between(long holdSeconds) {
    int from = random.nextInt(LedgerModel.AGENTS);
    int to = (from + random.nextInt(1, LedgerModel.AGENTS)) % LedgerModel.AGENTS;
    return order(from, to, holdSeconds);
  }

  private Order order(int from, int to, long holdSeconds) {
    Asset asset = LedgerModel.ASSETS.get(random.nextInt(3) / 2);
    return new Order(
        "h" + model.base + "-" + count++,
        "admin",
        "a" + to,
        model.name(from),
        model.name(to),
        new Money(asset, random.nextInt(1, 1_000)),
        "payment",
        random.nextBoolean() ? "" : "something",
        holdSeconds,
        OptionalLong.empty());
  }

  private void move(Transaction transaction, Hub hub, List<Order> orders) throws SQLException {
    Outcome outcome = hub.ledger.move(transaction, orders);
    if (model.move(orders, hub.now.get())) {
      assertThat(outcome)
          .isInstanceOfSatisfying(Outcome.Done.class, one -> assertThat(one.isNew()).isTrue());
    } else {
      assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    }
  }

  /// An id that was used, however long ago and at whichever hub: with the same content it is
  /// answered as before, in whatever order they come; with another it is refused.
  private void again(Transaction transaction, Hub hub) throws SQLException {
    boolean isDone = random.nextInt(3) > 0;
    List<List<Order>> of = isDone ? model.done : model.failed;
    if (of.isEmpty()) {
      return;
    }
    List<Order> orders = of.get(random.nextInt(of.size()));
    switch (random.nextInt(4)) {
      case 0 -> repeated(transaction, hub, orders, isDone);
      case 1 -> repeated(transaction, hub, orders.reversed(), isDone);
      case 2 -> taken(transaction, hub, List.of(more(orders.getLast())));
      default -> {
        var longer = new ArrayList<>(orders);
        longer.add(random.nextInt(orders.size() + 1), between(0));
        if (isDone) {
          taken(transaction, hub, longer);
        } else {
          repeated(transaction, hub, longer, false);
        }
      }
    }
  }

  private static void repeated(Transaction transaction, Hub hub, List<Order> orders, boolean isDone)
      throws SQLException {
    Outcome outcome = hub.ledger.move(transaction, orders);
    if (isDone) {
      assertThat(outcome)
          .isInstanceOfSatisfying(Outcome.Done.class, one -> assertThat(one.isNew()).isFalse());
    } else {
      assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    }
  }

  private static void taken(Transaction transaction, Hub hub, List<Order> orders)
      throws SQLException {
    assertThat(hub.ledger.move(transaction, orders)).isInstanceOf(Outcome.Taken.class);
  }

  private static Order more(Order order) {
    return new Order(
        order.id(),
        order.by(),
        order.with(),
        order.debit(),
        order.credit(),
        new Money(order.amount().asset(), order.amount().atoms() + 1),
        order.purpose(),
        order.about(),
        order.holdSeconds(),
        order.refunds());
  }

  private void end(Transaction transaction, Hub hub) throws SQLException {
    boolean isEnded = model.held.isEmpty() || random.nextInt(5) == 0;
    List<LedgerModel.Held> of = isEnded ? model.ended : model.held;
    if (of.isEmpty()) {
      return;
    }
    LedgerModel.Held one = of.get(random.nextInt(of.size()));
    Transfer stored = hub.ledger.find(transaction, one.order().id()).orElseThrow();
    boolean isPost = random.nextBoolean();
    long atoms = random.nextLong(1, one.order().amount().atoms() + 1);
    Optional<Transfer> before = hub.ledger.endOf(transaction, stored);
    Outcome outcome =
        isPost
            ? hub.ledger.post(transaction, stored, atoms, "admin", "x")
            : hub.ledger.release(transaction, stored, "admin", "x");
    if (isEnded) {
      boolean isSame =
          before.orElseThrow().kind() == (isPost ? Transfer.Kind.POST : Transfer.Kind.VOID)
              && (!isPost || before.get().amount().atoms() == atoms);
      assertThat(outcome).isInstanceOf(isSame ? Outcome.Done.class : Outcome.Ended.class);
    } else if (isPost && hub.now.get() >= one.until()) {
      assertThat(outcome).isInstanceOf(Outcome.Ended.class);
    } else {
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      model.settle(one, isPost ? atoms : 0);
    }
  }

  private void expire(Transaction transaction, Hub hub) throws SQLException {
    for (Transfer due : hub.ledger.due(transaction, 1_000)) {
      LedgerModel.Held one =
          model.held.stream()
              .filter(some -> some.order().id().equals(due.id()))
              .findFirst()
              .orElseThrow();
      assertThat(one.until()).isLessThanOrEqualTo(hub.now.get());
      assertThat(hub.ledger.expire(transaction, due, "x")).isInstanceOf(Outcome.Done.class);
      model.settle(one, 0);
    }
  }

  private record Row(String name, String asset, long had, long paying, long expected) {}

  /// Every account has what the model says, none is below nothing, and of each asset they come out
  /// even, of what is held as of what was moved.
  private void check(Transaction transaction) throws SQLException {
    List<Row> rows =
        transaction.list(
            """
            SELECT name, asset, credits_posted - debits_posted, debits_pending, credits_pending
            FROM ledger_account WHERE name IN (?, ?, ?, ?, ?)
            """,
            row ->
                new Row(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)),
            model.names().toArray());
    for (Asset asset : LedgerModel.ASSETS) {
      long had = 0;
      long held = 0;
      for (int agent = 0; agent <= LedgerModel.AGENTS; agent++) {
        Account.Name name = model.name(agent);
        Row found = new Row(name.text(), asset.code(), 0, 0, 0);
        for (Row row : rows) {
          if (row.name().equals(found.name()) && row.asset().equals(found.asset())) {
            found = row;
          }
        }
        boolean isRight =
            found.had() == model.had(name, asset)
                && found.paying() == model.pending(name, asset)
                && (!name.isBounded() || found.had() >= found.paying());
        if (!isRight) {
          assertThat(found.had()).as("%s", found).isEqualTo(model.had(name, asset));
          assertThat(found.paying()).as("%s", found).isEqualTo(model.pending(name, asset));
          assertThat(found.had()).as("%s", found).isGreaterThanOrEqualTo(found.paying());
        }
        had += found.had();
        held += found.paying() - found.expected();
      }
      assertThat(had).as("%s comes out even", asset.code()).isZero();
      assertThat(held).as("what is held of %s comes out even", asset.code()).isZero();
    }
  }
}
