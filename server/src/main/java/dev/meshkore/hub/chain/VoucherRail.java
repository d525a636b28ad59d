package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.x402.ChainRules;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.Scheme;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.Verification;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The scheme `batch-settlement` on an EVM chain: a payer puts money into a channel of an escrow
/// contract once, and then signs vouchers, each for all that its seller may have so far. The hub
/// hands in deposits, claims, payouts and refunds and pays for the gas. It signs nothing for
/// anybody, so it can move no more than payer and seller have signed. Thread-safe; calls block.
final class VoucherRail implements Scheme {
  static final String NAME = "batch-settlement";

  private static final Logger LOG = System.getLogger(VoucherRail.class.getName());
  private static final int SETTLES_AT_ONCE = 32;

  private final ChainParts parts;
  private final ChainSettings settings;
  private final Settler settler;
  private final Waiting waiting;
  private final VoucherOrders orders;
  private final VoucherRules rules;
  private final Escrow escrow;
  private final VoucherLooks looks;
  private final Semaphore settles = new Semaphore(SETTLES_AT_ONCE);

  VoucherRail(
      ChainParts parts,
      ChainSettings settings,
      Node node,
      GasKey key,
      Settler settler,
      Waiting waiting) {
    this.parts = parts;
    this.settings = settings;
    this.settler = settler;
    this.waiting = waiting;
    this.orders = new VoucherOrders(parts, settings, node, key, settler);
    this.rules = orders.rules();
    this.escrow = orders.escrow();
    this.looks = new VoucherLooks(settings, settler, orders);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String network() {
    return settings.network();
  }

  @Override
  public ObjectNode extra() {
    ObjectNode extra = Json.object();
    extra.put("name", settings.domain().name());
    extra.put("version", settings.domain().version());
    extra.put("assetTransferMethod", "eip3009");
    return extra;
  }

  @Override
  public boolean serves(Requirements requirements) {
    return NAME.equals(requirements.scheme())
        && settings.network().equals(requirements.network())
        && Address.read(requirements.asset())
            .filter(settings.domain().contract()::equals)
            .isPresent();
  }

  @Override
  public Verification verify(JsonNode payment, Requirements required) {
    Optional<String> mistake = mistake(payment, required);
    if (mistake.isPresent()) {
      return new Verification.Invalid(mistake.get(), "");
    }
    Optional<VoucherPayload> read = VoucherPayload.read(payment.path("payload"));
    if (read.isEmpty()) {
      return new Verification.Invalid(fault(payment), "");
    }
    return switch (read.get()) {
      case VoucherPayload.Deposit one -> unlessStopped(one.voucher(), looks.at(one, required));
      case VoucherPayload.Voucher one -> unlessStopped(one, looks.at(one, required, false));
      case VoucherPayload.AskedRefund one -> looks.at(one.voucher(), required, true);
      case VoucherPayload.Refund one -> looks.at(one.voucher(), required, true);
      case VoucherPayload.Claims _, VoucherPayload.Settle _, VoucherPayload.TooMany _ ->
          new Verification.Invalid(VoucherWords.FORM, "");
    };
  }

  /// What is paid from now on is refused. What was signed before is claimed, and what is left comes
  /// back, whoever is stopped.
  private Verification unlessStopped(VoucherPayload.Voucher one, Verification seen) {
    return settler.counting().unlessStopped(seen, one.channel().payer());
  }

  private Optional<String> mistake(JsonNode payment, Requirements required) {
    JsonNode accepted = payment.path("accepted");
    if (!NAME.equals(accepted.path("scheme").asString(""))) {
      return Optional.of(VoucherWords.SCHEME);
    }
    return required.network().equals(accepted.path("network").asString(""))
        ? Optional.empty()
        : Optional.of(VoucherWords.NETWORK);
  }

  private static String fault(JsonNode payment) {
    JsonNode payload = payment.path("payload");
    boolean isOtherDeposit =
        payload.path("type").asString("").equals("deposit")
            && !payload.at("/deposit/authorization").has("erc3009Authorization");
    return isOtherDeposit ? VoucherWords.AUTHORIZATION_REQUIRED : VoucherWords.FORM;
  }

  @Override
  public Settlement settle(JsonNode payment, Requirements required) {
    Optional<String> mistake = mistake(payment, required);
    if (mistake.isPresent()) {
      return refused(mistake.get(), "");
    }
    Optional<VoucherPayload> read = VoucherPayload.read(payment.path("payload"));
    if (read.isEmpty()) {
      return refused(fault(payment), "");
    }
    return switch (read.get()) {
      case VoucherPayload.Deposit one -> deposited(one, payment, required);
      case VoucherPayload.Claims one ->
          done(() -> orders.claim(one, required), required).settlement("");
      case VoucherPayload.Settle one ->
          paid(done(() -> orders.settle(one, required), required), one);
      case VoucherPayload.Refund one ->
          refunded(done(() -> orders.refund(one, required), required), one);
      case VoucherPayload.TooMany _ -> refused(VoucherWords.TOO_MANY, "");
      case VoucherPayload.Voucher _, VoucherPayload.AskedRefund _ -> refused(VoucherWords.FORM, "");
    };
  }

  private Settlement refused(String reason, String payer) {
    return Settlement.refused(reason, settings.network(), payer);
  }

  private Settlement deposited(
      VoucherPayload.Deposit one, JsonNode payment, Requirements required) {
    Channel channel = one.voucher().channel();
    String payer = channel.payer().text();
    String nonce = rules.authorization(one).nonce();
    Optional<Settling> known = settler.known(channel.payer(), nonce);
    Optional<String> mistake = rules.deposit(one, required, known.isEmpty());
    if (mistake.isPresent()) {
      return refused(mistake.get(), payer);
    }
    Order order = orders.deposit(one);
    Asker asker = asker(payment, required);
    if (known.filter(row -> !row.isAskedBy(asker, order.deed().call())).isPresent()) {
      return refused(Settler.USED, payer);
    }
    Optional<Waiting.Place> place =
        waiting.enter(channel.payer().hex() + "/" + nonce, known.isEmpty());
    if (place.isEmpty()) {
      return refused(known.isEmpty() ? "rate_limited" : EvmRail.PENDING, payer);
    }
    try (Waiting.Place _ = place.get()) {
      Outcome outcome;
      if (known.isPresent() && !settler.canRetry(known.get())) {
        outcome = awaited(known.get(), asker);
      } else {
        outcome = deposited(one, order, asker, known.isEmpty());
      }
      return outcome.isDone()
          ? outcome.settlement(payer).with(depositState(one))
          : outcome.settlement(payer);
    }
  }

  private Outcome deposited(VoucherPayload.Deposit one, Order order, Asker asker, boolean isNew) {
    Channel channel = one.voucher().channel();
    Optional<String> stopped = settler.counting().stopped(channel.payer());
    if (stopped.isPresent()) {
      return not(stopped.get());
    }
    // Only what is new is looked at: what was taken on before is tried once more as it is.
    Verification seen = isNew ? looks.at(one) : new Verification.Valid(channel.payer());
    // All that is put in counts, since vouchers pay it out without the hub.
    Gate gate =
        settler.counting().gate(channel.payer(), order.nonce(), channel.receiver(), one.atoms());
    return switch (seen) {
      case Verification.Invalid invalid -> not(invalid.reason());
      case Verification.Valid _ -> handedIn(order, asker, gate);
    };
  }

  private Asker asker(JsonNode payment, Requirements required) {
    ObjectNode words = Json.object();
    words.set("payment", payment);
    words.set("requirements", required.json());
    return Asker.of(words, payment.path("extensions"), parts.random());
  }

  /// What is in the channel after a deposit. Where the chain does not tell now, the least that is.
  private ObjectNode depositState(VoucherPayload.Deposit one) {
    BigInteger zero = BigInteger.ZERO;
    return besides(
        one.atoms(), one.voucher(), new Escrow.State(one.atoms(), zero, zero, zero, zero));
  }

  private ObjectNode besides(
      BigInteger atoms, VoucherPayload.Voucher voucher, Escrow.State otherwise) {
    Escrow.State state;
    try {
      state = escrow.at(voucher.channel().id(settings.escrow()), settler.freshHead());
    } catch (NodeFailure failure) {
      LOG.log(Level.DEBUG, "A channel cannot be looked at now: {0}", failure.getMessage());
      state = otherwise;
    }
    ObjectNode besides = Json.object();
    besides.put("amount", atoms.toString());
    besides.putObject("extra").set("channelState", state.json(voucher.channelId()));
    return besides;
  }

  /// What became of something that was to be done.
  private sealed interface Outcome {
    record Done(String transaction, BigInteger moved, String network) implements Outcome {}

    record Not(String reason, String network) implements Outcome {}

    default boolean isDone() {
      return this instanceof Done;
    }

    default Settlement settlement(String payer) {
      return switch (this) {
        case Done done -> Settlement.done(done.transaction(), done.network(), payer);
        case Not not -> Settlement.refused(not.reason(), not.network(), payer);
      };
    }
  }

  private Outcome not(String reason) {
    return new Outcome.Not(reason, settings.network());
  }

  /// Does something for which nothing is sold, so that whoever asks is told.
  private Outcome done(Supplier<VoucherOrders.Wanted> wanted, Requirements required) {
    VoucherOrders.Wanted want;
    try (VoucherLooks.Room room = looks.room()) {
      want = room.isThere() ? wanted.get() : new VoucherOrders.Wanted.Not(EvmRail.BUSY);
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A channel cannot be looked at now: {0}", failure.getMessage());
      want = new VoucherOrders.Wanted.Not(VoucherWords.UNREAD);
    }
    Asker asker = asker(Json.object(), required);
    return switch (want) {
      case VoucherOrders.Wanted.Not not -> not(not.reason());
      case VoucherOrders.Wanted.Done _ -> new Outcome.Done("", BigInteger.ZERO, settings.network());
      case VoucherOrders.Wanted.Known known ->
          placed(known.settling().deed(), false, () -> awaited(known.settling(), asker));
      case VoucherOrders.Wanted.New one ->
          placed(one.order().deed(), true, () -> handedIn(one.order(), asker, Gate.OPEN));
    };
  }

  /// A place by what is done, not by for whom: anybody may do something for a receiver.
  private Outcome placed(Deed deed, boolean isFirst, Supplier<Outcome> work) {
    Optional<Waiting.Place> place =
        waiting.enter(deed.kind().word() + "/" + deed.subject(), isFirst);
    if (place.isEmpty()) {
      return not(isFirst ? "rate_limited" : EvmRail.PENDING);
    }
    try (Waiting.Place _ = place.get()) {
      return work.get();
    }
  }

  private Outcome handedIn(Order order, Asker asker, Gate gate) {
    if (!settles.tryAcquire()) {
      return not(Settler.UNABLE);
    }
    Settler.HandedIn handedIn;
    try {
      handedIn = settler.handIn(order, asker, gate);
    } catch (Refused refused) {
      handedIn = new Settler.HandedIn.Not(ChainRules.reason(refused));
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "Nothing can be handed in now: {0}", failure.getMessage());
      handedIn = new Settler.HandedIn.Not(Settler.UNABLE);
    } finally {
      settles.release();
    }
    return switch (handedIn) {
      case Settler.HandedIn.New handed -> awaited(handed.settling(), asker);
      case Settler.HandedIn.Known known -> awaited(known.settling(), asker);
      case Settler.HandedIn.Not not -> not(not.reason());
    };
  }

