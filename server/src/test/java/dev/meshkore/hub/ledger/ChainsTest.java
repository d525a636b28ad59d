package dev.meshkore.hub.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What is read by links and pages is what the whole table says, whatever the clock did.
final class ChainsTest {
  private static final Account.Name ISSUED = Account.Name.issuedBy("admin");
  private static final Comparator<Transfer> BY_TIME =
      Comparator.comparingLong(Transfer::madeAtMs).thenComparingLong(Transfer::number);
  private static final List<String> WITHOUT = List.of("refund", "withdrawal");

  @TempDir private Path folder;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong now = new AtomicLong(1_000_000);
  private final InstantSource clock = () -> Instant.ofEpochMilli(now.get());
  private final Ledger ledger = new Ledger(new Audit(clock, new SecureRandom()), clock);

  private Order order(Account.Name from, Account.Name to, String purpose, long holdSeconds) {
    return new Order(
        "o" + count.getAndIncrement(),
        "admin",
        "x",
        from,
        to,
        new Money(Asset.CREDIT, purpose.equals("deposit") ? 9 : 1 + count.get() % 7),
        purpose,
        "",
        holdSeconds,
        OptionalLong.empty());
  }

  private Transfer move(Database database, Order order) {
    Outcome outcome = database.write(transaction -> ledger.move(transaction, List.of(order)));
    return ((Outcome.Done) outcome).transfers().getFirst();
  }

  private void step(Database database, SplittableRandom random, Account.Name name) {
    switch (random.nextInt(6)) {
      case 0, 1 -> move(database, order(ISSUED, name, "deposit", 0));
      case 2 -> move(database, order(ISSUED, name, "deposit", 60));
      case 3 -> {
        move(database, order(ISSUED, name, "deposit", 0));
        move(database, order(name, ISSUED, random.nextBoolean() ? "payment" : "refund", 0));
      }
      case 4 -> {
        Transfer held = move(database, order(ISSUED, name, "deposit", 9_000));
        database.write(transaction -> ledger.post(transaction, held, 1, "admin", "x"));
      }
      default ->
          now.addAndGet(
              random.nextInt(8) == 0 ? random.nextInt(-90_000, 90_000) : random.nextInt(40));
    }
  }

  /// The table from its first row on.
  private static List<Transfer> table(Database database, Account.Name name) {
    return database
        .read(reader ->
            reader.list(
                "SELECT " + SqlLedger.COLUMNS + SqlLedger.FROM + " ORDER BY t.number",
                SqlLedger::transfer))
        .stream()
        .filter(one -> one.debit().equals(name) || one.credit().equals(name))
        .toList();
  }

  private static List<Transfer> first(
      List<Transfer> all, Predicate<Transfer> which, Comparator<Transfer> order, int limit) {
    return all.stream().filter(which).sorted(order).limit(limit).toList();
  }

  private static long change(Transfer one, Account.Name name) {
    return one.credit().equals(name) ? one.amount().atoms() : -one.amount().atoms();
  }

  private static boolean isAfter(Transfer one, Moment moment) {
    return one.madeAtMs() > moment.atMs()
        || (one.madeAtMs() == moment.atMs() && one.number() > moment.number());
  }

