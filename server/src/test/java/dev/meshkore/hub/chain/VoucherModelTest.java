package dev.meshkore.hub.chain;

import static dev.meshkore.hub.chain.VoucherWorld.AUTHORIZER;
import static dev.meshkore.hub.chain.VoucherWorld.channel;
import static dev.meshkore.hub.chain.VoucherWorld.entry;
import static dev.meshkore.hub.chain.VoucherWorld.refund;
import static dev.meshkore.hub.chain.VoucherWorld.voucher;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Random histories of channels: deposits, vouchers, claims, payouts, refunds and payers who leave
/// alone, in any order and again; blocks are replaced, the node does not hear or answer, the hub
/// ends and starts. At each step what is claimed was charged, what was charged was signed, and both
/// are in the channel; at the end all money is somewhere, and the hub says what the chain says.
/// `-Dvouchers.histories` says how many there are.
final class VoucherModelTest {
  private static final int HISTORIES = Integer.getInteger("vouchers.histories", 12);
  private static final int STEPS = 50;
  private static final int BUYERS = 3;
  private static final long MINTED = 20_000;

  @TempDir private Path folder;

  @Test
  void nobodyGetsMoreThanWasSigned() {
    Seeds.forAll(
        HISTORIES,
        random -> {
          List<DatabaseUrl> urls = TestDatabase.each(folder).toList();
          Optional<Anvil> anvil = Anvil.manual();
          assumeTrue(anvil.isPresent(), "anvil is not installed");
          try (Anvil chain = anvil.get();
              var world = new ChainWorld(chain, urls.get(random.nextInt(urls.size())))) {
            new History(new VoucherWorld(world), random.split()).play();
          }
        });
  }

  /// A channel, as its payer and its seller know it.
  private static final class Books {
    final GasKey payer;
    final Channel channel;

    /// The highest ceiling that the payer has signed.
    long signed;

    /// What the seller has charged in all.
    long charged;

    /// Whether nobody charges any more, since money goes back.
    boolean isClosed;

    Books(GasKey payer, int number) {
      this.payer = payer;
      this.channel = channel(payer, number);
    }
  }

  private static final class History {
    private final VoucherWorld all;
    private final ChainWorld world;
    private final SplittableRandom random;
    private final List<Books> books = new ArrayList<>();
    private final List<ObjectNode> said = new ArrayList<>();
    private final Map<Long, String> decided = new HashMap<>();
    private int salt = 1;

    History(VoucherWorld all, SplittableRandom random) {
      this.all = all;
      this.world = all.world();
      this.random = random;
      for (int i = 0; i < BUYERS; i++) {
        books.add(new Books(ChainWorld.key(i), 1));
        books.add(new Books(ChainWorld.key(i), 2));
      }
    }

    void play() {
      for (int i = 0; i < BUYERS; i++) {
        world.anvil.mint(ChainWorld.key(i).address(), MINTED);
      }
      world.anvil.mine(ChainWorld.CONFIRMATIONS);
      for (int i = 0; i < STEPS; i++) {
        step();
        expectInvariants();
      }
      world.node.heal(0);
      world.go(10);
      // What waits for somebody to ask again is over with its time.
      world.anvil.pass(4_000);
      for (int i = 0; i < 60 && openCount() > 0; i++) {
        world.go(1);
        expectInvariants();
      }
      assertThat(openCount()).as("all is decided").isZero();
      compare();
    }

    private void step() {
      Books one = books.get(random.nextInt(books.size()));
      switch (random.nextInt(20)) {
        case 0, 1, 2 -> deposit(one);
        case 3, 4, 5, 6 -> charge(one);
        case 7, 8 -> claim();
        case 9 -> say(VoucherWorld.settle());
        case 10 -> refundAll(one);
        case 11 -> again();
        case 12, 13, 14 -> world.go(1 + random.nextInt(3));
        case 15 -> reorganise();
        case 16 -> fail();
        case 17 -> world.node.heal(0);
        case 18 -> world.restart();
        default -> leave(one);
      }
    }

