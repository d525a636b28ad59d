package dev.meshkore.hub.chain;

import static dev.meshkore.hub.chain.VoucherWorld.AUTHORIZER;
import static dev.meshkore.hub.chain.VoucherWorld.channel;
import static dev.meshkore.hub.chain.VoucherWorld.claim;
import static dev.meshkore.hub.chain.VoucherWorld.entry;
import static dev.meshkore.hub.chain.VoucherWorld.hex;
import static dev.meshkore.hub.chain.VoucherWorld.managed;
import static dev.meshkore.hub.chain.VoucherWorld.refund;
import static dev.meshkore.hub.chain.VoucherWorld.required;
import static dev.meshkore.hub.chain.VoucherWorld.voucher;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Verification;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/// What is refused of channels and vouchers, each by its word; and none of it takes gas.
final class VoucherRefusalsTest {
  private static final GasKey BUYER = ChainWorld.key(1);
  private static final GasKey OTHER = ChainWorld.key(2);
  private static final Channel ONE = channel(BUYER, 1);

  @TempDir private Path folder;

  /// With a channel of 5,000 atoms, of which the seller has 100.
  private void onAny(Consumer<VoucherWorld> test) {
    Optional<Anvil> anvil = Anvil.manual();
    assumeTrue(anvil.isPresent(), "anvil is not installed");
    try (Anvil chain = anvil.get();
        var world = new ChainWorld(chain, TestDatabase.each(folder).findFirst().orElseThrow())) {
      chain.mint(BUYER.address(), 100_000);
      var all = new VoucherWorld(world);
      assertThat(all.refusal(all.deposit(BUYER, ONE, 5_000, 7, 1), required(7))).isEmpty();
      List<Channel.Claim> first = List.of(entry(BUYER, ONE, 100, 100));
      assertThat(all.refusal(claim(AUTHORIZER, first), managed())).isEmpty();
      long places = world.placesTaken();
      test.accept(all);
      assertThat(world.placesTaken()).isEqualTo(places);
    }
  }

  private static Channel with(Channel one, Address receiver, Address token, long delay) {
    return new Channel(
        one.payer(),
        one.payerAuthorizer(),
        receiver,
        one.receiverAuthorizer(),
        token,
        delay,
        one.salt());
  }

