package dev.meshkore.sdk;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What may be paid, and what was. A payment counts from the moment it is signed, whether or not
/// the seller takes it, because it can: nothing is given back. It lives as long as the process;
/// clients that share one budget share its limits. Thread-safe.
public final class Budget {
  private final List<Allowance> allowances;
  private final Map<Allowance, BigInteger> signed = new HashMap<>();

  private Budget(List<Allowance> allowances) {
    this.allowances = allowances;
    var assets = new HashSet<List<String>>();
    for (Allowance one : allowances) {
      if (!assets.add(List.of(one.network(), one.asset()))) {
        throw new IllegalArgumentException(
            "An asset has one allowance, and there are two of " + one.asset());
      }
    }
  }

  /// What may be paid; nothing else is.
  public static Budget of(Allowance... allowances) {
    return new Budget(List.of(allowances));
  }

  /// How many atoms were signed of an allowance.
  public synchronized BigInteger signed(Allowance allowance) {
    return signed.getOrDefault(allowance, BigInteger.ZERO);
  }

  /// Takes the first offer that is within the limits, and counts it.
  ///
  /// @param denials why those before were not taken
  synchronized Optional<PaymentOffer> take(List<PaymentOffer> offers, List<Denial> denials) {
    for (PaymentOffer offer : offers) {
      Optional<Allowance> allowance = allowances.stream().filter(a -> a.isOf(offer)).findFirst();
      if (allowance.isEmpty()) {
        denials.add(unknown(offer));
        continue;
      }
      List<Denial> against = against(offer, allowance.get());
      if (against.isEmpty()) {
        signed.merge(allowance.get(), offer.amount(), BigInteger::add);
        return Optional.of(offer);
      }
      denials.addAll(against);
    }
    return Optional.empty();
  }

  private Denial unknown(PaymentOffer offer) {
    boolean isNetworkKnown =
        allowances.stream().anyMatch(one -> one.network().equals(offer.network()));
    return isNetworkKnown
        ? new Denial(
            Denial.Limit.ASSET,
            "Nothing may be paid in the asset " + offer.asset() + " of " + offer.network())
        : new Denial(Denial.Limit.NETWORK, "Nothing may be paid on the network " + offer.network());
  }

  private List<Denial> against(PaymentOffer offer, Allowance allowance) {
    var against = new ArrayList<Denial>();
    EvmAddress contract = offer.domain().contract();
    if (!allowance.takes(contract)) {
      against.add(
          new Denial(
              Denial.Limit.CONTRACT,
              "It would be signed for the contract "
                  + contract
                  + ", which is neither the asset nor the gateway that is allowed"));
    }
    if (offer.amount().compareTo(allowance.mostPerPayment()) > 0) {
      against.add(
          new Denial(
              Denial.Limit.PER_PAYMENT,
              offer.amount()
                  + " atoms are over the limit per payment of "
                  + allowance.mostPerPayment()));
    }
    BigInteger before = signed(allowance);
    if (before.add(offer.amount()).compareTo(allowance.mostInAll()) > 0) {
      against.add(
          new Denial(
              Denial.Limit.IN_ALL,
              offer.amount()
                  + " atoms, after "
                  + before
                  + ", are over the limit in all of "
                  + allowance.mostInAll()));
    }
    return against;
  }
}
