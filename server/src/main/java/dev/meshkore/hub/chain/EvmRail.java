package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.ChainRules;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import dev.meshkore.hub.x402.Verification;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.node.ObjectNode;

/// The rail of an EVM chain: a buyer signs an authorization of the token (EIP-3009), the hub hands
/// it in and pays for the gas. The hub can move the money to whom it was signed for, or not;
/// nothing else. Thread-safe; calls block.
final class EvmRail implements ChainRail {
  private static final Logger LOG = System.getLogger(EvmRail.class.getName());
  private static final String EXACT = "exact";
  private static final String METHOD = "eip3009";
  private static final String BEFORE = "invalid_exact_evm_payload_authorization_valid_before";
  static final String PENDING = "settlement_pending";
  static final String BUSY = "unexpected_verify_error";

  /// So many strangers have the node asked at once, whatever they sign; others hear at once that
  /// they are to come again. What follows payments does not wait for them, and what settles them
  /// does not wait for what only looks.
  private static final int LOOKS_AT_ONCE = 16;

  private static final int SETTLES_AT_ONCE = 32;

  /// So many payments of the hub's own are handed in at once, however many strangers settle.
  private static final int OWNED_AT_ONCE = 32;

  /// So much must be left of an authorization for it to reach a block.
  static final long SLACK_SECONDS = 6;

  /// A longer one could be used by anybody for so long after it failed here.
  static final long WINDOW_SECONDS_MAX = 86_400;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final SignDomain domain;
  private final String network;
  private final Node node;
  private final GasKey key;
  private final Settler settler;
  private final Waiting waiting;
  private final OwnedPayments owned;
  private final Semaphore looks = new Semaphore(LOOKS_AT_ONCE);
  private final Semaphore settles = new Semaphore(SETTLES_AT_ONCE);
  private final Semaphore ownedSettles = new Semaphore(OWNED_AT_ONCE);

  EvmRail(
      ChainParts parts,
      ChainSettings settings,
      Node node,
      GasKey key,
      Settler settler,
      Waiting waiting) {
    this.parts = parts;
    this.settings = settings;
    this.domain = settings.domain();
    this.network = settings.network();
    this.node = node;
    this.key = key;
    this.settler = settler;
    this.waiting = waiting;
    this.owned = new OwnedPayments(parts, this, settler);
  }

  @Override
  public String network() {
    return network;
  }

  @Override
  public ObjectNode extra() {
    ObjectNode extra = Json.object();
    extra.put("name", domain.name());
    extra.put("version", domain.version());
    extra.put("assetTransferMethod", METHOD);
    return extra;
  }

  @Override
  public boolean serves(Requirements requirements) {
    return EXACT.equals(requirements.scheme())
        && settings.isNetwork(requirements.network())
        && Address.read(requirements.asset()).filter(domain.contract()::equals).isPresent();
  }

  @Override
  public Asset asset() {
    return Asset.ofToken(domain.chain(), domain.contract());
  }

  @Override
  public SignDomain domain() {
    return domain;
  }

  @Override
  public Requirements quote(Address payTo, Money price, long timeoutSeconds) {
    return new Requirements(
        EXACT,
        network,
        Long.toString(price.atoms()),
        domain.contract().text(),
        payTo.text(),
        timeoutSeconds,
        extra());
  }

  @Override
  public Verification verify(SignedPayment payment, Requirements requirements) {
    Verification seen = look(payment, requirements, List.of(), 0);
    return settler.counting().unlessStopped(seen, payment.authorization().from());
  }

  @Override
  public Verification look(
      SignedPayment payment, Requirements requirements, List<Promise> promised, long until) {
    Authorization one = payment.authorization();
    boolean isShort = one.validBefore().compareTo(BigInteger.valueOf(until)) < 0;
    String reason =
        mistake(payment, requirements)
            .or(() -> isShort ? Optional.of(BEFORE) : window(one))
            .or(() -> dust(one))
            .or(() -> until > 0 ? full(payment) : Optional.empty())
            .or(() -> looked(payment, promised, until > 0))
            .orElse("");
    return reason.isEmpty()
        ? new Verification.Valid(one.from())
        : new Verification.Invalid(reason, one.from().text());
  }

  @Override
  public Stand stand(SignedPayment payment, Requirements requirements, String owner) {
    return owned.stand(payment, requirements, owner);
  }