  @Test
  void vouchersThatDoNotCount() {
    onAny(all -> {
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 5_000))).isEmpty();
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 5_001)))
          .isEqualTo(VoucherWords.ABOVE_BALANCE);
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 100)))
          .isEqualTo(VoucherWords.BELOW_CLAIMED);
      assertThat(all.seen(voucher("refund", BUYER, ONE, 100))).isEmpty();
      assertThat(all.seen(voucher("refund", BUYER, ONE, 99))).isEqualTo(VoucherWords.BELOW_CLAIMED);
      assertThat(all.seen(voucher("voucher", OTHER, ONE, 200)))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      assertThat(all.seen(voucher("voucher", BUYER, channel(BUYER, 2), 200)))
          .isEqualTo(VoucherWords.NO_CHANNEL);
      assertThat(all.seen(voucher("gift", BUYER, ONE, 200))).isEqualTo(VoucherWords.FORM);

      ObjectNode other = voucher("voucher", BUYER, ONE, 200);
      ((ObjectNode) other.get("voucher")).put("channelId", "0x" + "12".repeat(32));
      assertThat(all.seen(other)).isEqualTo(VoucherWords.CHANNEL_ID);
      ObjectNode raised = voucher("voucher", BUYER, ONE, 200);
      ((ObjectNode) raised.get("voucher")).put("maxClaimableAmount", "201");
      assertThat(all.seen(raised)).isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
    });
  }

  @Test
  void channelsThatAreNotAsRequired() {
    onAny(all -> {
      Address stranger = OTHER.address();
      Channel receiver = with(ONE, stranger, ONE.token(), 900);
      Channel token = with(ONE, ONE.receiver(), stranger, 900);
      assertThat(all.seen(voucher("voucher", BUYER, receiver, 200)))
          .isEqualTo(VoucherWords.RECEIVER);
      assertThat(all.seen(voucher("voucher", BUYER, token, 200))).isEqualTo(VoucherWords.TOKEN);
      for (long delay : new long[] {0, 899, 2_592_001}) {
        Channel one = with(ONE, ONE.receiver(), ONE.token(), delay);
        assertThat(all.seen(voucher("voucher", BUYER, one, 200))).isEqualTo(VoucherWords.DELAY);
        Requirements required = required(1);
        required.extra().put("withdrawDelay", delay);
        assertThat(all.seen(voucher("voucher", BUYER, one, 200), required))
            .isEqualTo(VoucherWords.DELAY_RANGE);
        assertThat(all.refusal(claim(AUTHORIZER, List.of(entry(BUYER, one, 200, 200))), managed()))
            .isEqualTo(VoucherWords.DELAY_RANGE);
      }
      Requirements authorizer = required(1);
      authorizer.extra().put("receiverAuthorizer", stranger.text());
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 200), authorizer))
          .isEqualTo(VoucherWords.RECEIVER_AUTHORIZER);
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 200), managed()))
          .isEqualTo(VoucherWords.RECEIVER_AUTHORIZER);

      ObjectNode payment = VoucherWorld.payment(voucher("voucher", BUYER, ONE, 200));
      ((ObjectNode) payment.get("accepted")).put("network", "eip155:8453");
      assertThat(reason(all, payment)).isEqualTo(VoucherWords.NETWORK);
      ((ObjectNode) payment.get("accepted")).put("scheme", "exact");
      assertThat(reason(all, payment)).isEqualTo(VoucherWords.SCHEME);
    });
  }

  private static String reason(VoucherWorld all, ObjectNode payment) {
    return switch (all.world().vouchers.verify(payment, required(1))) {
      case Verification.Valid _ -> "";
      case Verification.Invalid invalid -> invalid.reason();
    };
  }

  /// What was signed for another chain or contract, or in the other of two forms.
  @Test
  void signaturesThatAreNotForThis() {
    onAny(all -> {
      byte[] hash =
          Keccak.hash(
              Word.of("Voucher(bytes32 channelId,uint128 maxClaimableAmount)"),
              VoucherWorld.id(ONE),
              Word.of(200));
      byte[] sound = BUYER.sign(ChainWorld.ESCROW.digest(hash));
      var signatures = new ArrayList<byte[]>();
      signatures.add(BUYER.sign(ChainSettings.escrow(8_453, Anvil.ESCROW).digest(hash)));
      signatures.add(BUYER.sign(ChainSettings.escrow(Anvil.CHAIN, OTHER.address()).digest(hash)));
      signatures.add(ChainWorld.mirrored(sound));
      signatures.add(ChainWorld.withV(sound, 0));
      signatures.add(ChainWorld.withV(sound, 29));
      signatures.add(new byte[EcdsaSignature.BYTES]);
      for (byte[] signature : signatures) {
        ObjectNode one = voucher("voucher", BUYER, ONE, 200);
        ((ObjectNode) one.get("voucher")).put("signature", hex(signature));
        assertThat(all.seen(one)).isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      }
      ObjectNode one = voucher("voucher", BUYER, ONE, 200);
      ((ObjectNode) one.get("voucher")).put("signature", hex(sound));
      assertThat(all.seen(one)).isEmpty();
    });
  }

  @Test
  void vouchersOverWhatThePayerTakesBack() {
    onAny(all -> {
      all.withdraw(ONE, 4_000);
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 1_000))).isEmpty();
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 1_001)))
          .isEqualTo(VoucherWords.ABOVE_BALANCE);
      assertThat(all.seen(voucher("refund", BUYER, ONE, 1_001))).isEmpty();
    });
  }

  /// The chain would ask the payer's address, and nobody knows what that will say once it has code.
  @Test
  void vouchersOfWhatIsNoKeyAlone() {
    onAny(all -> {
      Channel own =
          new Channel(
              ONE.payer(),
              Channel.NOBODY,
              ONE.receiver(),
              ONE.receiverAuthorizer(),
              ONE.token(),
              ONE.withdrawDelay(),
              ONE.salt());
      assertThat(all.refusal(all.deposit(BUYER, own, 100, 7, 9), required(7)))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      assertThat(all.seen(voucher("voucher", BUYER, own, 200)))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, own, 200, 200)))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      // A key signs for this one, whatever its payer's address becomes.
      all.world().anvil.call("anvil_setCode", BUYER.address().text(), "0x00");
      assertThat(all.seen(voucher("voucher", BUYER, ONE, 200))).isEmpty();
    });
  }

  @Test
  void deposits() {
    onAny(all -> {
      Channel two = channel(BUYER, 2);
      assertThat(all.seen(all.deposit(BUYER, two, 1_000, 1, 2))).isEmpty();
      assertThat(all.seen(all.deposit(BUYER, two, 1_000, 1_001, 2)))
          .isEqualTo(VoucherWords.ABOVE_BALANCE);
      assertThat(all.seen(all.deposit(BUYER, ONE, 1_000, 100, 2)))
          .isEqualTo(VoucherWords.BELOW_CLAIMED);
      assertThat(all.seen(all.deposit(BUYER, two, 100_000, 1, 2))).isEqualTo(VoucherWords.FUNDS);
      assertThat(all.seen(all.deposit(BUYER, two, 0, 0, 2))).isEqualTo(VoucherWords.DEPOSIT_LEAST);
      assertThat(all.seen(all.deposit(OTHER, two, 1_000, 1, 2)))
          .isEqualTo(VoucherWords.AUTHORIZATION_SIGNATURE);
      for (long seconds : new long[] {-1, 5, 86_401}) {
        assertThat(all.seen(all.deposit(BUYER, two, 1_000, 1, 2, seconds)))
            .isEqualTo(VoucherWords.VALID_BEFORE);
      }
      assertThat(all.seen(all.deposit(BUYER, ONE, 5_000, 200, 1)))
          .isEqualTo(VoucherWords.DEPOSIT_TRIED);
      Requirements nameless = required(1);
      nameless.extra().remove("name");
      assertThat(all.seen(all.deposit(BUYER, two, 1_000, 1, 2), nameless))
          .isEqualTo(VoucherWords.DOMAIN);
      ObjectNode permit = all.deposit(BUYER, two, 1_000, 1, 2);
      ((ObjectNode) permit.get("deposit"))
          .putObject("authorization")
          .putObject("permit2Authorization");
      assertThat(all.seen(permit)).isEqualTo(VoucherWords.AUTHORIZATION_REQUIRED);
      assertThat(all.refusal(permit, required(1))).isEqualTo(VoucherWords.AUTHORIZATION_REQUIRED);
      // Handed in at once, the same is said.
      assertThat(all.refusal(all.deposit(BUYER, two, 1_000, 1_001, 2), required(1)))
          .isEqualTo(VoucherWords.ABOVE_BALANCE);
      assertThat(all.refusal(all.deposit(BUYER, two, 100_000, 1, 2), required(1)))
          .isEqualTo(VoucherWords.FUNDS);
    });
  }

  @Test
  void claims() {
    onAny(all -> {
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, ONE, 200, 201)))
          .isEqualTo(VoucherWords.ABOVE_SIGNED);
      assertThat(claimed(all, AUTHORIZER, entry(OTHER, ONE, 200, 200)))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      assertThat(claimed(all, OTHER, entry(BUYER, ONE, 200, 200)))
          .isEqualTo(VoucherWords.CLAIM_TRIED);
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, ONE, 5_001, 5_001)))
          .isEqualTo(VoucherWords.CLAIM_TRIED);
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, channel(BUYER, 9), 10, 10)))
          .isEqualTo(VoucherWords.CLAIM_TRIED);
      ObjectNode unsigned = claim(AUTHORIZER, List.of(entry(BUYER, ONE, 200, 200)));
      unsigned.remove("claimAuthorizerSignature");
      assertThat(all.refusal(unsigned, managed())).isEqualTo(VoucherWords.NO_AUTHORIZER);
      Channel.Claim one = entry(BUYER, ONE, 200, 200);
      assertThat(all.refusal(claim(AUTHORIZER, List.of(one, one)), managed()))
          .isEqualTo(VoucherWords.FORM);
      assertThat(all.refusal(claim(AUTHORIZER, Collections.nCopies(101, one)), managed()))
          .isEqualTo(VoucherWords.TOO_MANY);
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, ONE, 200, 0))).isEqualTo(VoucherWords.FORM);
      // It is claimed already: nothing is sent, and nothing is wrong.
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, ONE, 100, 99))).isEmpty();
    });
  }

  /// What the chain refuses costs one call of the node more, however many channels it names.
  @Test
  void claimsThatTheChainRefusesHaveNoChannelLookedAt() {
    onAny(all -> {
      var claims = new ArrayList<Channel.Claim>();
      for (int i = 20; i < 60; i++) {
        claims.add(entry(BUYER, channel(BUYER, i), 10, 10));
      }
      ObjectNode claim = claim(AUTHORIZER, claims);
      var calls = new AtomicInteger();
      all.world()
          .node
          .fail(_ -> {
            calls.incrementAndGet();
            return Fault.NONE;
          });
      assertThat(all.refusal(claim, managed())).isEqualTo(VoucherWords.CLAIM_TRIED);
      assertThat(calls).hasValueLessThan(5);
    });
  }

  /// The chain would run that code in the hub's transaction.
  @Test
  void authorizersWithCode() {
    onAny(all -> {
      String lent = "0xef0100" + OTHER.address().hex();
      all.world().anvil.call("anvil_setCode", AUTHORIZER.address().text(), lent);
      assertThat(claimed(all, AUTHORIZER, entry(BUYER, ONE, 200, 200)))
          .isEqualTo(VoucherWords.RECEIVER_AUTHORIZER);
      assertThat(all.refusal(refund(BUYER, ONE, 100, 10, 0, List.of()), managed()))
          .isEqualTo(VoucherWords.RECEIVER_AUTHORIZER);
    });
  }

  private static String claimed(VoucherWorld all, GasKey authorizer, Channel.Claim one) {
    return all.refusal(claim(authorizer, List.of(one)), managed());
  }

  @Test
  void refunds() {
    onAny(all -> {
      assertThat(all.refusal(refund(BUYER, ONE, 100, 10, 1, List.of()), managed()))
          .isEqualTo(VoucherWords.REFUND_TRIED);
      assertThat(all.refusal(refund(OTHER, ONE, 100, 10, 0, List.of()), managed()))
          .isEqualTo(VoucherWords.VOUCHER_SIGNATURE);
      assertThat(all.refusal(refund(BUYER, channel(BUYER, 2), 100, 10, 0, List.of()), managed()))
          .isEqualTo(VoucherWords.REFUND_NONE);
      assertThat(
              all.refusal(
                  refund(BUYER, ONE, 5_000, 10, 0, List.of(entry(BUYER, ONE, 5_000, 5_000))),
                  managed()))
          .isEqualTo(VoucherWords.REFUND_NONE);
      ObjectNode more = refund(BUYER, ONE, 100, 10, 0, List.of());
      more.put("amount", "11");
      assertThat(all.refusal(more, managed())).isEqualTo(VoucherWords.REFUND_TRIED);
      ObjectNode unsigned = refund(BUYER, ONE, 100, 10, 0, List.of());
      unsigned.remove("refundAuthorizerSignature");
      assertThat(all.refusal(unsigned, managed())).isEqualTo(VoucherWords.NO_AUTHORIZER);
      assertThat(all.refusal(voucher("refund", BUYER, ONE, 100), managed()))
          .isEqualTo(VoucherWords.FORM);
    });
  }
}
