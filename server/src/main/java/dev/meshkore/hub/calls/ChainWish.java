package dev.meshkore.hub.calls;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.SignedPayment;
import java.util.Optional;

/// What is to be paid, by what, for what.
///
/// @param rail of the chain
/// @param service its id
/// @param payee the agent that sells
/// @param price of the call
/// @param payTo the seller's address
/// @param category of the service
record ChainWish(
    ChainRail rail,
    String service,
    long payee,
    Money price,
    Address payTo,
    String category,
    SignedPayment payment,
    Input input) {
  static ChainWish of(ChainRail rail, PricedListing service, SignedPayment payment, Input input) {
    return new ChainWish(
        rail,
        service.id(),
        service.seller(),
        service.price(),
        service.payTo().orElseThrow(),
        service.category(),
        payment,
        input);
  }

  Address payer() {
    return payment.authorization().from();
  }

  String about() {
    return service + Calls.detail(input);
  }

  Requirements quote() {
    return rail.quote(payTo, price, ChainPayment.SIGNED_SECONDS);
  }

  /// What is wrong with it whoever the payer is, in a word of x402.
  Optional<String> mistake() {
    if (payment.identifier().filter(String::isEmpty).isPresent()) {
      return Optional.of("invalid_payload");
    }
    return payer().equals(payTo) ? Optional.of("invalid_payment_requirements") : Optional.empty();
  }

  /// The call as its buyer's.
  Approach.Call by(Caller.OfAgent buyer) {
    byte[] words = input.with(payment.authorization().nonce());
    return Approach.Call.signed(buyer, CallRoutes.BY_SIGNATURE, input.target(), words);
  }

  /// As what budgets hold for it is named.
  String reservation() {
    return stored(0, ChainPayment.State.PROMISED).reservation();
  }

  ChainPayment stored(long call, ChainPayment.State state) {
    return new ChainPayment(
        0,
        call,
        payer(),
        payment.authorization().nonce(),
        payTo,
        price,
        about(),
        ChainPayment.text(payment),
        state,
        "",
        "");
  }
}
