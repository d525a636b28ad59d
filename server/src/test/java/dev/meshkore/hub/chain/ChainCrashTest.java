package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The hub ends at each step between a request and its settlement: before its node hears of a call,
/// and after the node has done it; then it starts again, and the seller asks again. What the chain
/// says and what the hub says is the same: paid once, counted once and told once, or neither.
final class ChainCrashTest {
  private static final long PRICE = 10_000;
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final int BLOCKS = 4;

  @TempDir private Path folder;

  @Test
  void everyStepEndsInOneOutcome() {
    // A database is of one chain, so there is a new one with each.
    for (Fault fault : new Fault[] {Fault.UNHEARD, Fault.UNANSWERED}) {
      for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
        Optional<Anvil> anvil = Anvil.manual();
        assumeTrue(anvil.isPresent(), "anvil is not installed");
        try (Anvil chain = anvil.get()) {
          int steps = everyStep(chain, url, fault);
          assertThat(steps).as("steps of %s", fault).isGreaterThan(20);
        }
      }
    }
  }

  /// How many steps there are.
  private static int everyStep(Anvil chain, DatabaseUrl url, Fault fault) {
    try (var world = new ChainWorld(chain, url)) {
      chain.mint(BUYER.address(), 1_000 * PRICE);
      world.rules.cap(BUYER.address(), 1_000 * PRICE);
      long paid = 0;
      for (int step = 0; ; step++) {
        boolean isEnded = endAt(world, step, fault);
        paid += PRICE;
        assertThat(chain.balance(ChainWorld.SELLER)).as("step %s", step).isEqualTo(paid);
        assertThat(world.rules.budget(BUYER.address()).used()).as("step %s", step).isEqualTo(paid);
        assertThat(world.rules.budget(BUYER.address()).reserved()).as("step %s", step).isZero();
        if (!isEnded) {
          return step;
        }
      }
    }
  }

  /// True where the hub ended at that call of its node.
  private static boolean endAt(ChainWorld world, int step, Fault fault) {
    Authorization one = world.signedFor(BUYER, PRICE);
    SignedPayment payment = ChainWorld.payment(BUYER, one);
    var calls = new AtomicInteger();
    world.node.fail(_ -> {
      int call = calls.getAndIncrement();
      if (call == step) {
        return fault;
      }
      return call < step ? Fault.NONE : Fault.UNHEARD;
    });
    world.handInQuietly(BUYER, one);
    long held = world.rules.budget(BUYER.address()).reserved();
    assertThat(held).as("with the row").isEqualTo(world.row(one).isPresent() ? PRICE : 0);
    world.go(BLOCKS);
    boolean isEnded = calls.get() > step;
    boolean wasStored = world.row(one).isPresent();
    world.restart();
    world.go(BLOCKS);
    if (wasStored) {
      assertThat(world.state(one)).as("step %s", step).isEqualTo(State.FINAL);
      // Hubs together on a database first let the time pass of the request that waited.
      world.anvil.pass(30);
    }
    Settlement told = settled(world, payment, ChainWorld.required(one));
    assertThat(told.isDone()).as("step %s: %s", step, told.reason()).isTrue();
    Settlement again = world.rail.settle(payment, ChainWorld.required(one));
    assertThat(again.reason()).as("step %s", step).isEqualTo("nonce_already_used");
    return isEnded;
  }

  /// Settles while blocks are made.
  private static Settlement settled(
      ChainWorld world, SignedPayment payment, Requirements required) {
    CompletableFuture<Settlement> told =
        CompletableFuture.supplyAsync(() -> world.rail.settle(payment, required));
    while (!told.isDone()) {
      // It has to be handed in before its time is over, which passes with the blocks.
      if (world.row(payment.authorization()).isPresent()) {
        world.go(1);
      }
    }
    return told.join();
  }
}
