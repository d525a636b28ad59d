package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Random amounts, most of them tiny, at rates that change, with calls that are declined, payments
/// that are given back, and sellers that spend what they were paid. After each the fees of a seller
/// are the sum of its amounts times their rates, rounded down. `-Dfees.histories` says how many
/// histories there are.
final class CallFeesTest {
  private static final int HISTORIES = Integer.getInteger("fees.histories", 10);
  private static final int STEPS = 60;
  private static final long BUYER = 1;
  private static final int SELLERS = 3;
  private static final BigInteger WHOLE = BigInteger.valueOf(10_000);
  private static final InstantSource CLOCK = InstantSource.system();

  @TempDir private Path folder;

  @Test
  void feesAreTheSumRoundedDownAtEveryMoment() {
    Seeds.forAll(
        HISTORIES,
        random ->
            TestDatabase.each(folder)
                .forEach(url -> {
                  try (var history = new History(random.split(), url)) {
                    history.run();
                  }
                }));
  }

  private static final class History implements AutoCloseable {
    final SplittableRandom random;
    final Database database;
    final Ledger ledger = new Ledger(new Audit(CLOCK, new SecureRandom()), CLOCK);
    final CallFees fees = new CallFees(ledger);
    final BigInteger[] due = new BigInteger[SELLERS];
    final long[] gross = new long[SELLERS];
    final long[] back = new long[SELLERS];
    int count;

    History(SplittableRandom random, DatabaseUrl url) {
      this.random = random;
      this.database = Database.open(url, () -> 0L, () -> {});
      java.util.Arrays.fill(due, BigInteger.ZERO);
      Account.Name issued = Account.Name.issuedBy("admin");
      move(issued, Account.Name.ofAgent(BUYER), Money.ATOMS_MAX, "deposit", 0);
    }

    Transfer move(Account.Name from, Account.Name to, long atoms, String purpose, long hold) {
      var order =
          new Order(
              "m" + count++,
              "admin",
              "",
              from,
              to,
              new Money(Asset.CREDIT, atoms),
              purpose,
              "",
              hold,
              OptionalLong.empty());
      return database.write(transaction ->
          ((Outcome.Done) ledger.move(transaction, List.of(order))).transfers().getFirst());
    }

    void run() {
      for (int i = 0; i < STEPS; i++) {
        step(random.nextInt(SELLERS));
        check();
      }
      assertThat(database.read(ledger::differences)).isEmpty();
    }

    void step(int seller) {
      Account.Name name = Account.Name.ofAgent(BUYER + 1 + seller);
      long atoms =
          switch (random.nextInt(5)) {
            case 0, 1 -> 1;
            case 2, 3 -> random.nextInt(1, 200);
            default -> random.nextLong(1, 1_000_000_000_000L);
          };
      Transfer held = move(Account.Name.ofAgent(BUYER), name, atoms, "payment", 600);
      if (random.nextInt(6) == 0) {
        database.write(transaction -> ledger.release(transaction, held, "s", "b"));
        return;
      }
      answer(seller, held, random.nextInt(200, 501));
      long has = available(name);
      if (random.nextInt(4) == 0 && has > 0) {
        // Given back, or spent otherwise: neither changes what is taken.
        long some = random.nextInt(3) == 0 ? has : random.nextLong(1, has + 1);
        move(name, Account.Name.ofAgent(BUYER), some, "refund", 0);
        back[seller] += some;
      }
    }

    void answer(int seller, Transfer held, long bps) {
      long atoms = held.amount().atoms();
      var call =
          new PaidCall(
              held.number(),
              "call_" + held.number(),
              "svc",
              1,
              BUYER,
              BUYER + 1 + seller,
              new PaidCall.Way.Held(held.number()),
              "null",
              Optional.empty(),
              PaidCall.State.WAITING,
              "",
              bps,
              0,
              0,
              0);
      long before = taken();
      long taken =
          database.write(transaction -> {
            ledger.post(transaction, held, atoms, "s", "b");
            return fees.take(transaction, call, held.amount(), "s");
          });
      assertThat(taken()).isEqualTo(before + taken);
      gross[seller] += atoms;
      due[seller] = due[seller].add(BigInteger.valueOf(atoms).multiply(BigInteger.valueOf(bps)));
    }

    void check() {
      long all = 0;
      for (int i = 0; i < SELLERS; i++) {
        long fee = due[i].divide(WHOLE).longValueExact();
        long seller = BUYER + 1 + i;
        assertThat(available(Account.Name.ofAgent(seller)))
            .as("net and fees are gross")
            .isEqualTo(gross[i] - fee - back[i]);
        assertThat(fee * 10_000).isLessThanOrEqualTo(gross[i] * 500);
        all += fee;
      }
      assertThat(taken()).isEqualTo(all);
    }

    long taken() {
      return available(Account.Name.ofFees("tx"));
    }

    long available(Account.Name name) {
      return database.read(
          reader -> ledger.accounts(reader, name).stream().mapToLong(Account::available).sum());
    }

    @Override
    public void close() {
      database.close();
    }
  }
}
