package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What payers and strangers try who know the rules, on a real chain.
final class StrangersTest {
  private static final long PRICE = 10_000;
  private static final GasKey BUYER = ChainWorld.key(1);

  @TempDir private Path folder;

  private void onEach(Consumer<ChainWorld> test) {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url)) {
        chain.mint(BUYER.address(), 10 * PRICE);
        test.accept(world);
      }
    }
  }

  private static void sendNothing(ChainWorld world) {
    world.node.fail(method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
  }

  @Test
  void oneTransferSettlesOnePayment() {
    for (boolean isOwnFirst : List.of(true, false)) {
      onEach(world -> {
        Authorization first = world.signedFor(BUYER, PRICE);
        Authorization second = world.signedFor(BUYER, PRICE);
        // The payer uses the first one's nonce to pay itself nothing.
        var own =
            new Authorization(
                first.from(),
                first.from(),
                BigInteger.ZERO,
                first.validAfter(),
                first.validBefore(),
                first.nonce());
        sendNothing(world);
        world.handIn(BUYER, first);
        world.handIn(BUYER, second);
        byte[] payingItself = TokenCalls.move(own, ChainWorld.sign(BUYER, own));
        byte[] paying = TokenCalls.move(second, ChainWorld.sign(BUYER, second));
        world.byStrangerTogether(
            isOwnFirst ? List.of(payingItself, paying) : List.of(paying, payingItself));
        world.anvil.mine(1);
        world.node.heal(0);
        world.go(5);
        assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(PRICE);
        assertThat(world.state(second)).isEqualTo(State.FINAL);
        assertThat(world.state(first)).isEqualTo(State.FAILED);
        assertThat(world.row(first).orElseThrow().reason()).isEqualTo(Following.USED_OTHERWISE);
      });
    }
  }

  @Test
  void twoPaymentsInOneTransactionAreTwo() {
    onEach(world -> {
      Authorization first = world.signedFor(BUYER, PRICE);
      Authorization second = world.signedFor(BUYER, PRICE);
      sendNothing(world);
      world.handIn(BUYER, first);
      world.handIn(BUYER, second);
      world.byStrangerTogether(
          List.of(
              TokenCalls.move(second, ChainWorld.sign(BUYER, second)),
              TokenCalls.move(first, ChainWorld.sign(BUYER, first))));
      world.anvil.mine(1);
      world.node.heal(0);
      world.go(5);
      assertThat(List.of(world.state(first), world.state(second))).containsOnly(State.FINAL);
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(2 * PRICE);
    });
  }

  private static String refusal(ChainWorld world, GasKey payer, Authorization one) {
    Asker asker = ChainWorld.asker(payer, one);
    return switch (world.settler.handIn(ChainWorld.order(payer, one), asker)) {
      case Settler.HandedIn.Not not -> not.reason();
      case Settler.HandedIn.New _, Settler.HandedIn.Known _ -> "";
    };
  }

  @Test
  void whatAPayerHasCountsOnceForAllThatIsOnTheWay() {
    onEach(world -> {
      GasKey poor = ChainWorld.key(2);
      world.anvil.mint(poor.address(), 2 * PRICE);
      Authorization first = world.signedFor(poor, PRICE);
      Authorization much = world.signedFor(poor, PRICE + 1);
      Authorization second = world.signedFor(poor, PRICE);
      Authorization third = world.signedFor(poor, 1);
      world.handIn(poor, first);
      assertThat(refusal(world, poor, much)).isEqualTo("insufficient_funds");
      assertThat(world.row(much)).isEmpty();
      // It is paid meanwhile, and the hub has not looked yet.
      world.anvil.mine(1);
      assertThat(refusal(world, poor, much)).isNotEmpty();
      assertThat(refusal(world, poor, second)).isEmpty();
      assertThat(refusal(world, poor, third)).isEqualTo("insufficient_funds");
      world.go(5);
      assertThat(List.of(world.state(first), world.state(second))).containsOnly(State.FINAL);
    });
  }

  @Test
  void theGasOfAllThatIsOnTheWayIsThere() {
    onEach(world -> {
      sendNothing(world);
      Authorization first = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, first);
      Settling.Attempt attempt = world.attempts(first).getFirst();
      long gas = world.row(first).orElseThrow().gas();
      BigInteger cost = BigInteger.valueOf(gas).multiply(BigInteger.valueOf(attempt.feeMax()));
      // Enough for one and a half.
      world.anvil.giveEther(
          world.gasKey.address(), cost.multiply(BigInteger.valueOf(3)).shiftRight(1));
      assertThat(refusal(world, BUYER, world.signedFor(BUYER, PRICE)))
          .isEqualTo("unexpected_settle_error");
    });
  }

  @Test
  void onePayerHasSoManyOpen() {
    onEach(world -> {
      sendNothing(world);
      for (int i = 0; i < Bounds.OF_PAYER_MAX; i++) {
        world.handIn(BUYER, world.signedFor(BUYER, 1));
      }
      assertThat(refusal(world, BUYER, world.signedFor(BUYER, 1))).isEqualTo("rate_limited");
      GasKey other = ChainWorld.key(2);
      world.anvil.mint(other.address(), PRICE);
      assertThat(refusal(world, other, world.signedFor(other, 1))).isEmpty();
    });
  }

  @Test
  void eachTransactionCountsForTheHour() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url, 2)) {
        chain.mint(BUYER.address(), 2 * PRICE);
        Authorization one = world.signedFor(BUYER, PRICE);
        world.failInItsBlock(BUYER, one);
        chain.mint(BUYER.address(), 2 * PRICE);
        world.handIn(BUYER, one);
        assertThat(world.attempts(one)).hasSize(2);
        assertThat(refusal(world, BUYER, world.signedFor(BUYER, PRICE))).isEqualTo("rate_limited");
        chain.pass(3_600);
        chain.mine(1);
        assertThat(refusal(world, BUYER, world.signedFor(BUYER, PRICE))).isEmpty();
      }
    }
  }

  @Test
  void aPaymentIsNotTriedOnceMoreWhenTheHourIsFull() {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url, 1)) {
        chain.mint(BUYER.address(), PRICE);
        Authorization one = world.signedFor(BUYER, PRICE);
        world.failInItsBlock(BUYER, one);
        chain.mint(BUYER.address(), PRICE);
        world.handIn(BUYER, one);
        assertThat(world.attempts(one)).hasSize(1);
      }
    }
  }

  @Test
  void whatIsStuckKeepsNothingFromBeingLookedAt() {
    onEach(world -> {
      var stuck = new HashSet<String>();
      for (int i = 0; i < 3; i++) {
        Authorization one = world.signedFor(BUYER, 1);
        world.handIn(BUYER, one);
        stuck.add(world.attempts(one).getFirst().hash());
      }
      Authorization newer = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, newer);
      world.node.failCalls(
          call -> stuck.contains(call.at("/params/0").asString("")) ? Fault.UNHEARD : Fault.NONE);
      world.go(8);
      assertThat(world.state(newer)).isEqualTo(State.FINAL);
      world.node.heal(0);
      world.go(3);
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(PRICE + 3);
    });
  }
}