  private Outcome awaited(Settling one, Asker asker) {
    return switch (waiting.await(one.number(), asker)) {
      case Waiting.Outcome.Settled settled ->
          new Outcome.Done(settled.transaction(), one.value(), settings.network());
      case Waiting.Outcome.Not not -> not(not.reason());
    };
  }

  private Settlement paid(Outcome outcome, VoucherPayload.Settle one) {
    if (!(outcome instanceof Outcome.Done done)) {
      return outcome.settlement("");
    }
    BigInteger atoms = done.moved();
    try {
      atoms = orders.paid(done.transaction(), one.receiver()).orElse(atoms);
    } catch (NodeFailure failure) {
      LOG.log(Level.DEBUG, "The node does not tell of a payout: {0}", failure.getMessage());
    }
    ObjectNode besides = Json.object();
    besides.put("amount", atoms.toString());
    return done.settlement("").with(besides);
  }

  private Settlement refunded(Outcome outcome, VoucherPayload.Refund one) {
    String payer = one.voucher().channel().payer().text();
    if (!(outcome instanceof Outcome.Done done)) {
      return outcome.settlement(payer);
    }
    BigInteger zero = BigInteger.ZERO;
    BigInteger next = one.nonce().add(BigInteger.ONE);
    var otherwise = new Escrow.State(zero, zero, zero, zero, next);
    return done.settlement(payer).with(besides(done.moved(), one.voucher(), otherwise));
  }
}
