package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Payments on a real chain come out as exactly one of settled and not settled, whatever happens to
/// the chain, the node and the hub on the way.
final class SettlingTest {
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

  private static void expectPaid(ChainWorld world, int times) {
    assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(times * PRICE);
    assertThat(world.anvil.balance(BUYER.address())).isEqualTo((10 - times) * PRICE);
  }

  @Test
  void isFinalWhenItIsDeepEnough() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, one);
      assertThat(world.state(one)).isEqualTo(State.BROADCAST);
      for (int depth = 1; depth < ChainWorld.CONFIRMATIONS; depth++) {
        world.go(1);
        assertThat(world.state(one)).isEqualTo(State.MINED);
      }
      world.go(1);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      expectPaid(world, 1);
      String hash = world.row(one).orElseThrow().transaction();
      assertThat(hash).isEqualTo(world.attempts(one).getFirst().hash());
      assertThat(world.anvil.call("eth_getTransactionReceipt", hash).get("status").asString())
          .isEqualTo("0x1");
      world.go(1);
      assertThat(world.row(one).orElseThrow().isNonceOpen()).isFalse();
    });
  }

  @Test
  void isSentAgainAfterAReorganisation() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, one);
      world.go(2);
      assertThat(world.state(one)).isEqualTo(State.MINED);
      world.anvil.reorganise(2);
      expectPaid(world, 0);
      world.following.look();
      assertThat(world.state(one)).isEqualTo(State.BROADCAST);
      world.go(1);
      assertThat(world.state(one)).isEqualTo(State.MINED);
      world.go(3);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.attempts(one)).hasSize(1);
      expectPaid(world, 1);
    });
  }

  @Test
  void aLostAnswerChangesNothing() {
    for (Fault fault : List.of(Fault.UNHEARD, Fault.UNANSWERED)) {
      onEach(world -> {
        Authorization one = world.signedFor(BUYER, PRICE);
        world.node.fail(method -> method.equals("eth_sendRawTransaction") ? fault : Fault.NONE);
        world.handIn(BUYER, one);
        assertThat(world.state(one)).isEqualTo(State.PREPARED);
        world.node.heal(0);
        world.following.look();
        assertThat(world.state(one)).isEqualTo(State.BROADCAST);
        world.go(4);
        assertThat(world.state(one)).isEqualTo(State.FINAL);
        expectPaid(world, 1);
      });
    }
  }

  @Test
  void whatIsUnsentWhenItsTimeIsOverHasFailed() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handIn(BUYER, one);
      world.go(40);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.EXPIRED);
      assertThat(world.row(one).orElseThrow().isNonceOpen()).isTrue();
      // Its place among the sender's transactions is filled, so that the next does not wait.
      world.node.heal(0);
      Authorization next = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, next);
      world.go(15);
      assertThat(world.row(one).orElseThrow().isNonceOpen()).isFalse();
      assertThat(world.state(next)).isEqualTo(State.FINAL);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      expectPaid(world, 1);
    });
  }

  @Test
  void whoeverElseHandsItInSettlesIt() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handIn(BUYER, one);
      world.byStranger(one, ChainWorld.sign(BUYER, one));
      world.anvil.mine(1);
      world.node.heal(0);
      world.go(5);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.row(one).orElseThrow().transaction())
          .isNotEqualTo(world.attempts(one).getFirst().hash());
      expectPaid(world, 1);
    });
  }

  @Test
  void whatThePayerTakesBackHasFailed() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handIn(BUYER, one);
      world.cancel(BUYER, one);
      world.anvil.mine(1);
      world.node.heal(0);
      world.go(5);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.CANCELED);
      expectPaid(world, 0);
    });
  }

  @Test
  void aNonceUsedForSomethingElsePaysForNothingHere() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      var other =
          new Authorization(
              one.from(),
              new Address("00000000000000000000000000000000000000ff"),
              one.value(),
              one.validAfter(),
              one.validBefore(),
              one.nonce());
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handIn(BUYER, one);
      world.byStranger(other, ChainWorld.sign(BUYER, other));
      world.anvil.mine(1);
      world.node.heal(0);
      world.go(5);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.USED_OTHERWISE);
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isZero();
    });
  }

  @Test
  void isTriedOnceMoreWhenItIsAskedForAgain() {
    onEach(world -> {
      GasKey poor = ChainWorld.key(2);
      world.anvil.mint(poor.address(), PRICE);
      Authorization one = world.signedFor(poor, PRICE);
      world.failInItsBlock(poor, one);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.REVERTED);
      assertThat(world.state(one)).isEqualTo(State.BROADCAST);
      long paid = world.anvil.balance(ChainWorld.SELLER);
      // Whoever was told so may have paid otherwise, so nothing is done about it unasked.
      world.anvil.mint(poor.address(), PRICE);
      world.go(5);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.REVERTED);
      assertThat(world.attempts(one)).hasSize(1);
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(paid);
      world.handIn(poor, one);
      world.go(5);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.attempts(one)).hasSize(2);
      assertThat(world.anvil.balance(ChainWorld.SELLER)).isEqualTo(paid + PRICE);
      assertThat(world.anvil.balance(poor.address())).isZero();
    });
  }

  @Test
  void isTriedOnceMoreAndNotTwice() {
    onEach(world -> {
      GasKey poor = ChainWorld.key(2);
      world.anvil.mint(poor.address(), PRICE);
      Authorization one = world.signedFor(poor, PRICE);
      world.failInItsBlock(poor, one);
      // Without the money nothing is tried.
      world.handIn(poor, one);
      assertThat(world.attempts(one)).hasSize(1);
      world.anvil.mint(poor.address(), PRICE);
      world.failInItsBlock(poor, one);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.REVERTED);
      assertThat(world.attempts(one)).hasSize(2);
      world.anvil.mint(poor.address(), PRICE);
      world.handIn(poor, one);
      world.go(3);
      assertThat(world.attempts(one)).hasSize(2);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.REVERTED);
    });
  }

  @Test
  void whatFailsInItsBlockFailsWhenItsTimeIsOver() {
    onEach(world -> {
      GasKey poor = ChainWorld.key(2);
      world.anvil.mint(poor.address(), PRICE);
      Authorization one = world.signedFor(poor, PRICE);
      world.failInItsBlock(poor, one);
      world.go(40);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      assertThat(world.row(one).orElseThrow().reason()).isEqualTo(Following.EXPIRED);
    });
  }

  @Test
  void givesMoreWhenItIsStuck() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, one);
      // Blocks become too dear for it.
      world.anvil.call("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(4_000_000_000L));
      world.go(1);
      world.anvil.pass(ChainWorld.STUCK.toSeconds());
      world.anvil.call("anvil_setNextBlockBaseFeePerGas", "0x" + Long.toHexString(4_000_000_000L));
      assertThat(world.state(one)).isEqualTo(State.BROADCAST);
      world.go(1);
      assertThat(world.attempts(one)).hasSize(2);
      world.go(4);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.row(one).orElseThrow().transaction())
          .isEqualTo(world.attempts(one).getFirst().hash());
      expectPaid(world, 1);
    });
  }

  @Test
  void takesAnotherPlaceWhenSomebodyElseUsedTheKey() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handIn(BUYER, one);
      byte[] foreign =
          new RawTransaction(
                  Anvil.CHAIN,
                  world.row(one).orElseThrow().senderNonce(),
                  1_000_000_000,
                  9_000_000_000L,
                  21_000,
                  ChainWorld.SELLER,
                  new byte[0])
              .signed(world.gasKey)
              .bytes();
      world.anvil.call(
          "eth_sendRawTransaction", "0x" + java.util.HexFormat.of().formatHex(foreign));
      world.anvil.mine(1);
      world.node.heal(0);
      world.go(8);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.attempts(one)).hasSize(2);
      expectPaid(world, 1);
    });
  }

  @Test
  void aNodeThatIsBehindDecidesNothingTooEarly() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.handIn(BUYER, one);
      world.anvil.mine(4);
      world.node.heal(3);
      world.following.look();
      assertThat(world.state(one)).isEqualTo(State.MINED);
      world.node.heal(4);
      world.following.look();
      assertThat(world.state(one)).isEqualTo(State.BROADCAST);
      world.node.heal(0);
      world.following.look();
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      expectPaid(world, 1);
    });
  }

  @Test
  void withoutEtherNothingIsHandedIn() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      world.anvil.giveEther(world.gasKey.address(), BigInteger.ONE);
      assertThat(world.settler.handIn(ChainWorld.order(BUYER, one), ChainWorld.asker(BUYER, one)))
          .isEqualTo(new Settler.HandedIn.Not("unexpected_settle_error"));
      assertThat(world.row(one)).isEmpty();
    });
  }
}
