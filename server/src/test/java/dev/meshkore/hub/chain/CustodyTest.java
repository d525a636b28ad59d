package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.testing.Anvil;
import dev.meshkore.hub.testing.FaultyNode.Fault;
import dev.meshkore.hub.testing.TestDatabase;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Money in escrow: in by a payer's signature, out by captures to its receiver, back by a void or
/// by the payer alone.
final class CustodyTest {
  private static final GasKey PAYER = ChainWorld.key(1);
  private static final GasKey OTHER = ChainWorld.key(2);
  private static final long DAY = 86_400;

  @TempDir private Path folder;

  private void onEach(Consumer<CustodyWorld> play) {
    TestDatabase.each(folder)
        .forEach(url -> {
          Optional<Anvil> started = Anvil.manual();
          assumeTrue(started.isPresent(), "anvil is not installed");
          try (Anvil anvil = started.get();
              var world = new ChainWorld(anvil, url)) {
            anvil.mint(PAYER.address(), 100_000);
            play.accept(new CustodyWorld(world));
          }
        });
  }

  private static long dollars(CustodyWorld it, dev.meshkore.hub.evm.Address whose) {
    return it.world().anvil.balance(whose);
  }

  @Test
  void paysPartsAndGivesTheRestBack() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_001, 30 * DAY);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 600));
      it.finish();
      assertThat(it.told()).containsExactly("authorize done");
      assertThat(it.inEscrow(payment, 1)).isEqualTo(10_001);

      it.capture(payment, 3_333);
      it.capture(payment, 1);
      it.cancel(payment);
      it.cancel(payment);
      it.finish();
      assertThat(it.told())
          .containsExactly("authorize done", "capture done", "capture done", "void done");
      // Each capture's fee is rounded down by itself.
      assertThat(dollars(it, CustodyWorld.FEES)).isEqualTo(116);
      assertThat(dollars(it, CustodyWorld.RECEIVER)).isEqualTo(3_334 - 116);
      assertThat(dollars(it, PAYER.address())).isEqualTo(100_000 - 3_334);
      assertThat(it.inEscrow(payment, 1)).isZero();
      assertThatThrownBy(() -> it.capture(payment, 6_668))
          .isInstanceOf(IllegalArgumentException.class);
    });
  }

  @Test
  void tellsOnceWhatCameOfIt() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 5_000, 30 * DAY);
      ObjectNode payment = it.signed(PAYER, deal, 1, 600);
      String name = it.order(deal, payment);
      assertThat(it.world().custody.unheard(10)).isEmpty();
      it.finish();
      it.world().restart();
      List<Custody.Ordered> told = it.world().custody.unheard(10);
      assertThat(told).hasSize(1);
      assertThat(told.getFirst().payment()).isEqualTo(name);
      assertThat(told.getFirst().transaction()).startsWith("0x");
      assertThat(hear(it, told.getFirst())).isTrue();
      assertThat(hear(it, told.getFirst())).isFalse();
      assertThat(it.world().custody.unheard(10)).isEmpty();
      assertThat(it.refusal(deal, payment)).isEqualTo("nonce_already_used");
    });
  }

  private static boolean hear(CustodyWorld it, Custody.Ordered one) {
    return it.world().database.write(open -> it.world().custody.heard(open, one));
  }

  @Test
  void refusesWhatIsNotAgreed() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_000, 30 * DAY);
      ObjectNode fine = it.signed(PAYER, deal, 1, 600);
      assertThat(it.refusal(deal, fine)).isEmpty();
      String at = "invalid_auth_capture_evm_payload_";
      assertThat(it.refusal(it.deal(OTHER, 10_000, 30 * DAY), fine))
          .isEqualTo(at + "payer_mismatch");
      assertThat(it.refusal(it.deal(PAYER, 9_999, 30 * DAY), fine))
          .isEqualTo(at + "authorization_value_mismatch");
      assertThat(it.refusal(it.deal(PAYER, 10_000, 31 * DAY), fine))
          .isEqualTo(at + "nonce_mismatch");
      assertThat(it.refusal(deal, it.signed(PAYER, deal, 1, 2)))
          .isEqualTo(at + "authorization_valid_before");
      assertThat(it.refusal(deal, it.signed(PAYER, deal, 1, 2 * DAY)))
          .isEqualTo(at + "authorization_valid_before");
      ObjectNode salted = fine.deepCopy();
      ((ObjectNode) salted.get("payload")).put("salt", "0x" + "1".repeat(64));
      assertThat(it.refusal(deal, salted)).isEqualTo(at + "nonce_mismatch");
      ObjectNode byOther = it.signed(OTHER, deal, 1, 600);
      ((ObjectNode) byOther.at("/payload/authorization")).put("from", PAYER.address().text());
      assertThat(it.refusal(deal, byOther)).isEqualTo(at + "signature");
      ObjectNode elsewhere = fine.deepCopy();
      elsewhere.putObject("accepted").put("scheme", "auth-capture").put("network", "eip155:1");
      assertThat(it.refusal(deal, elsewhere)).isEqualTo("invalid_network");
      elsewhere.putObject("accepted").put("scheme", "exact");
      assertThat(it.refusal(deal, elsewhere)).isEqualTo("unsupported_scheme");
      ((ObjectNode) elsewhere.get("payload")).remove("signature");
      assertThat(it.refusal(deal, elsewhere)).isEqualTo("unsupported_scheme");
      elsewhere.remove("accepted");
      assertThat(it.refusal(deal, elsewhere)).isEqualTo("invalid_payload");
      Custody.Deal dear = it.deal(PAYER, 100_001, 30 * DAY);
      assertThat(it.refusal(dear, it.signed(PAYER, dear, 1, 600))).isEqualTo("insufficient_funds");
      it.world().node.fail(_ -> Fault.UNHEARD);
      assertThat(it.refusal(deal, fine)).isEqualTo("unexpected_verify_error");
    });
  }

  @Test
  void failsWhereThePayerHasNothingLeft() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 100_000, 30 * DAY);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 600));
      var elsewhere = it.world().signedFor(PAYER, 1);
      it.world().byStranger(elsewhere, ChainWorld.sign(PAYER, elsewhere));
      it.world().anvil.mine(1);
      it.finish();
      assertThat(it.told()).hasSize(1);
      assertThat(it.told().getFirst()).startsWith("authorize failed ");
      assertThat(it.inEscrow(payment, 1)).isZero();
      // The same may be handed in again as long as it counts.
      assertThat(dollars(it, PAYER.address())).isEqualTo(99_999);
    });
  }

  @Test
  void aCaptureThatComesTooLateIsTold() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_000, DAY);
      ObjectNode signed = it.signed(PAYER, deal, 1, 600);
      String payment = it.order(deal, signed);
      it.finish();
      it.world().anvil.pass(DAY);
      it.world().anvil.mine(1);
      it.reclaim(PAYER, deal, signed);
      it.world().anvil.mine(ChainWorld.CONFIRMATIONS);
      assertThat(dollars(it, PAYER.address())).isEqualTo(100_000);
      it.capture(payment, 4_000);
      it.cancel(payment);
      it.finish();
      assertThat(it.told())
          .containsExactly("authorize done", "capture failed reclaimed_by_payer", "void done");
      assertThat(dollars(it, CustodyWorld.RECEIVER)).isZero();
    });
  }

  @Test
  void whatCanBeCapturedNoMoreGoesBack() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_000, DAY);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 600));
      it.finish();
      it.world().anvil.pass(DAY);
      it.world().anvil.mine(ChainWorld.CONFIRMATIONS);
      it.capture(payment, 10_000);
      it.cancel(payment);
      it.finish();
      assertThat(it.told()).containsExactly("authorize done", "capture failed capture_expired");
      it.cancel(payment);
      it.finish();
      assertThat(it.told()).last().isEqualTo("void done");
      assertThat(dollars(it, PAYER.address())).isEqualTo(100_000);
    });
  }

  /// The payer chooses the names of its payments, and may guess how the hub names what it does.
  @Test
  void aPayersPaymentsTakeNoNamesOfCaptures() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_000, 30 * DAY);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 600));
      it.finish();
      byte[] hash = HexFormat.of().parseHex(payment);
      for (int number = 1; number <= 4; number++) {
        byte[] name = Keccak.hash(hash, Word.of(number), Word.of(0));
        ChainWorld world = it.world();
        world.handIn(PAYER, named(world.signedFor(PAYER, 1), CustodyWorld.hex(name)));
        world.go(5);
      }
      it.capture(payment, 4_000);
      it.cancel(payment);
      it.finish();
      assertThat(it.told()).containsExactly("authorize done", "capture done", "void done");
    });
  }

  private static Authorization named(Authorization one, String nonce) {
    return new Authorization(
        one.from(), one.to(), one.value(), one.validAfter(), one.validBefore(), nonce);
  }

  /// What the payer sends to the collector without the contract is lost to it, and is no escrow.
  @Test
  void moneyThatGoesPastTheContractIsNotInEscrow() {
    onEach(it -> {
      ChainWorld world = it.world();
      Custody.Deal deal = it.deal(PAYER, 10_000, 30 * DAY);
      ObjectNode signed = it.signed(PAYER, deal, 1, 600);
      String payment = it.order(deal, signed);
      world.node.fail(
          method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      world.desk.look();
      JsonNode fields = signed.at("/payload/authorization");
      var past =
          new Authorization(
              PAYER.address(),
              Anvil.PAYMENT_COLLECTOR,
              BigInteger.valueOf(10_000),
              BigInteger.ZERO,
              new BigInteger(fields.get("validBefore").stringValue()),
              fields.get("nonce").stringValue());
      world.byStranger(past, ChainWorld.sign(PAYER, past));
      world.anvil.mine(1);
      world.node.heal(0);
      it.finish();
      assertThat(it.told()).containsExactly("authorize failed authorization_used_otherwise");
      assertThat(it.inEscrow(payment, 1)).isZero();
    });
  }

  @Test
  void capturesOnceWhateverTheNodeDoes() {
    onEach(it -> {
      Custody.Deal deal = it.deal(PAYER, 10_000, 30 * DAY);
      String payment = it.order(deal, it.signed(PAYER, deal, 1, 600));
      it.finish();
      it.capture(payment, 4_000);
      // It is taken, and the hub does not hear of it and ends.
      it.world()
          .node
          .fail(method -> method.equals("eth_sendRawTransaction") ? Fault.UNHEARD : Fault.NONE);
      it.world().go(1);
      it.world().restart();
      it.world().go(2);
      it.world().anvil.reorganise(1);
      it.finish();
      assertThat(it.told()).containsExactly("authorize done", "capture done");
      assertThat(it.inEscrow(payment, 2)).isEqualTo(4_000);
      assertThat(dollars(it, CustodyWorld.RECEIVER)).isEqualTo(4_000 - 140);
    });
  }
}
