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

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Settlement;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// Channels and vouchers on a real chain: deposits, claims, payouts, refunds, and each again.
final class VouchersTest {
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final GasKey OTHER = ChainWorld.key(2);

  @TempDir private Path folder;

  private void onEach(Consumer<VoucherWorld> test) {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      Optional<Anvil> anvil = Anvil.manual();
      assumeTrue(anvil.isPresent(), "anvil is not installed");
      try (Anvil chain = anvil.get();
          var world = new ChainWorld(chain, url)) {
        chain.mint(BUYER.address(), 100_000);
        chain.mint(OTHER.address(), 100_000);
        test.accept(new VoucherWorld(world));
      }
    }
  }

  @Test
  void aSellerIsPaidForManyCallsByOneClaimAndOnePayout() {
    onEach(all -> {
      Channel one = channel(BUYER, 1);
      Channel two = channel(OTHER, 1);
      ObjectNode deposit = all.deposit(BUYER, one, 5_000, 7, 1);
      assertThat(all.seen(deposit)).isEmpty();
      Settlement put = all.settled(deposit, required(7));
      assertThat(put.isDone()).as(put.reason()).isTrue();
      assertThat(put.transaction()).startsWith("0x");
      assertThat(put.besides().path("amount").asString()).isEqualTo("5000");
      assertThat(put.besides().at("/extra/channelState/balance").asString()).isEqualTo("5000");
      assertThat(all.balance(one)).isEqualTo(5_000);
      assertThat(all.refusal(all.deposit(OTHER, two, 3_000, 7, 1), required(7))).isEmpty();

      assertThat(all.seen(voucher("voucher", BUYER, one, 210))).isEmpty();
      ObjectNode claim =
          claim(AUTHORIZER, List.of(entry(BUYER, one, 210, 200), entry(OTHER, two, 100, 100)));
      Settlement claimed = all.settled(claim, managed());
      assertThat(claimed.isDone()).as(claimed.reason()).isTrue();
      assertThat(all.claimed(one)).isEqualTo(200);
      assertThat(all.claimed(two)).isEqualTo(100);

      Settlement paid = all.settled(VoucherWorld.settle(), managed());
      assertThat(paid.isDone()).as(paid.reason()).isTrue();
      assertThat(paid.besides().path("amount").asString()).isEqualTo("300");
      assertThat(all.world().anvil.balance(VoucherWorld.SELLER.address())).isEqualTo(300);

      long places = all.world().placesTaken();
      // What changes nothing takes no gas; what was told is told again.
      assertThat(all.settled(claim, managed()).transaction()).isEqualTo(claimed.transaction());
      assertThat(all.refusal(VoucherWorld.settle(), managed()))
          .isEqualTo(VoucherWords.NOTHING_TO_SETTLE);
      assertThat(all.refusal(deposit, required(7))).isEqualTo(Settler.USED);
      assertThat(all.seen(deposit)).isNotEmpty();
      assertThat(all.world().placesTaken()).isEqualTo(places);

      Settlement back =
          all.settled(
              refund(BUYER, one, 210, 10_000, 0, List.of(entry(BUYER, one, 210, 210))), managed());
      assertThat(back.isDone()).as(back.reason()).isTrue();
      assertThat(back.besides().path("amount").asString()).isEqualTo("4790");
      assertThat(back.besides().at("/extra/channelState/refundNonce").asString()).isEqualTo("1");
      assertThat(all.world().anvil.balance(BUYER.address())).isEqualTo(100_000 - 210);
      assertThat(all.seen(voucher("voucher", BUYER, one, 211)))
          .isEqualTo(VoucherWords.ABOVE_BALANCE);
    });
  }
}