    private void say(ObjectNode payload) {
      said.add(payload);
      all.handIn(payload);
    }

    private void deposit(Books one) {
      long ceiling = one.charged + 1;
      say(all.deposit(one.payer, one.channel, 1 + random.nextInt(2_000), ceiling, salt++));
    }

    /// The payer signs the next ceiling, and the seller charges what the hub says is good.
    private void charge(Books one) {
      long ceiling = one.charged + 1 + random.nextInt(300);
      if (one.isClosed) {
        return;
      }
      one.signed = Math.max(one.signed, ceiling);
      if (all.seen(voucher("voucher", one.payer, one.channel, ceiling)).isEmpty()) {
        assertThat(ceiling).as("vouchers go up").isGreaterThan(one.charged);
        one.charged = ceiling;
      } else if (random.nextBoolean()) {
        // It may be that somebody else signed it, or nobody.
        String other = all.seen(voucher("voucher", AUTHORIZER, one.channel, ceiling));
        assertThat(other).isNotEmpty();
      }
    }

    /// Some of what was charged, perhaps of long ago.
    private void claim() {
      var claims = new ArrayList<Channel.Claim>();
      for (Books one : books) {
        if (one.charged > 0 && (random.nextBoolean() || claims.isEmpty())) {
          long total = random.nextBoolean() ? one.charged : 1 + random.nextLong(one.charged);
          claims.add(entry(one.payer, one.channel, Math.max(total, one.charged), total));
        }
      }
      if (!claims.isEmpty()) {
        say(VoucherWorld.claim(AUTHORIZER, claims));
      }
    }

    private void refundAll(Books one) {
      one.isClosed = true;
      long nonce =
          all.word(Anvil.function("refundNonce(bytes32)", VoucherWorld.id(one.channel)), 0)
              .longValueExact();
      long charged = one.charged;
      List<Channel.Claim> claims =
          charged == 0 ? List.of() : List.of(entry(one.payer, one.channel, charged, charged));
      say(refund(one.payer, one.channel, charged, 1 + random.nextInt(3_000), nonce, claims));
    }

    private void again() {
      if (!said.isEmpty()) {
        all.handIn(said.get(random.nextInt(said.size())));
      }
    }

    private void reorganise() {
      world.anvil.mine(1);
      if (random.nextBoolean()) {
        world.following.look();
      }
      world.anvil.reorganise(1 + random.nextInt(ChainWorld.CONFIRMATIONS - 1));
    }

    private void fail() {
      Fault fault = random.nextBoolean() ? Fault.UNHEARD : Fault.UNANSWERED;
      int calls = 1 + random.nextInt(12);
      var count = new int[1];
      world.node.fail(_ -> ++count[0] >= calls ? fault : Fault.NONE);
    }

    /// The payer takes money back alone; what it has already signed may be claimed meanwhile.
    private void leave(Books one) {
      long left = all.balance(one.channel) - all.claimed(one.channel);
      boolean isLeaving =
          all.word(Anvil.function("pendingWithdrawals(bytes32)", VoucherWorld.id(one.channel)), 1)
                  .signum()
              > 0;
      if (isLeaving) {
        one.isClosed = true;
        // The seller has its time to claim what it has charged.
        world.node.heal(0);
        world.go(ChainWorld.CONFIRMATIONS + 2);
        if (one.charged > 0) {
          List<Channel.Claim> own =
              List.of(entry(one.payer, one.channel, one.charged, one.charged));
          say(VoucherWorld.claim(AUTHORIZER, own));
        }
        world.go(ChainWorld.CONFIRMATIONS + 2);
        world.anvil.pass(VoucherWorld.DELAY);
        all.finishWithdrawal(one.channel);
      } else if (left > 0) {
        all.withdraw(one.channel, 1 + random.nextLong(left));
      }
    }