  @Test
  void whatIsReadIsWhatTheTableSays() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var database = Database.open(url, () -> 0, () -> {})) {
        Seeds.forAll(3, random -> play(database, random));
      }
    }
  }

  private void play(Database database, SplittableRandom random) {
    Account.Name name = Account.Name.ofAgent(1_000 + count.get());
    int steps = random.nextInt(300, 600);
    for (int i = 0; i < steps; i++) {
      step(database, random, name);
    }
    List<Transfer> all = table(database, name);
    List<Account> accounts = database.read(reader -> ledger.accounts(reader, name));
    assertThat(accounts.getFirst().credits().length()).isGreaterThan(2 * Chain.PAGE);
    // What moves after the accounts were read is in nothing that is read of them.
    for (int i = 0; i < 100; i++) {
      step(database, random, name);
    }
    for (int look = 0; look < 40; look++) {
      Transfer some = all.get(random.nextInt(all.size()));
      Moment after = random.nextBoolean() ? Moment.after(some) : Moment.before(some.madeAtMs() - 5);
      long before = random.nextBoolean() ? Long.MAX_VALUE : some.madeAtMs() + 20_000;
      int limit = random.nextInt(1, 200);
      List<Transfer> moved =
          database.read(reader -> ledger.moved(reader, accounts, after, before, limit));
      assertThat(moved)
          .isEqualTo(
              first(
                  all,
                  one -> one.isMoved() && isAfter(one, after) && one.madeAtMs() < before,
                  BY_TIME,
                  limit));
      long balance = database.read(reader -> ledger.balanceAt(reader, accounts.getFirst(), after));
      assertThat(balance)
          .isEqualTo(
              all.stream()
                  .filter(one -> one.isMoved() && !isAfter(one, after))
                  .mapToLong(one -> change(one, name))
                  .sum());
    }
    lists(database, random, name);
    assertThat(database.read(ledger::differences)).isEmpty();
  }

  private void lists(Database database, SplittableRandom random, Account.Name name) {
    List<Transfer> all = table(database, name);
    Comparator<Transfer> newest = Comparator.comparingLong(Transfer::number).reversed();
    for (int look = 0; look < 40; look++) {
      long number = all.get(random.nextInt(all.size())).number() + random.nextInt(-2, 3);
      long below = random.nextInt(5) == 0 ? Long.MAX_VALUE : number;
      int limit = random.nextInt(1, 200);
      List<Transfer> page = database.read(reader -> ledger.page(reader, name, below, limit));
      assertThat(page).isEqualTo(first(all, one -> one.number() < below, newest, limit));
      List<Ledger.Paid> paid =
          database.read(reader -> ledger.lastPaid(reader, name, "CREDIT", WITHOUT, limit));
      assertThat(paid)
          .isEqualTo(
              first(
                      all,
                      one -> one.debit().equals(name) && !WITHOUT.contains(one.purpose()),
                      newest,
                      limit)
                  .stream()
                  .map(one -> new Ledger.Paid(one.amount().atoms(), one.madeAtMs()))
                  .toList());
    }
  }

  @Test
  void whoHasPaidWhomIsKept() {
    Account.Name payer = Account.Name.ofAgent(1);
    Account.Name payee = Account.Name.ofAgent(2);
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            move(database, order(ISSUED, payer, "deposit", 0));
            for (int i = 0; i < 9; i++) {
              move(database, order(ISSUED, payer, "deposit", 0));
            }
            Transfer fee = move(database, order(payer, payee, "fee", 0));
            Transfer held = move(database, order(payer, payee, "payment", 60));
            assertThat(hasPaid(database, payer, payee)).isFalse();
            database.write(transaction -> ledger.post(transaction, held, 1, "admin", "x"));
            assertThat(hasPaid(database, payer, payee)).isTrue();
            assertThat(hasPaid(database, payee, payer)).isFalse();
            Transfer again = move(database, order(payer, payee, "call", 0));
            assertThat(
                    Stream.of(fee, held, again)
                        .map(one -> database.read(reader -> ledger.hasPaidBefore(reader, one))))
                .containsExactly(false, false, true);
          }
        });
  }

  private boolean hasPaid(Database database, Account.Name payer, Account.Name payee) {
    return database.read(reader -> ledger.hasPaid(reader, payer, payee));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE ledger_transfer SET debit_before = 0 WHERE number = 150",
        "UPDATE ledger_transfer SET credit_before = 3 WHERE number = 150",
        "UPDATE ledger_transfer SET credit_before = 151 WHERE number = 150",
        "UPDATE ledger_account SET credits = credits + 1 WHERE name = 'agent:1'",
        "UPDATE ledger_account SET newest_debit = newest_debit - 1 WHERE name = 'issued:admin'",
        "UPDATE ledger_page SET atoms = atoms + 1 WHERE side = 'credit'",
        "DELETE FROM ledger_page WHERE side = 'debit'",
        "UPDATE ledger_account SET debits_posted = debits_posted + 1 WHERE name = 'issued:admin'"
      })
  void whatIsWrongInTheBooksIsTold(String wrong) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            for (int i = 0; i < 160; i++) {
              move(database, order(ISSUED, Account.Name.ofAgent(1), "deposit", 0));
            }
            assertThat(database.read(ledger::differences)).isEmpty();
            database.write(transaction -> transaction.update(wrong));
            assertThat(database.read(ledger::differences)).isNotEmpty();
          }
        });
  }

  /// A step back is a look by number, whatever else the table has.
  @ParameterizedTest
  @ValueSource(strings = {"DEBIT", "CREDIT"})
  void aStepBackIsALookByNumber(Chain.Side side) {
    var url = new DatabaseUrl.SqliteFile(folder.resolve("plan.db"));
    try (var database = Database.open(url, () -> 0, () -> {})) {
      List<String> plan =
          database.read(reader ->
              reader.list(
                  "EXPLAIN QUERY PLAN " + SqlChains.backSql(side), row -> row.getString(4), 1L, 9));
      assertThat(plan)
          .contains("SCAN w", "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)")
          .noneMatch(line -> line.startsWith("SCAN") && !line.equals("SCAN w"));
    }
  }
}
