package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Random histories of money in escrow against a second set of books: payers who pay, cancel, move
/// their money away and leave, a node that fails, blocks that are replaced, and a hub that ends.
/// `-Dseeds=` plays more.
final class CustodyModelTest {
  private static final int HISTORIES = 6;
  private static final int STEPS = 60;
  private static final long MINTED = 60_000;
  private static final long DEADLINE = 7_200;

  @TempDir private Path folder;

  @Test
  void moneyIsWhereItWasAgreed() {
    Seeds.forAll(
        HISTORIES,
        random -> {
          Optional<Anvil> anvil = Anvil.manual();
          assumeTrue(anvil.isPresent(), "anvil is not installed");
          // A database is of one chain, so there is a new one for each.
          try (Anvil chain = anvil.get();
              var world = new ChainWorld(chain, database(random))) {
            new History(new CustodyWorld(world), random).play();
          }
        });
  }

  private DatabaseUrl database(SplittableRandom random) {
    try {
      Path own = Files.createTempDirectory(folder, "history");
      List<DatabaseUrl> all = TestDatabase.each(own).toList();
      return all.get(random.nextInt(all.size()));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// What was ordered of one payment.
  private static final class Books {
    private final GasKey payer;
    private final Custody.Deal deal;
    private final ObjectNode signed;
    private final String payment;
    private long ordered;
    private boolean isCanceled;

    Books(GasKey payer, Custody.Deal deal, ObjectNode signed, String payment) {
      this.payer = payer;
      this.deal = deal;
      this.signed = signed;
      this.payment = payment;
    }
  }

  private static final class History {
    private final CustodyWorld it;
    private final ChainWorld world;
    private final SplittableRandom random;
    private final List<Books> books = new ArrayList<>();
    private final List<GasKey> payers = List.of(ChainWorld.key(1), ChainWorld.key(2));
    private int salt;

    History(CustodyWorld it, SplittableRandom random) {
      this.it = it;
      this.world = it.world();
      this.random = random;
    }

    void play() {
      for (GasKey payer : payers) {
        world.anvil.mint(payer.address(), MINTED);
        world.anvil.giveEther(payer.address(), java.math.BigInteger.TEN.pow(18));
      }
      world.anvil.mine(ChainWorld.CONFIRMATIONS);
      for (int i = 0; i < STEPS; i++) {
        step();
        check();
      }
      world.node.heal(0);
      it.finish();
      for (Books one : books) {
        if (isIn(one)) {
          cancel(one);
        }
      }
      // What was never in is over with its time.
      world.anvil.pass(4_000);
      it.finish();
      check();
      assertThat(it.isAnyWanted()).as("all is decided").isFalse();
      expectEnds();
    }

    private void step() {
      switch (random.nextInt(16)) {
        case 0, 1, 2 -> pay();
        case 3, 4, 5 -> any().ifPresent(this::capture);
        case 6 -> any().ifPresent(this::cancel);
        case 7, 8, 9 -> world.go(1 + random.nextInt(4));
        case 10 -> world.anvil.reorganise(1 + random.nextInt(ChainWorld.CONFIRMATIONS - 1));
        case 11 -> fail();
        case 12 -> world.node.heal(0);
        case 13 -> world.restart();
        case 14 -> moveAway();
        default -> leave();
      }
    }

    private Optional<Books> any() {
      List<Books> in = books.stream().filter(this::isIn).toList();
      return in.isEmpty() ? Optional.empty() : Optional.of(in.get(random.nextInt(in.size())));
    }

    /// Whether the hub knows that the money is in.
    private boolean isIn(Books one) {
      return orders(one.payment).stream()
          .anyMatch(order ->
              order.what() == Custody.What.AUTHORIZE && order.progress() == Custody.Progress.DONE);
    }

    private List<Custody.Ordered> orders(String payment) {
      return world.database.read(reader -> world.custody.about(reader, CustodyWorld.ABOUT)).stream()
          .filter(order -> order.payment().equals(payment))
          .toList();
    }

    private void pay() {
      GasKey payer = payers.get(random.nextInt(payers.size()));
      Custody.Deal deal = it.deal(payer, 1 + random.nextInt(20_000), DEADLINE);
      ObjectNode signed = it.signed(payer, deal, ++salt, 1_200);
      if (it.check(deal, signed) instanceof Custody.Checked.Fine fine) {
        var _ = world.database.write(open -> world.custody.authorize(open, fine.signed()));
        books.add(new Books(payer, deal, signed, fine.signed().payment()));
      }
    }

    private void capture(Books one) {
      long left = one.deal.atoms() - one.ordered;
      if (!one.isCanceled && left > 0) {
        long atoms = 1 + random.nextLong(left);
        it.capture(one.payment, atoms);
        one.ordered += atoms;
      }
    }

    private void cancel(Books one) {
      it.cancel(one.payment);
      one.isCanceled = true;
    }

    private void fail() {
      Fault fault = random.nextBoolean() ? Fault.UNHEARD : Fault.UNANSWERED;
      int one = 2 + random.nextInt(6);
      world.node.fail(_ -> random.nextInt(one) == 0 ? fault : Fault.NONE);
    }

    /// A payer's money goes where nobody looks.
    private void moveAway() {
      GasKey payer = payers.get(random.nextInt(payers.size()));
      long most = world.anvil.balance(payer.address()) / 4;
      if (most > 0) {
        Authorization one = world.signedFor(payer, 1 + random.nextLong(most));
        world.byStranger(one, ChainWorld.sign(payer, one));
        world.anvil.mine(1);
      }
    }

    /// Time passes until a payer may take its money back alone, which it does at times.
    private void leave() {
      if (random.nextInt(6) > 0 || books.isEmpty()) {
        return;
      }
      world.anvil.pass(DEADLINE);
      world.anvil.mine(1);
      Books one = books.get(random.nextInt(books.size()));
      if (it.inEscrow(one.payment, 1) > 0 && random.nextBoolean()) {
        it.reclaim(one.payer, one.deal, one.signed);
      }
    }

    /// What holds at any time, whatever the hub knows of it.
    private void check() {
      long captured = 0;
      long inEscrow = 0;
      for (Books one : books) {
        long paid = it.inEscrow(one.payment, 2);
        assertThat(paid)
            .as("no more is captured than was ordered")
            .isLessThanOrEqualTo(one.ordered);
        captured += paid;
        inEscrow += it.inEscrow(one.payment, 1);
      }
      assertThat(world.anvil.balance(Anvil.JOB_ESCROW)).isEqualTo(inEscrow);
      assertThat(received()).isEqualTo(captured);
      long have = payers.stream().mapToLong(one -> world.anvil.balance(one.address())).sum();
      assertThat(have + inEscrow + captured + world.anvil.balance(ChainWorld.SELLER))
          .isEqualTo(MINTED * payers.size());
    }

    private long received() {
      return world.anvil.balance(CustodyWorld.RECEIVER) + world.anvil.balance(CustodyWorld.FEES);
    }

    private void expectEnds() {
      long fees = 0;
      for (Books one : books) {
        assertThat(it.inEscrow(one.payment, 1)).as("nothing is left").isZero();
        long captured = 0;
        for (Custody.Ordered order : orders(one.payment)) {
          if (order.what() == Custody.What.CAPTURE && order.progress() == Custody.Progress.DONE) {
            captured += order.atoms();
            fees += order.atoms() * CustodyWorld.FEE_BPS / 10_000;
          }
        }
        assertThat(it.inEscrow(one.payment, 2)).as("what is told is so").isEqualTo(captured);
      }
      assertThat(world.anvil.balance(CustodyWorld.FEES)).isEqualTo(fees);
    }
  }
}