    private void expectInvariants() {
      for (Books one : books) {
        long claimed = all.claimed(one.channel);
        assertThat(claimed).as("claimed").isLessThanOrEqualTo(one.charged);
        assertThat(one.charged).as("charged").isLessThanOrEqualTo(one.signed);
        assertThat(claimed).as("claimed").isLessThanOrEqualTo(all.balance(one.channel));
        if (!one.isClosed) {
          assertThat(one.charged).as("charged").isLessThanOrEqualTo(balanceEver(one));
        }
      }
      states()
          .forEach((number, state) -> {
            String before = decided.putIfAbsent(number, state);
            assertThat(before == null || before.equals(state)).as("%s changed", number).isTrue();
          });
    }

    /// What is in the channel, or will be again when the hub has sent what a reorganisation undid.
    private long balanceEver(Books one) {
      long onTheWay =
          world
              .database
              .read(reader -> world.settler.rows().activeOfPayer(reader, one.payer.address()))
              .stream()
              .mapToLong(row -> row.value().longValueExact())
              .sum();
      return all.balance(one.channel) + onTheWay;
    }

    private Map<Long, String> states() {
      var states = new HashMap<Long, String>();
      world
          .database
          .read(reader ->
              reader.list(
                  "SELECT number, state FROM chain_settlement WHERE state IN ('final', 'failed')",
                  row -> Map.entry(row.getLong(1), row.getString(2))))
          .forEach(row -> states.put(row.getKey(), row.getValue()));
      return states;
    }

    private long openCount() {
      return world.database.read(reader ->
          reader.number(
              "SELECT COUNT(*) FROM chain_settlement WHERE state NOT IN ('final', 'failed')", 0));
    }

    private void compare() {
      List<Settling> rows =
          world.database.read(reader ->
              reader
                  .list(
                      "SELECT number FROM chain_settlement ORDER BY number", row -> row.getLong(1))
                  .stream()
                  .map(number -> found(reader, number))
                  .toList());
      for (Settling row : rows) {
        if (row.deed().kind() == Kind.DEPOSIT) {
          assertThat(world.anvil.isUsed(row.payer(), row.nonce()))
              .isEqualTo(row.state() == State.FINAL);
        }
        if (row.state() == State.FINAL) {
          for (Aim aim : row.deed().aims()) {
            assertThat(word(aim)).as("%s", aim).isGreaterThanOrEqualTo(aim.bound());
          }
        }
      }
      long claimed = 0;
      long balance = 0;
      for (Books one : books) {
        claimed += all.claimed(one.channel);
        balance += all.balance(one.channel);
        String name = VoucherWorld.hex(VoucherWorld.id(one.channel)).substring(2);
        long refunds =
            rows.stream()
                .filter(row -> row.deed().subject().equals(name) && row.state() == State.FINAL)
                .count();
        assertThat(
                all.word(Anvil.function("refundNonce(bytes32)", VoucherWorld.id(one.channel)), 0))
            .as("refunds")
            .isEqualTo(BigInteger.valueOf(refunds));
      }
      long seller = world.anvil.balance(VoucherWorld.SELLER.address());
      assertThat(all.receivedOrClaimed(0)).as("claimed").isEqualTo(claimed);
      assertThat(all.receivedOrClaimed(1)).as("paid").isEqualTo(seller);
      long escrow = world.anvil.balance(Anvil.ESCROW);
      assertThat(escrow).as("in escrow").isEqualTo(balance - seller);
      long buyers = 0;
      for (int i = 0; i < BUYERS; i++) {
        buyers += world.anvil.balance(ChainWorld.key(i).address());
      }
      assertThat(buyers + seller + escrow).as("all money").isEqualTo(BUYERS * MINTED);
    }

    private BigInteger word(Aim aim) {
      var question = Map.of("to", aim.contract().text(), "data", VoucherWorld.hex(aim.question()));
      String answer = world.anvil.call("eth_call", question, "latest").asString();
      return new BigInteger(answer.substring(2 + 64 * aim.word(), 66 + 64 * aim.word()), 16);
    }

    private Settling found(dev.meshkore.hub.store.Transaction reader, long number) {
      try {
        return world.settler.rows().find(reader, number).orElseThrow();
      } catch (java.sql.SQLException failure) {
        throw new AssertionError(failure);
      }
    }
  }
}