  /// Work is not begun whose payment the hub could not hand in now.
  private Optional<String> full(SignedPayment payment) {
    return parts.database().read(reader -> settler.bounds().full(reader, order(payment)));
  }

  private Order order(SignedPayment payment) {
    return Order.payment(domain.contract(), payment.authorization(), payment.signature());
  }

  private Optional<String> looked(SignedPayment payment, List<Promise> promised, boolean isBegin) {
    if (!looks.tryAcquire()) {
      return Optional.of(BUSY);
    }
    try {
      return unable(payment, promised, isBegin);
    } finally {
      looks.release();
    }
  }

  @Override
  public Settlement settle(SignedPayment payment, Requirements requirements) {
    Authorization one = payment.authorization();
    Optional<String> mistake = mistake(payment, requirements);
    if (mistake.isPresent()) {
      return refused(mistake.get(), one);
    }
    Optional<Settling> known = settler.known(one.from(), one.nonce());
    // What was handed in before may be over by now; its seller is still told.
    Optional<String> reason =
        known.isPresent() ? Optional.empty() : window(one).or(() -> dust(one));
    if (reason.isPresent()) {
      return refused(reason.get(), one);
    }
    Asker asker = Asker.of(payment, requirements, parts.random());
    byte[] call = TokenCalls.move(one, payment.signature());
    if (known.filter(row -> !row.isAskedBy(asker, call)).isPresent()) {
      return refused(Settler.USED, one);
    }
    Optional<Waiting.Place> place =
        waiting.enter(one.from().hex() + "/" + one.nonce(), known.isEmpty());
    if (place.isEmpty()) {
      return refused(known.isEmpty() ? "rate_limited" : PENDING, one);
    }
    try (Waiting.Place _ = place.get()) {
      return known.filter(row -> !settler.canRetry(row)).isPresent()
          ? answer(known.get(), one, asker)
          : handedIn(payment, asker, known.isEmpty());
    }
  }

  private Settlement handedIn(SignedPayment payment, Asker asker, boolean isNew) {
    Authorization one = payment.authorization();
    Optional<String> stopped = settler.counting().stopped(one.from());
    if (stopped.isPresent()) {
      return refused(stopped.get(), one);
    }
    if (!settles.tryAcquire()) {
      return refused(Settler.UNABLE, one);
    }
    Settler.HandedIn handedIn;
    try {
      Gate gate = settler.counting().gate(one.from(), one.nonce(), one.to(), one.value());
      handedIn = handIn(payment, asker, gate, isNew);
    } catch (Refused refused) {
      handedIn = new Settler.HandedIn.Not(ChainRules.reason(refused));
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A payment cannot be settled now: {0}", failure.getMessage());
      handedIn = new Settler.HandedIn.Not(Settler.UNABLE);
    } finally {
      settles.release();
    }
    return switch (handedIn) {
      case Settler.HandedIn.New handed -> answer(handed.settling(), one, asker);
      case Settler.HandedIn.Known known -> answer(known.settling(), one, asker);
      case Settler.HandedIn.Not not -> refused(not.reason(), one);
    };
  }

  private Settler.HandedIn handIn(SignedPayment payment, Asker asker, Gate gate, boolean isNew) {
    Optional<String> reason = isNew ? unable(payment, List.of(), false) : Optional.empty();
    return reason.isPresent()
        ? new Settler.HandedIn.Not(reason.get())
        : settler.handIn(order(payment), asker, gate);
  }

  /// Looks at a payment once more and hands it in, without a wait for what becomes of it. Whoever
  /// it is for has asked its payer's rules.
  ///
  /// @throws NodeFailure when the node cannot be asked
  Settler.HandedIn handIn(SignedPayment payment, Requirements requirements, Asker asker) {
    Authorization one = payment.authorization();
    boolean isNew = settler.known(one.from(), one.nonce()).isEmpty();
    Optional<String> mistake =
        mistake(payment, requirements)
            .or(() -> isNew ? window(one).or(() -> dust(one)) : Optional.empty());
    if (mistake.isPresent()) {
      return new Settler.HandedIn.Not(mistake.get());
    }
    if (!ownedSettles.tryAcquire()) {
      return new Settler.HandedIn.Not(Settler.UNABLE);
    }
    try {
      return handIn(payment, asker, Gate.OPEN, isNew);
    } finally {
      ownedSettles.release();
    }
  }

