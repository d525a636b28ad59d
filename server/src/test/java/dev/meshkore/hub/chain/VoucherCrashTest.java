package dev.meshkore.hub.chain;

import static dev.meshkore.hub.chain.VoucherWorld.AUTHORIZER;
import static dev.meshkore.hub.chain.VoucherWorld.channel;
import static dev.meshkore.hub.chain.VoucherWorld.claim;
import static dev.meshkore.hub.chain.VoucherWorld.entry;
import static dev.meshkore.hub.chain.VoucherWorld.managed;
import static dev.meshkore.hub.chain.VoucherWorld.refund;
import static dev.meshkore.hub.chain.VoucherWorld.required;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// The hub ends at each step between a request for a channel and its end, before its node hears of
/// a call and after the node has done it; then it starts again, and the seller asks again. Each is
/// done just once.
final class VoucherCrashTest {
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final Channel ONE = channel(BUYER, 1);
  private static final int BLOCKS = 4;

  /// How much each step moves: enough where most of an hour is taken.
  private static final int PART = 200;

  private static final int BEFORE = 50_000;

  @TempDir private Path folder;

  /// What one step does, and what it comes to.
  private record Step(ObjectNode payload, Requirements required, long expected) {}

  private interface Told {
    long now(VoucherWorld all);
  }

  private void onEachStep(Told told, int least, Function<VoucherWorld, IntFunction<Step>> each) {
    for (Fault fault : new Fault[] {Fault.UNHEARD, Fault.UNANSWERED}) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      Path own = folder.resolve(fault.name());
      assertThat(own.toFile().mkdirs()).isTrue();
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, TestDatabase.each(own).findFirst().orElseThrow())) {
        chain.mint(BUYER.address(), 1_000_000);
        var all = new VoucherWorld(world);
        ObjectNode first = all.deposit(BUYER, ONE, BEFORE, 1, 1_000);
        assertThat(all.refusal(first, required(1))).isEmpty();
        IntFunction<Step> steps = each.apply(all);
        int step = 0;
        boolean isEnded = true;
        while (isEnded) {
          isEnded = endAt(all, steps, step, fault, told);
          step++;
        }
        assertThat(step).as("steps of %s", fault).isGreaterThan(least);
      }
    }
  }

  /// True where the hub ended at that call of its node.
  private static boolean endAt(
      VoucherWorld all, IntFunction<Step> steps, int number, Fault fault, Told told) {
    ChainWorld world = all.world();
    Step step = steps.apply(number);
    var calls = new AtomicInteger();
    world.node.fail(_ -> {
      int call = calls.getAndIncrement();
      if (call == number) {
        return fault;
      }
      return call < number ? Fault.NONE : Fault.UNHEARD;
    });
    all.handIn(step.payload());
    world.go(BLOCKS);
    boolean isEnded = calls.get() > number;
    world.restart();
    world.go(BLOCKS);
    Settlement again = all.settled(step.payload(), step.required());
    // What was paid out before is nothing to pay out now, and a deposit is told once.
    assertThat(again.reason())
        .as("step %s", number)
        .isIn("", VoucherWords.NOTHING_TO_SETTLE, Settler.USED);
    assertThat(told.now(all)).as("step %s", number).isEqualTo(step.expected());
    assertThat(world.isAnyOpen()).as("step %s", number).isFalse();
    return isEnded;
  }

  @Test
  void depositsAreMadeOnce() {
    onEachStep(
        all -> all.balance(ONE),
        10,
        all ->
            step ->
                new Step(
                    all.deposit(BUYER, ONE, PART, 1, step),
                    required(1),
                    BEFORE + (step + 1L) * PART));
  }

  @Test
  void vouchersAreClaimedOnce() {
    onEachStep(
        all -> all.receivedOrClaimed(0),
        10,
        _ ->
            step -> {
              long total = (step + 1L) * PART;
              List<Channel.Claim> claims = List.of(entry(BUYER, ONE, total, total));
              return new Step(claim(AUTHORIZER, claims), managed(), total);
            });
  }

  @Test
  void sellersArePaidOnce() {
    onEachStep(
        all -> all.world().anvil.balance(VoucherWorld.SELLER.address()),
        10,
        all ->
            step -> {
              long total = (step + 1L) * PART;
              List<Channel.Claim> claims = List.of(entry(BUYER, ONE, total, total));
              assertThat(all.refusal(claim(AUTHORIZER, claims), managed())).isEmpty();
              return new Step(VoucherWorld.settle(), managed(), total);
            });
  }

  @Test
  void moneyGoesBackOnce() {
    onEachStep(
        all -> all.balance(ONE),
        10,
        _ ->
            step ->
                new Step(
                    refund(BUYER, ONE, 1, PART, step, List.of()),
                    managed(),
                    BEFORE - (step + 1L) * PART));
  }
}
