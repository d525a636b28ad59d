package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import dev.meshkore.hub.x402.Verification;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What the rail says to sellers: which payments it takes, and which it has settled, once each.
final class EvmRailTest {
  private static final long PRICE = 10_000;
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final String VALID_BEFORE = "invalid_exact_evm_payload_authorization_valid_before";

  @TempDir private Path folder;
  private Anvil anvil;
  private ChainWorld world;

  @BeforeEach
  void open() {
    Optional<Anvil> started = Anvil.manual();
    assumeTrue(started.isPresent(), "anvil is not installed");
    anvil = started.get();
    DatabaseUrl url = new DatabaseUrl.SqliteFile(folder.resolve("hub.db"));
    world = new ChainWorld(anvil, url);
    anvil.mint(BUYER.address(), 10 * PRICE);
  }

  @AfterEach
  void close() {
    if (world != null) {
      world.close();
      anvil.close();
    }
  }

  private Authorization one() {
    return world.signedFor(BUYER, PRICE);
  }

  private static Authorization between(Authorization one, long after, long before) {
    return new Authorization(
        one.from(),
        one.to(),
        one.value(),
        BigInteger.valueOf(after),
        BigInteger.valueOf(before),
        one.nonce());
  }

  private String reason(SignedPayment payment, Requirements requirements) {
    return switch (world.rail.verify(payment, requirements)) {
      case Verification.Valid valid -> "valid for " + valid.payer();
      case Verification.Invalid invalid -> invalid.reason();
    };
  }

  private String reason(Authorization one) {
    return reason(ChainWorld.payment(BUYER, one), ChainWorld.required(one));
  }

  @Test
  void takesWhatIsSignedAsItIsRequired() {
    assertThat(reason(one())).isEqualTo("valid for " + BUYER.address());
    assertThat(anvil.balance(BUYER.address())).isEqualTo(10 * PRICE);
  }

  @Test
  void refusesWhatIsNotSignedByThePayer() {
    Authorization one = one();
    byte[] good = ChainWorld.sign(BUYER, one);
    var elsewhere = new SignDomain("USDC", "2", 8453, Anvil.DOLLAR);
    var other = new SignDomain("USDC", "2", Anvil.CHAIN, ChainWorld.SELLER);
    var former = new SignDomain("USD Coin", "2", Anvil.CHAIN, Anvil.DOLLAR);
    var wrong = new ArrayList<byte[]>();
    wrong.add(ChainWorld.sign(ChainWorld.key(2), one));
    wrong.add(ChainWorld.sign(BUYER, one()));
    wrong.add(ChainWorld.mirrored(good));
    for (int v : new int[] {0, 1, 26, 29, 255}) {
      wrong.add(ChainWorld.withV(good, v));
    }
    for (SignDomain domain : List.of(elsewhere, other, former)) {
      wrong.add(BUYER.sign(one.transferDigest(domain)));
    }
    wrong.add(BUYER.sign(one.receiveDigest(ChainWorld.DOMAIN)));
    wrong.add(new byte[65]);
    for (byte[] signature : wrong) {
      assertThat(reason(ChainWorld.payment(one, signature), ChainWorld.required(one)))
          .isEqualTo("invalid_exact_evm_payload_signature");
    }
  }

  @Test
  void refusesWhatIsRequiredOtherwise() {
    Authorization one = one();
    Requirements good = ChainWorld.required(one);
    SignedPayment payment = ChainWorld.payment(BUYER, one);
    String stranger = new Address("00000000000000000000000000000000000000ff").text();
    var former =
        new Requirements(
            "exact", "base-sepolia", "10000", good.asset(), good.payTo(), 60, good.extra());
    assertThat(reason(payment, former)).startsWith("valid");
    assertThat(reason(payment, required(good, "9999", good.payTo())))
        .isEqualTo("invalid_exact_evm_payload_authorization_value_mismatch");
    assertThat(reason(payment, required(good, "010000", good.payTo())))
        .isEqualTo("invalid_exact_evm_payload_authorization_value_mismatch");
    assertThat(reason(payment, required(good, good.amount(), stranger)))
        .isEqualTo("invalid_exact_evm_payload_recipient_mismatch");
    ObjectNode permit = Json.object().put("assetTransferMethod", "permit2");
    ObjectNode name = Json.object().put("name", "USD Coin");
    for (ObjectNode extra : List.of(permit, name)) {
      var asked =
          new Requirements(
              "exact", good.network(), good.amount(), good.asset(), good.payTo(), 60, extra);
      assertThat(reason(payment, asked)).isEqualTo("invalid_payment_requirements");
    }
    var token =
        new Requirements(
            "exact", good.network(), good.amount(), stranger, good.payTo(), 60, good.extra());
    assertThat(reason(payment, token)).isEqualTo("invalid_payment_requirements");
  }

  private static Requirements required(Requirements good, String amount, String payTo) {
    return new Requirements(
        good.scheme(), good.network(), amount, good.asset(), payTo, 60, good.extra());
  }