  private Settlement answer(Settling settling, Authorization one, Asker asker) {
    return switch (waiting.await(settling.number(), asker)) {
      case Waiting.Outcome.Settled settled ->
          Settlement.done(settled.transaction(), network, one.from().text());
      case Waiting.Outcome.Not not -> refused(not.reason(), one);
    };
  }

  private Settlement refused(String reason, Authorization one) {
    return Settlement.refused(reason, network, one.from().text());
  }

  @Override
  public Optional<String> mistake(SignedPayment payment, Requirements requirements) {
    Authorization one = payment.authorization();
    if (!serves(requirements)) {
      return Optional.of("invalid_payment_requirements");
    }
    if (!EXACT.equals(payment.scheme())) {
      return Optional.of("unsupported_scheme");
    }
    if (!settings.isNetwork(payment.network())) {
      return Optional.of("invalid_network");
    }
    if (!METHOD.equals(orElse(requirements.extra("assetTransferMethod"), METHOD))
        || !domain.name().equals(orElse(requirements.extra("name"), domain.name()))
        || !domain.version().equals(orElse(requirements.extra("version"), domain.version()))) {
      return Optional.of("invalid_payment_requirements");
    }
    if (Address.read(requirements.payTo()).filter(one.to()::equals).isEmpty()) {
      return Optional.of("invalid_exact_evm_payload_recipient_mismatch");
    }
    if (Word.read(requirements.amount()).filter(one.value()::equals).isEmpty()) {
      return Optional.of("invalid_exact_evm_payload_authorization_value_mismatch");
    }
    return isSigned(payment)
        ? Optional.empty()
        : Optional.of("invalid_exact_evm_payload_signature");
  }

  private static String orElse(String text, String otherwise) {
    return text.isEmpty() ? otherwise : text;
  }

  private Optional<String> window(Authorization one) {
    long now = parts.time().instant().getEpochSecond();
    if (one.validAfter().compareTo(BigInteger.valueOf(now)) >= 0) {
      return Optional.of("invalid_exact_evm_payload_authorization_valid_after");
    }
    boolean isLong = one.validBefore().compareTo(BigInteger.valueOf(now + WINDOW_SECONDS_MAX)) > 0;
    boolean isShort = one.validBefore().compareTo(BigInteger.valueOf(now + SLACK_SECONDS)) < 0;
    return isLong || isShort ? Optional.of(BEFORE) : Optional.empty();
  }

  /// Each payment takes gas, however little it moves.
  private Optional<String> dust(Authorization one) {
    return one.value().compareTo(BigInteger.valueOf(settings.least())) < 0
        ? Optional.of("invalid_exact_evm_payload_authorization_value")
        : Optional.empty();
  }

  @Override
  public boolean isSigned(SignedPayment payment) {
    Authorization one = payment.authorization();
    return EcdsaSignature.signer(one.transferDigest(domain), payment.signature())
        .map(Address::ofKey)
        .filter(one.from()::equals)
        .isPresent();
  }

  /// Why the chain would not move the money now.
  private Optional<String> unable(SignedPayment payment, List<Promise> promised, boolean isBegin) {
    Authorization one = payment.authorization();
    try {
      if (settler.known(one.from(), one.nonce()).isPresent()) {
        return Optional.of(Settler.USED);
      }
      Node.Block head = settler.freshHead();
      byte[] state = TokenCalls.state(one.from(), one.nonce());
      if (node.wordAt(domain.contract(), state, head).signum() != 0) {
        return Optional.of(Settler.USED);
      }
      Bounds bounds = settler.bounds();
      BigInteger wanted = one.value().add(bounds.promised(one.from(), promised));
      Bounds.Funds funds = bounds.funds(head, one.from(), wanted);
      if (!bounds.cover(funds, one.from(), one.value(), promised)) {
        return Optional.of(Bounds.FUNDS);
      }
      byte[] call = TokenCalls.move(one, payment.signature());
      if (node.tried(key.address(), domain.contract(), call).isEmpty()) {
        return Optional.of("invalid_transaction_state");
      }
      return isBegin ? settler.unable(order(payment), head) : Optional.empty();
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A payment cannot be looked at now: {0}", failure.getMessage());
      return Optional.of(BUSY);
    }
  }
}
