package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random histories against a model that is too simple to be wrong: what every account has, which
/// ids were used for what, and what is held. Times jump, ids come again, and several transfers of
/// one transaction may be undone together. `-Dledger.histories` says how many there are.
final class LedgerModelTest {
  private static final int HISTORIES = Integer.getInteger("ledger.histories", 60);
  private static final int STEPS = 60;
  private static final int AGENTS = 4;
  private static final Account.Name ISSUED = Account.Name.issuedBy("admin");

  @TempDir private Path folder;
  private final AtomicInteger histories = new AtomicInteger();
  private final AtomicLong now = new AtomicLong();
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final Ledger ledger = new Ledger(new Audit(clock, new SecureRandom()), clock);

  /// What the model has of an account.
  private static final class Sums {
    long had;
    long held;

    long free() {
      return had - held;
    }
  }

  /// A transfer that is held, for the model.
  private record Held(String id, int from, int to, long atoms, long until) {}

  private final class History {
    final SplittableRandom random;
    final long base;
    final Asset asset;
    final Map<Integer, Sums> sums = new HashMap<>();
    final Map<String, List<Order>> done = new HashMap<>();
    final Map<String, List<Order>> failed = new HashMap<>();
    final List<Held> held = new ArrayList<>();
    final List<Held> ended = new ArrayList<>();
    int count;

    History(SplittableRandom random, int number) {
      this.random = random;
      this.base = number * 100L + 1;
      this.asset = random.nextBoolean() ? Asset.CREDIT : new Asset("SAT", 0);
      for (int i = 0; i <= AGENTS; i++) {
        sums.put(i, new Sums());
      }
    }

    Account.Name name(int agent) {
      return agent == AGENTS ? ISSUED : Account.Name.ofAgent(base + agent);
    }

    void step(Transaction transaction) throws SQLException {
      switch (random.nextInt(12)) {
        case 0, 1 -> move(transaction, List.of(order(AGENTS, random.nextInt(AGENTS), 0)));
        case 2, 3, 4 -> move(transaction, List.of(between(0)));
        case 5, 6 -> move(transaction, List.of(between(random.nextInt(1, 60))));
        case 7 -> move(transaction, List.of(between(0), between(random.nextInt(0, 9))));
        case 8 -> again(transaction);
        case 9, 10 -> end(transaction);
        default -> now.addAndGet(random.nextInt(-2_000, 40_000));
      }
      if (random.nextInt(4) == 0) {
        expire(transaction);
      }
    }

    Order order(int from, int to, long holdSeconds) {
      return new Order(
          "h" + base + "-" + count++,
          "admin",
          "a" + to,
          name(from),
          name(to),
          new Money(asset, random.nextInt(1, 1_000)),
          "payment",
          random.nextBoolean() ? "" : "something",
          holdSeconds,
          OptionalLong.empty());
    }

    Order between(long holdSeconds) {
      int from = random.nextInt(AGENTS);
      int to = (from + random.nextInt(1, AGENTS)) % AGENTS;
      return order(from, to, holdSeconds);
    }

    int agent(Account.Name name) {
      return name.equals(ISSUED) ? AGENTS : (int) (name.agent() - base);
    }

    void move(Transaction transaction, List<Order> orders) throws SQLException {
      Outcome outcome = ledger.move(transaction, orders);
      var after = new HashMap<Integer, Long>();
      for (Order order : orders) {
        after.merge(agent(order.debit()), -order.amount().atoms(), Long::sum);
        if (order.holdSeconds() == 0) {
          after.merge(agent(order.credit()), order.amount().atoms(), Long::sum);
        }
      }
      boolean mayAll = inOrder(orders);
      if (!mayAll) {
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        failed.put(orders.getFirst().id(), orders);
        return;
      }
      assertThat(outcome).isInstanceOf(Outcome.Done.class);
      assertThat(((Outcome.Done) outcome).isNew()).isTrue();
      done.put(orders.getFirst().id(), orders);
      for (Order order : orders) {
        int from = agent(order.debit());
        int to = agent(order.credit());
        long atoms = order.amount().atoms();
        if (order.holdSeconds() > 0) {
          find(from).held += atoms;
          held.add(new Held(order.id(), from, to, atoms, now.get() + order.holdSeconds() * 1_000));
        } else {
          find(from).had -= atoms;
          find(to).had += atoms;
        }
      }
    }

    /// Whether each could be paid in its turn.
    boolean inOrder(List<Order> orders) {
      var free = new HashMap<Integer, Long>();
      sums.forEach((agent, one) -> free.put(agent, one.free()));
      for (Order order : orders) {
        int from = agent(order.debit());
        long left = free.getOrDefault(from, 0L) - order.amount().atoms();
        free.put(from, left);
        if (from != AGENTS && left < 0) {
          return false;
        }
        if (order.holdSeconds() == 0) {
          free.merge(agent(order.credit()), order.amount().atoms(), Long::sum);
        }
      }
      return true;
    }

