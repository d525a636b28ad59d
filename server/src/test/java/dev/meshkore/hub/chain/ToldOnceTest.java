package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import dev.meshkore.hub.x402.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Who is told that a payment is final, where anybody can read it on its way to the chain and ask
/// for it too; and that strangers take no more of the hub than there is for them.
final class ToldOnceTest {
  private static final long PRICE = 10_000;
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final String USED = "nonce_already_used";
  private static final String REVERTED = "invalid_transaction_state";

  @TempDir private Path folder;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

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

  private CompletableFuture<Settlement> ask(
      ChainWorld world, SignedPayment payment, Requirements required) {
    return CompletableFuture.supplyAsync(() -> world.rail.settle(payment, required), threads);
  }

  private CompletableFuture<Settlement> ask(ChainWorld world, Authorization one) {
    return ask(world, ChainWorld.payment(BUYER, one), ChainWorld.required(one));
  }

  private static void until(BooleanSupplier isSo, Runnable step) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!isSo.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      step.run();
    }
  }

  /// What somebody is told while blocks are made.
  private static Settlement told(ChainWorld world, CompletableFuture<Settlement> asked) {
    until(asked::isDone, () -> world.go(1));
    return asked.join();
  }

  private static Requirements other(Requirements required) {
    return new Requirements(
        required.scheme(),
        required.network(),
        required.amount(),
        required.asset(),
        required.payTo(),
        required.maxTimeoutSeconds() + 1,
        required.extra());
  }

  private static SignedPayment named(SignedPayment payment, String id) {
    ObjectNode extensions = Json.object();
    extensions.putObject("payment-identifier").putObject("info").put("id", id);
    return new SignedPayment(
        payment.version(),
        payment.scheme(),
        payment.network(),
        payment.authorization(),
        payment.signature(),
        extensions);
  }

  @Test
  void whoeverHandsItInIsToldWhoeverElseAsks() {
    onEach(world -> {
      for (int round = 0; round < 3; round++) {
        Authorization one = world.signedFor(BUYER, PRICE);
        CompletableFuture<Settlement> seller = ask(world, one);
        until(() -> world.row(one).isPresent(), Thread::onSpinWait);
        var strangers = new ArrayList<CompletableFuture<Settlement>>();
        for (int i = 0; i < 3; i++) {
          strangers.add(ask(world, one));
        }
        assertThat(told(world, seller).isDone()).as("round %s", round).isTrue();
        for (CompletableFuture<Settlement> stranger : strangers) {
          assertThat(told(world, stranger).reason()).isEqualTo(USED);
        }
      }
    });
  }

  @Test
  void whoeverAsksInOtherWordsIsNotTold() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      SignedPayment payment = ChainWorld.payment(BUYER, one);
      Requirements required = ChainWorld.required(one);
      world.handIn(BUYER, one);
      world.restart();
      world.go(5);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.rail.settle(payment, other(required)).reason()).isEqualTo(USED);
      assertThat(world.rail.settle(named(payment, "a-guess-of-somebody"), required).reason())
          .isEqualTo(USED);
      assertThat(told(world, ask(world, payment, required)).isDone()).isTrue();
      assertThat(told(world, ask(world, payment, required)).reason()).isEqualTo(USED);
    });
  }

  @Test
  void whoeverKnowsThePaymentsIdIsToldWhileAnotherRequestWaits() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      SignedPayment payment = named(ChainWorld.payment(BUYER, one), "between-buyer-and-seller");
      Requirements required = ChainWorld.required(one);
      // The request that handed it in has no thread that waits, as if its connection was gone.
      Asker first = Asker.of(payment, required, new java.util.SplittableRandom(1));
      world.settler.handIn(Order.payment(Anvil.DOLLAR, one, payment.signature()), first);
      world.go(4);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      assertThat(world.rail.settle(named(payment, "a-guess-of-somebody"), required).reason())
          .isEqualTo(USED);
      assertThat(world.rail.settle(ChainWorld.payment(BUYER, one), required).reason())
          .isEqualTo(USED);
      assertThat(world.rail.settle(payment, required).isDone()).isTrue();
      assertThat(world.rail.settle(payment, required).reason()).isEqualTo(USED);
    });
  }

  @Test
  void whenNobodyWaitsAnyMoreTheSameWordsAreEnough() {
    onEach(world -> {
      Authorization one = world.signedFor(BUYER, PRICE);
      Settling first = world.handIn(BUYER, one);
      world.go(4);
      assertThat(world.state(one)).isEqualTo(State.FINAL);
      CompletableFuture<Settlement> again = ask(world, one);
      until(
          () -> world.anvil.now() * 1_000 >= first.telling().seatUntilMs() - 2_000,
          () -> world.go(1));
      assertThat(again).isNotDone();
      assertThat(told(world, again).isDone()).isTrue();
    });
  }

  @Test
  void whoeverIsToldThatItFailedAndAsksAgainWaitsAnew() {
    onEach(world -> {
      GasKey poor = ChainWorld.key(2);
      world.anvil.mint(poor.address(), PRICE);
      Authorization one = world.signedFor(poor, PRICE);
      SignedPayment payment = ChainWorld.payment(poor, one);
      world.failInItsBlock(poor, one);
      assertThat(world.rail.settle(payment, ChainWorld.required(one)).reason()).isEqualTo(REVERTED);
      world.anvil.mint(poor.address(), PRICE);
      world.go(1);
      // A stranger who read it on the chain has nothing tried again.
      assertThat(world.rail.settle(payment, other(ChainWorld.required(one))).reason())
          .isEqualTo(USED);
      assertThat(world.attempts(one)).hasSize(1);
      Settlement told = told(world, ask(world, payment, ChainWorld.required(one)));
      assertThat(told.isDone()).as(told.reason()).isTrue();
      assertThat(told.transaction()).isEqualTo(world.attempts(one).getFirst().hash());
    });
  }

  @Test
  void soManyWaitForOnePayment() {
    onEach(world -> {
      var places = new ArrayList<Waiting.Place>();
      world.waiting.enter("one", true).ifPresent(places::add);
      for (int i = 0; i < 2 * Waiting.FOR_ONE_MAX; i++) {
        world.waiting.enter("one", false).ifPresent(places::add);
      }
      assertThat(places).hasSize(Waiting.FOR_ONE_MAX);
      for (int i = 0; i < 2 * Waiting.AGAIN_MAX; i++) {
        world.waiting.enter("other " + i, false).ifPresent(places::add);
      }
      assertThat(places).hasSize(Waiting.AGAIN_MAX + 1);
      // They take no place of those who hand in.
      assertThat(world.waiting.enter("another", true)).isPresent();
      places.forEach(Waiting.Place::close);
      assertThat(world.waiting.enter("one", false)).isPresent();
    });
  }

  @Test
  void soManyStrangersHaveTheNodeAskedAtOnce() throws Exception {
    Optional<Anvil> started = Anvil.manual();
    assumeTrue(started.isPresent(), "anvil is not installed");
    try (Anvil chain = started.get();
        var world = new ChainWorld(chain, TestDatabase.each(folder).toList().getFirst())) {
      chain.mint(BUYER.address(), 10 * PRICE);
      int many = 40;
      var asked = new AtomicInteger();
      var goOn = new CountDownLatch(1);
      world.node.failCalls(call -> {
        if (call.get("method").asString().equals("eth_call")) {
          asked.incrementAndGet();
          awaitQuietly(goOn);
        }
        return Fault.NONE;
      });
      var seen = new ArrayList<CompletableFuture<Verification>>();
      for (int i = 0; i < many; i++) {
        Authorization one = world.signedFor(BUYER, 1);
        seen.add(
            CompletableFuture.supplyAsync(
                () -> world.rail.verify(ChainWorld.payment(BUYER, one), ChainWorld.required(one)),
                threads));
      }
      until(
          () -> seen.stream().filter(CompletableFuture::isDone).count() == many - asked.get(),
          Thread::onSpinWait);
      assertThat(asked.get()).isBetween(1, 16);
      List<CompletableFuture<Verification>> busy =
          seen.stream().filter(CompletableFuture::isDone).toList();
      assertThat(busy)
          .allMatch(one ->
              one.join() instanceof Verification.Invalid invalid
                  && invalid.reason().equals("unexpected_verify_error"));
      goOn.countDown();
      for (CompletableFuture<Verification> one : seen) {
        assertThat(one.get(20, TimeUnit.SECONDS)).isNotNull();
      }
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      var _ = latch.await(9, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void manyWhoAskInASecondHaveTheNodeAskedForItsHeadOnce() {
    onEach(world -> {
      var heads = new AtomicInteger();
      world.node.fail(method -> {
        if (method.equals("eth_chainId") || method.equals("eth_getBlockByNumber")) {
          heads.incrementAndGet();
        }
        return Fault.NONE;
      });
      for (int i = 0; i < 5; i++) {
        Authorization one = world.signedFor(BUYER, PRICE);
        Verification seen =
            world.rail.verify(ChainWorld.payment(BUYER, one), ChainWorld.required(one));
        assertThat(seen).isInstanceOf(Verification.Valid.class);
      }
      assertThat(heads.get()).isEqualTo(2);
      world.anvil.mine(1);
      Authorization one = world.signedFor(BUYER, PRICE);
      world.rail.verify(ChainWorld.payment(BUYER, one), ChainWorld.required(one));
      assertThat(heads.get()).isEqualTo(4);
    });
  }
}