  @Test
  void refusesWhatDoesNotCountNow() {
    Authorization one = one();
    long now = anvil.now();
    assertThat(reason(between(one, now, now + 60)))
        .isEqualTo("invalid_exact_evm_payload_authorization_valid_after");
    assertThat(reason(between(one, now - 1, now + 60))).startsWith("valid");
    assertThat(reason(between(one, 0, now + 5))).isEqualTo(VALID_BEFORE);
    assertThat(reason(between(one, 0, now + 6))).startsWith("valid");
    assertThat(reason(between(one, 0, now + 86_401))).isEqualTo(VALID_BEFORE);
    assertThat(reason(between(one, 0, Long.MAX_VALUE))).isEqualTo(VALID_BEFORE);
  }

  @Test
  void refusesWhatTheChainWouldRefuse() {
    Authorization much = world.signedFor(BUYER, 10 * PRICE + 1);
    assertThat(reason(much)).isEqualTo("insufficient_funds");
    Authorization used = one();
    world.byStranger(used, ChainWorld.sign(BUYER, used));
    anvil.mine(1);
    assertThat(reason(used)).isEqualTo("nonce_already_used");
    var nobody =
        new Authorization(
            used.from(),
            new Address("0".repeat(40)),
            used.value(),
            used.validAfter(),
            used.validBefore(),
            one().nonce());
    assertThat(reason(nobody)).isEqualTo("invalid_transaction_state");
  }

  @Test
  void refusesWhatMovesNothing() {
    assertThat(reason(world.signedFor(BUYER, 0)))
        .isEqualTo("invalid_exact_evm_payload_authorization_value");
    Authorization nothing = world.signedFor(BUYER, 0);
    assertThat(world.rail.settle(ChainWorld.payment(BUYER, nothing), ChainWorld.required(nothing)))
        .returns("invalid_exact_evm_payload_authorization_value", Settlement::reason);
  }

  @Test
  void takesNothingFromANodeThatCannotBeTrusted() {
    Authorization one = between(one(), anvil.now() - 600, anvil.now() + 3_600);
    world.node.fail(_ -> Fault.UNHEARD);
    assertThat(reason(one)).isEqualTo("unexpected_verify_error");
    assertThat(world.rail.settle(ChainWorld.payment(BUYER, one), ChainWorld.required(one)))
        .returns("unexpected_verify_error", Settlement::reason);
    world.node.heal(40);
    anvil.mine(50);
    assertThat(reason(one)).isEqualTo("unexpected_verify_error");
    assertThat(world.row(one)).isEmpty();
  }

  /// Settles while blocks are made. None is before all are handed in: the chain's time, by which
  /// the hub goes, would run away from those that look at it.
  private List<Settlement> settled(List<Authorization> payments, List<Supplier<Settlement>> asked)
      throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<Settlement>> answers =
          asked.stream().map(one -> CompletableFuture.supplyAsync(one, threads)).toList();
      var all = CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (payments.stream().anyMatch(one -> world.row(one).isEmpty())
          && !all.isDone()
          && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      while (!all.isDone() && System.nanoTime() < deadline) {
        world.go(1);
      }
      return answers.stream().map(CompletableFuture::join).toList();
    }
  }

  @Test
  void settlesOnceHoweverOftenItIsAsked() throws Exception {
    long now = anvil.now();
    Authorization one = between(one(), now - 600, now + 80_000);
    SignedPayment payment = ChainWorld.payment(BUYER, one);
    Supplier<Settlement> ask = () -> world.rail.settle(payment, ChainWorld.required(one));
    List<Settlement> answers = settled(List.of(one), List.of(ask, ask, ask, ask));
    assertThat(answers).filteredOn(Settlement::isDone).hasSize(1);
    assertThat(answers)
        .filteredOn(answer -> !answer.isDone())
        .hasSize(3)
        .allMatch(answer -> answer.reason().equals("nonce_already_used"));
    assertThat(anvil.balance(ChainWorld.SELLER)).isEqualTo(PRICE);
    assertThat(ask.get().reason()).isEqualTo("nonce_already_used");
    assertThat(reason(one)).isEqualTo("nonce_already_used");
  }

  @Test
  void whoLostTheAnswerIsToldOnceAfterARestart() {
    Authorization one = one();
    world.handIn(BUYER, one);
    world.restart();
    world.go(4);
    SignedPayment payment = ChainWorld.payment(BUYER, one);
    anvil.mine(40);
    assertThat(world.rail.settle(payment, required(ChainWorld.required(one), "1", "0x")).isDone())
        .isFalse();
    Settlement told = world.rail.settle(payment, ChainWorld.required(one));
    assertThat(told.isDone()).isTrue();
    assertThat(told.transaction()).isEqualTo(world.attempts(one).getFirst().hash());
    assertThat(world.rail.settle(payment, ChainWorld.required(one)).isDone()).isFalse();
  }

  @Test
  void manyBuyersAreSettledAtOnce() throws Exception {
    long now = anvil.now();
    var payments = new ArrayList<Authorization>();
    var asked = new ArrayList<Supplier<Settlement>>();
    for (int i = 0; i < 30; i++) {
      GasKey buyer = ChainWorld.key(100 + i);
      anvil.mint(buyer.address(), PRICE);
      Authorization one = between(world.signedFor(buyer, PRICE), now - 600, now + 80_000);
      payments.add(one);
      asked.add(() -> world.rail.settle(ChainWorld.payment(buyer, one), ChainWorld.required(one)));
    }
    assertThat(settled(payments, asked)).allMatch(Settlement::isDone);
    assertThat(anvil.balance(ChainWorld.SELLER)).isEqualTo(30 * PRICE);
  }
}
