package dev.meshkore.hub.chain;

import static dev.meshkore.hub.chain.VoucherWorld.AUTHORIZER;
import static dev.meshkore.hub.chain.VoucherWorld.channel;
import static dev.meshkore.hub.chain.VoucherWorld.claim;
import static dev.meshkore.hub.chain.VoucherWorld.entry;
import static dev.meshkore.hub.chain.VoucherWorld.managed;
import static dev.meshkore.hub.chain.VoucherWorld.refund;
import static dev.meshkore.hub.chain.VoucherWorld.required;
import static dev.meshkore.hub.chain.VoucherWorld.voucher;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Settlement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What payers have in budgets is reserved when a payment is handed in, used when the chain has it
/// for good, and given back when it cannot have it any more.
final class PayerRulesTest {
  private static final GasKey BUYER = ChainWorld.key(1);

  @TempDir private Path folder;

  private void onEach(Consumer<ChainWorld> test) {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url)) {
        chain.mint(BUYER.address(), 100_000);
        test.accept(world);
      }
    }
  }

  private static void counted(ChainWorld world, long used, long reserved) {
    Budget budget = world.rules.budget(BUYER.address());
    assertThat(budget.used()).as("used").isEqualTo(used);
    assertThat(budget.reserved()).as("reserved").isEqualTo(reserved);
  }

  @Test
  void whatFailsForGoodIsGivenBack() {
    onEach(world -> {
      world.rules.cap(BUYER.address(), 10_000);
      Authorization one = world.signedFor(BUYER, 6_000);
      world.failInItsBlock(BUYER, one);
      assertThat(world.row(one).orElseThrow().isPaused()).isTrue();
      counted(world, 0, 6_000);
      world.restart();
      counted(world, 0, 6_000);
      world.anvil.pass(60);
      world.go(ChainWorld.CONFIRMATIONS + 1);
      assertThat(world.state(one)).isEqualTo(State.FAILED);
      counted(world, 0, 0);
    });
  }

  @Test
  void whatOthersHandInCountsAsWell() {
    onEach(world -> {
      world.rules.cap(BUYER.address(), 10_000);
      Authorization one = world.signedFor(BUYER, 6_000);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.handInQuietly(BUYER, one);
      counted(world, 0, 6_000);
      world.byStranger(one, ChainWorld.sign(BUYER, one));
      world.anvil.mine(1);
      world.anvil.pass(60);
      world.node.heal(0);
      world.go(ChainWorld.CONFIRMATIONS + 2);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      counted(world, 6_000, 0);
    });
  }

  @Test
  void aStopRefusesWhatFailedToBeTriedOnceMore() {
    onEach(world -> {
      world.rules.cap(BUYER.address(), 10_000);
      Authorization one = world.signedFor(BUYER, 6_000);
      world.failInItsBlock(BUYER, one);
      world.anvil.mint(BUYER.address(), 6_000);
      world.rules.stop(true);
      long places = world.placesTaken();
      Settlement told = world.rail.settle(ChainWorld.payment(BUYER, one), ChainWorld.required(one));
      assertThat(told.reason()).isEqualTo("stopped");
      assertThat(world.placesTaken()).isEqualTo(places);
      counted(world, 0, 6_000);
    });
  }

  @Test
  void whatIsPutIntoAChannelCountsOnce() {
    onEach(world -> {
      var all = new VoucherWorld(world);
      Channel one = channel(BUYER, 1);
      world.rules.cap(BUYER.address(), 8_000);
      ObjectNode deposit = all.deposit(BUYER, one, 5_000, 7, 1);
      world.rules.stop(true);
      assertThat(all.seen(deposit)).isEqualTo("stopped");
      assertThat(all.refusal(deposit, required(7))).isEqualTo("stopped");
      counted(world, 0, 0);
      world.rules.stop(false);
      assertThat(all.refusal(deposit, required(7))).isEmpty();
      counted(world, 5_000, 0);
      assertThat(all.refusal(deposit, required(7))).isEqualTo(Settler.USED);
      assertThat(all.refusal(all.deposit(BUYER, one, 3_001, 8, 2), required(7)))
          .isEqualTo("budget-exhausted");
      assertThat(all.balance(one)).isEqualTo(5_000);
      assertThat(all.refusal(all.deposit(BUYER, one, 3_000, 8, 3), required(7))).isEmpty();
      counted(world, 8_000, 0);
    });
  }

  @Test
  void whatWasSignedBeforeAStopIsClaimedAndTheRestComesBack() {
    onEach(world -> {
      var all = new VoucherWorld(world);
      Channel one = channel(BUYER, 1);
      world.rules.cap(BUYER.address(), 5_000);
      assertThat(all.refusal(all.deposit(BUYER, one, 5_000, 7, 1), required(7))).isEmpty();
      assertThat(all.seen(voucher("voucher", BUYER, one, 200))).isEmpty();
      world.rules.stop(true);
      assertThat(all.seen(voucher("voucher", BUYER, one, 210))).isEqualTo("stopped");
      ObjectNode claim = claim(AUTHORIZER, List.of(entry(BUYER, one, 200, 200)));
      assertThat(all.refusal(claim, managed())).isEmpty();
      assertThat(all.refusal(VoucherWorld.settle(), managed())).isEmpty();
      assertThat(all.refusal(refund(BUYER, one, 200, 4_800, 0, List.of()), managed())).isEmpty();
      assertThat(all.balance(one)).isEqualTo(200);
      counted(world, 5_000, 0);
    });
  }
}