    Sums find(int agent) {
      return sums.getOrDefault(agent, new Sums());
    }

    /// The same id: with the same content it is answered as before, with another it is refused.
    void again(Transaction transaction) throws SQLException {
      boolean isDone = random.nextInt(3) > 0;
      Map<String, List<Order>> of = isDone ? done : failed;
      if (of.isEmpty()) {
        return;
      }
      List<Order> orders = List.copyOf(of.values()).get(random.nextInt(of.size()));
      if (random.nextBoolean()) {
        Outcome outcome = ledger.move(transaction, orders);
        if (isDone) {
          assertThat(outcome)
              .isInstanceOfSatisfying(
                  Outcome.Done.class, same -> assertThat(same.isNew()).isFalse());
        } else {
          assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        }
        return;
      }
      Order first = orders.getFirst();
      var other =
          new Order(
              first.id(),
              first.by(),
              first.with(),
              first.debit(),
              first.credit(),
              new Money(asset, first.amount().atoms() + 1),
              first.purpose(),
              first.about(),
              first.holdSeconds(),
              first.refunds());
      assertThat(ledger.move(transaction, List.of(other))).isInstanceOf(Outcome.Taken.class);
    }

    void end(Transaction transaction) throws SQLException {
      boolean isEnded = held.isEmpty() || random.nextInt(5) == 0;
      List<Held> of = isEnded ? ended : held;
      if (of.isEmpty()) {
        return;
      }
      Held one = of.get(random.nextInt(of.size()));
      Transfer stored = SqlLedger.known(transaction, one.id()).orElseThrow().transfer();
      boolean isPost = random.nextBoolean();
      long atoms = random.nextLong(1, one.atoms() + 1);
      Optional<Transfer> before = ledger.endOf(transaction, stored);
      Outcome outcome =
          isPost
              ? ledger.post(transaction, stored, atoms, "admin", "x")
              : ledger.release(transaction, stored, "admin", "x");
      if (isEnded) {
        boolean isSame =
            before.orElseThrow().kind() == (isPost ? Transfer.Kind.POST : Transfer.Kind.VOID)
                && (!isPost || before.get().amount().atoms() == atoms);
        assertThat(outcome).isInstanceOf(isSame ? Outcome.Done.class : Outcome.Ended.class);
      } else if (isPost && now.get() >= one.until()) {
        assertThat(outcome).isInstanceOf(Outcome.Ended.class);
      } else {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        settle(one, isPost ? atoms : 0);
      }
    }

    void settle(Held one, long moved) {
      held.remove(one);
      ended.add(one);
      find(one.from()).held -= one.atoms();
      find(one.from()).had -= moved;
      find(one.to()).had += moved;
    }

    void expire(Transaction transaction) throws SQLException {
      for (Transfer due : ledger.due(transaction, 1_000)) {
        Held one =
            held.stream().filter(some -> some.id().equals(due.id())).findFirst().orElseThrow();
        assertThat(one.until()).isLessThanOrEqualTo(now.get());
        assertThat(ledger.expire(transaction, due, "x")).isInstanceOf(Outcome.Done.class);
        settle(one, 0);
      }
    }

    void check(Transaction transaction) throws SQLException {
      for (int agent = 0; agent < AGENTS; agent++) {
        List<Account> accounts = ledger.accounts(transaction, name(agent));
        long had = accounts.stream().mapToLong(a -> a.creditsPosted() - a.debitsPosted()).sum();
        long held = accounts.stream().mapToLong(Account::debitsPending).sum();
        assertThat(had).isEqualTo(find(agent).had).isNotNegative();
        assertThat(held).isEqualTo(find(agent).held);
        assertThat(had - held).isNotNegative();
      }
    }
  }

  @Test
  void everyHistoryIsThatOfTheModel() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var database = Database.open(url, () -> 0, () -> {})) {
        Seeds.forAll(HISTORIES, random -> play(database, random));
      }
    }
  }

  private void play(Database database, SplittableRandom random) {
    now.set(1_000_000);
    var history = new History(random, histories.getAndIncrement());
    for (int step = 0; step < STEPS; step++) {
      written(
          database,
          transaction -> {
            history.step(transaction);
            history.check(transaction);
          });
    }
    now.addAndGet(1_000_000);
    written(database, history::expire);
    assertThat(database.read(ledger::differences)).isEmpty();
  }

  private interface Step {
    void run(Transaction transaction) throws SQLException;
  }

  /// What a step finds wrong is told here: the writer's thread is no place for it.
  private static void written(Database database, Step step) {
    Optional<AssertionError> wrong =
        database.write(transaction -> {
          try {
            step.run(transaction);
            return Optional.empty();
          } catch (AssertionError found) {
            return Optional.of(found);
          }
        });
    if (wrong.isPresent()) {
      throw wrong.get();
    }
  }
}
