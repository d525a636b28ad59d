package dev.meshkore.hub.chain;

import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.x402.ChainRail.Stand;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.SignedPayment;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.Set;

/// Payments that belong to something of the hub's own, which asks again and again how they stand.
/// Who else asks for one in the facilitator is told that its nonce is used. Thread-safe.
final class OwnedPayments {
  private static final Logger LOG = System.getLogger(OwnedPayments.class.getName());

  /// What the payer can bring about after a payment was looked at.
  private static final Set<String> BY_PAYER =
      Set.of(
          Bounds.FUNDS,
          Settler.USED,
          Following.CANCELED,
          Following.USED_OTHERWISE,
          Following.REVERTED);

  /// What may be otherwise when it is asked again.
  private static final Set<String> FOR_NOW =
      Set.of(Settler.UNABLE, EvmRail.BUSY, EvmRail.PENDING, "rate_limited");

  private final ChainParts parts;
  private final EvmRail rail;
  private final Settler settler;

  OwnedPayments(ChainParts parts, EvmRail rail, Settler settler) {
    this.parts = parts;
    this.rail = rail;
    this.settler = settler;
  }

  /// Hands one in, where that was not done, and says how it stands.
  Stand stand(SignedPayment payment, Requirements requirements, String owner) {
    Authorization one = payment.authorization();
    Asker asker = Asker.ofOwner(payment, owner, parts.random());
    try {
      Optional<Settling> known = settler.known(one.from(), one.nonce());
      if (known.isPresent() && !settler.canRetry(known.get())) {
        return of(known.get(), asker, payment);
      }
      return switch (rail.handIn(payment, requirements, asker)) {
        case Settler.HandedIn.New handed -> of(handed.settling(), asker, payment);
        case Settler.HandedIn.Known before -> of(before.settling(), asker, payment);
        // Another hub may have handed it in for its owner meanwhile, which is why this one could
        // not.
        case Settler.HandedIn.Not not ->
            settler
                .known(one.from(), one.nonce())
                .map(row -> of(row, asker, payment))
                .orElseGet(() -> refused(not.reason()));
      };
    } catch (NodeFailure failure) {
      LOG.log(Level.WARNING, "A payment cannot be settled now: {0}", failure.getMessage());
      return new Stand.Open(Settler.UNABLE, false);
    }
  }

  private static Stand of(Settling known, Asker asker, SignedPayment payment) {
    byte[] call = TokenCalls.move(payment.authorization(), payment.signature());
    if (!known.isAskedBy(asker, call)) {
      return refused(Settler.USED);
    }
    return switch (known.state()) {
      case PREPARED, BROADCAST, MINED ->
          new Stand.Open(known.reason(), BY_PAYER.contains(known.reason()));
      case FINAL -> new Stand.Paid(known.transaction());
      case FAILED -> refused(known.reason());
    };
  }

  private static Stand refused(String reason) {
    return FOR_NOW.contains(reason)
        ? new Stand.Open(reason, false)
        : new Stand.Failed(reason, BY_PAYER.contains(reason));
  }
}
