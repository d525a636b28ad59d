package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.x402.SignedPayment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Looks at what payers sign so that their money goes into escrow. Thread-safe; calls block.
final class CustodyLooks {
  private static final Logger LOG = System.getLogger(CustodyLooks.class.getName());
  private static final int LOOKS_AT_ONCE = 16;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final GasKey key;
  private final Node node;
  private final Settler settler;
  private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);

  CustodyLooks(ChainParts parts, ChainSettings settings, GasKey key, Node node, Settler settler) {
    this.parts = parts;
    this.settings = settings;
    this.key = key;
    this.node = node;
    this.settler = settler;
  }

  Custody.Checked check(Custody.Deal deal, String about, JsonNode payment) {
    JsonNode accepted = payment.path("accepted");
    if (!Custody.SCHEME.equals(accepted.path("scheme").asString(Custody.SCHEME))) {
      return new Custody.Checked.Wrong(CustodyWords.SCHEME);
    }
    if (!settings.isNetwork(accepted.path("network").asString(settings.network()))) {
      return new Custody.Checked.Wrong(CustodyWords.NETWORK);
    }
    Optional<SignedPayment> read = read(payment.path("payload"));
    Optional<byte[]> salt = Word.readBytes(payment.path("payload").path("salt").asString(""));
    if (read.isEmpty() || salt.isEmpty()) {
      return new Custody.Checked.Wrong(CustodyWords.FORM);
    }
    Authorization one = read.get().authorization();
    Optional<String> mistake = mistake(deal, one);
    if (mistake.isPresent()) {
      return new Custody.Checked.Wrong(mistake.get());
    }
    PaymentInfo info = info(deal, one, new BigInteger(1, salt.get()));
    SignDomain domain = settings.domain();
    if (!info.nonce(domain.chain(), deal.escrow()).equals(one.nonce())) {
      return new Custody.Checked.Wrong(CustodyWords.NONCE);
    }
    byte[] signature = read.get().signature();
    boolean isSigned =
        EcdsaSignature.signer(one.receiveDigest(domain), signature)
            .map(Address::ofKey)
            .filter(one.from()::equals)
            .isPresent();
    if (!isSigned) {
      return new Custody.Checked.Wrong(CustodyWords.SIGNATURE);
    }
    var held =
        new SqlCustody.Held(
            HexFormat.of().formatHex(info.hash(domain.chain(), deal.escrow())),
            deal.escrow(),
            settings.capturing().collector(),
            about,
            info,
            signature);
    return looked(held, one)
        .<Custody.Checked>map(Custody.Checked.Wrong::new)
        .orElseGet(() -> new Custody.Checked.Fine(new Custody.Signed(held)));
  }

  private static Optional<SignedPayment> read(JsonNode payload) {
    ObjectNode whole = Json.object();
    whole.set("payload", payload);
    return SignedPayment.read(whole);
  }

  private PaymentInfo info(Custody.Deal deal, Authorization one, BigInteger salt) {
    return new PaymentInfo(
        deal.operator(),
        deal.payer(),
        deal.receiver(),
        settings.domain().contract(),
        one.value(),
        one.validBefore().longValueExact(),
        deal.deadline(),
        deal.deadline(),
        deal.feeBps(),
        deal.feeReceiver(),
        salt);
  }

  /// What is wrong with it, as far as it tells itself.
  private Optional<String> mistake(Custody.Deal deal, Authorization one) {
    long now = parts.time().instant().getEpochSecond();
    if (!deal.operator().equals(key.address())
        || !deal.escrow().equals(settings.capturing().escrow())) {
      return Optional.of(CustodyWords.OPERATOR);
    }
    if (!one.from().equals(deal.payer())) {
      return Optional.of(CustodyWords.PAYER);
    }
    if (!one.to().equals(settings.capturing().collector())) {
      return Optional.of(CustodyWords.RECIPIENT);
    }
    if (!one.value().equals(BigInteger.valueOf(deal.atoms()))) {
      return Optional.of(CustodyWords.VALUE);
    }
    // The contract that takes it in says so.
    if (one.validAfter().signum() != 0) {
      return Optional.of(CustodyWords.AFTER);
    }
    long latest = Math.min(now + EvmRail.WINDOW_SECONDS_MAX, deal.deadline());
    boolean isInTime =
        one.validBefore().compareTo(BigInteger.valueOf(now + EvmRail.SLACK_SECONDS)) >= 0
            && one.validBefore().compareTo(BigInteger.valueOf(latest)) <= 0;
    return isInTime ? Optional.empty() : Optional.of(CustodyWords.BEFORE);
  }

  private Optional<String> looked(SqlCustody.Held held, Authorization one) {
    if (!looks.tryAcquire()) {
      return Optional.of(EvmRail.BUSY);
    }
    try {
      return unable(held, one);
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A payment cannot be looked at now: {0}", failure.getMessage());
      return Optional.of(EvmRail.BUSY);
    } finally {
      looks.release();
    }
  }

  /// Why the chain would not take the money in now.
  private Optional<String> unable(SqlCustody.Held held, Authorization one) {
    Address token = settings.domain().contract();
    if (settler.known(one.from(), one.nonce()).isPresent()) {
      return Optional.of(Settler.USED);
    }
    Node.Block head = settler.freshHead();
    if (node.wordAt(token, TokenCalls.state(one.from(), one.nonce()), head).signum() != 0) {
      return Optional.of(Settler.USED);
    }
    // Where there is no such contract this says so; a call of it would seem to do what is asked.
    byte[] state = CaptureCalls.state(HexFormat.of().parseHex(held.payment()));
    if (node.wordsAt(held.contract(), state, 3, head).getFirst().signum() != 0) {
      return Optional.of(Settler.USED);
    }
    Bounds.Funds funds = settler.bounds().funds(head, one.from(), one.value());
    if (!settler.bounds().cover(funds, one.from(), one.value())) {
      return Optional.of(Bounds.FUNDS);
    }
    byte[] call = CaptureCalls.authorize(held.info(), held.collector(), held.signature());
    return node.tried(key.address(), held.contract(), call).isPresent()
        ? Optional.empty()
        : Optional.of(Following.REVERTED);
  }
}
