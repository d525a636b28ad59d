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

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// How much of channels the hub takes on at once, and what becomes of it when others do it first or
/// the chain forgets it.
final class VoucherBoundsTest {
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final Channel ONE = channel(BUYER, 1);

  @TempDir private Path folder;

  private void onEach(int perHour, Consumer<VoucherWorld> test) {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url, perHour)) {
        chain.mint(BUYER.address(), 100_000);
        var all = new VoucherWorld(world);
        assertThat(all.refusal(all.deposit(BUYER, ONE, 5_000, 7, 1), required(7))).isEmpty();
        test.accept(all);
      }
    }
  }

  private static ObjectNode claimOf(long total) {
    return claim(AUTHORIZER, List.of(entry(BUYER, ONE, total, total)));
  }

  @Test
  void neitherPaymentsNorChannelsTakeAllOfAnHour() {
    // Of sixteen, four are kept for payments, two for deposits, two for claims and the like, and
    // one
    // each for what goes into the escrow of jobs and for what leaves it.
    onEach(
        16,
        all -> {
          ChainWorld world = all.world();
          for (int i = 0; i < 10; i++) {
            Authorization one = world.signedFor(BUYER, 10);
            assertThat(refusal(world, one)).isEmpty();
          }
          assertThat(refusal(world, world.signedFor(BUYER, 10))).isEqualTo("rate_limited");
          world.go(4);
          assertThat(all.handIn(all.deposit(BUYER, ONE, 10, 7, 2))).isEmpty();
          assertThat(all.handIn(all.deposit(BUYER, ONE, 10, 7, 3))).isEqualTo("rate_limited");
          assertThat(all.refusal(claimOf(100), managed())).isEmpty();
          assertThat(all.refusal(VoucherWorld.settle(), managed())).isEmpty();
          assertThat(all.refusal(claimOf(1_000), managed())).isEqualTo("rate_limited");
          world.anvil.pass(3_600);
          world.go(1);
          assertThat(all.refusal(claimOf(110), managed())).isEmpty();
        });
  }

  /// Of an hour of 64 eight are for claims and the like: with each the least doubles.
  @Test
  void anHourIsNotBoughtBySmallClaims() {
    onEach(
        64,
        all -> {
          ChainWorld world = all.world();
          assertThat(all.refusal(claimOf(1), managed())).isEmpty();
          assertThat(all.refusal(claimOf(2), managed())).isEqualTo(VoucherWords.LEAST);
          assertThat(all.refusal(VoucherWorld.settle(), managed())).isEqualTo(VoucherWords.LEAST);
          assertThat(all.refusal(claimOf(3), managed())).isEmpty();
          assertThat(all.refusal(claimOf(6), managed())).isEqualTo(VoucherWords.LEAST);
          assertThat(all.refusal(refund(BUYER, ONE, 3, 3, 0, List.of()), managed()))
              .isEqualTo(VoucherWords.LEAST);
          assertThat(all.refusal(claimOf(1_003), managed())).isEmpty();
          world.anvil.pass(3_600);
          world.go(1);
          assertThat(all.refusal(claimOf(1_004), managed())).isEmpty();
        });
  }

  private static String refusal(ChainWorld world, Authorization one) {
    Asker asker = ChainWorld.asker(BUYER, one);
    return switch (world.settler.handIn(ChainWorld.order(BUYER, one), asker)) {
      case Settler.HandedIn.Not not -> not.reason();
      case Settler.HandedIn.New _, Settler.HandedIn.Known _ -> "";
    };
  }

  @Test
  void oneClaimOfASellerIsOnTheWay() {
    onEach(
        ChainWorld.PER_HOUR,
        all -> {
          assertThat(all.handIn(claimOf(10))).isEmpty();
          long places = all.world().placesTaken();
          assertThat(all.handIn(claimOf(20))).isEqualTo(VoucherWords.BUSY);
          assertThat(all.handIn(claimOf(10))).isEmpty();
          assertThat(all.world().placesTaken()).isEqualTo(places);
          assertThat(all.refusal(claimOf(10), managed())).isEmpty();
          assertThat(all.refusal(claimOf(20), managed())).isEmpty();
          assertThat(all.claimed(ONE)).isEqualTo(20);
        });
  }

  /// Whoever has a channel for a receiver may claim for it by an authorizer of its own.
  @Test
  void strangersTakeNoPlacesOfAReceiver() {
    onEach(
        ChainWorld.PER_HOUR,
        all -> {
          for (int i = 0; i < Waiting.FOR_ONE_MAX; i++) {
            GasKey authorizer = ChainWorld.key(60 + i);
            Channel own = authorizedBy(authorizer, i);
            Requirements required = required(7);
            required.extra().put("receiverAuthorizer", authorizer.address().text());
            assertThat(all.refusal(all.deposit(BUYER, own, 100, 7, i), required)).isEmpty();
          }
          var strangers = new ArrayList<CompletableFuture<Settlement>>();
          for (int i = 0; i < Waiting.FOR_ONE_MAX; i++) {
            GasKey authorizer = ChainWorld.key(60 + i);
            Channel.Claim own = entry(BUYER, authorizedBy(authorizer, i), 10, 10);
            ObjectNode payment = VoucherWorld.payment(claim(authorizer, List.of(own)));
            strangers.add(
                CompletableFuture.supplyAsync(
                    () -> all.world().vouchers.settle(payment, managed()),
                    task -> Thread.ofVirtual().start(task)));
          }
          while (openCount(all) < strangers.size()) {
            assertThat(strangers).noneMatch(CompletableFuture::isDone);
            Thread.onSpinWait();
          }
          assertThat(all.refusal(claimOf(10), managed())).isEmpty();
          for (CompletableFuture<Settlement> stranger : strangers) {
            while (!stranger.isDone()) {
              all.world().go(1);
            }
            assertThat(stranger.join().reason()).isEmpty();
          }
        });
  }

  private static Channel authorizedBy(GasKey authorizer, int salt) {
    Channel one = channel(BUYER, salt);
    return new Channel(
        one.payer(),
        one.payerAuthorizer(),
        one.receiver(),
        authorizer.address(),
        one.token(),
        one.withdrawDelay(),
        one.salt());
  }

  private static long openCount(VoucherWorld all) {
    return all
        .world()
        .database
        .read(reader -> all.world().settler.rows().open(reader, 0, 1_000))
        .stream()
        .filter(one -> one.state().isOpen())
        .count();
  }

  /// Whoever sees a transaction may send the same.
  @Test
  void whatOthersDoFirstIsDone() {
    onEach(
        ChainWorld.PER_HOUR,
        all -> {
          ChainWorld world = all.world();
          ObjectNode claim = claimOf(10);
          byOthers(all, claim);
          assertThat(all.refusal(claim, managed())).isEmpty();
          byOthers(all, VoucherWorld.settle());
          assertThat(world.anvil.balance(VoucherWorld.SELLER.address())).isEqualTo(10);
          ObjectNode deposit = all.deposit(BUYER, ONE, 100, 7, 2);
          byOthers(all, deposit);
          assertThat(all.balance(ONE)).isEqualTo(5_100);
          byOthers(all, refund(BUYER, ONE, 10, 100, 0, List.of()));
          assertThat(all.balance(ONE)).isEqualTo(5_000);
          world.go(6);
          List<String> states =
              world.database.read(reader ->
                  reader.list(
                      "SELECT kind, state FROM chain_settlement ORDER BY number",
                      row -> row.getString(1) + " " + row.getString(2)));
          // By which refund a nonce was used is not looked for.
          assertThat(states)
              .containsExactly(
                  "deposit final", "claim final", "settle final", "deposit final", "refund failed");
        });
  }

  /// Hands something in that the node does not hear of, and has a stranger send the same.
  private static void byOthers(VoucherWorld all, ObjectNode payload) {
    ChainWorld world = all.world();
    world.node.fail(method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
    assertThat(all.handIn(payload)).isEmpty();
    Settling stored =
        world.database.read(reader -> world.settler.rows().open(reader, 0, 1_000)).stream()
            .filter(one -> one.state().isOpen())
            .findFirst()
            .orElseThrow();
    world.anvil.send(Anvil.MINTER, stored.deed().contract(), stored.deed().call());
    world.anvil.mine(1);
    world.node.heal(0);
    world.go(5);
  }

  @Test
  void whatAReorganisationUndidIsDoneAgain() {
    onEach(
        ChainWorld.PER_HOUR,
        all -> {
          ChainWorld world = all.world();
          for (ObjectNode one :
              List.of(
                  claimOf(10),
                  VoucherWorld.settle(),
                  all.deposit(BUYER, ONE, 100, 7, 2),
                  refund(BUYER, ONE, 10, 100, 0, List.of()))) {
            assertThat(all.handIn(one)).isEmpty();
            world.go(2);
            world.anvil.reorganise(2);
            world.go(8);
            assertThat(world.isAnyOpen()).isFalse();
          }
          assertThat(world.anvil.balance(VoucherWorld.SELLER.address())).isEqualTo(10);
          assertThat(all.balance(ONE)).isEqualTo(5_000);
          assertThat(all.claimed(ONE)).isEqualTo(10);
        });
  }
}
