package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Problems;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.Paywall;
import dev.meshkore.hub.x402.Settlement;
import dev.meshkore.hub.x402.SignedPayment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Calls over HTTP that a chain pays: what is to be signed, and what became of what was.
final class ChainDesk {
  /// So many who are no agents may wait for answers at once; others are told to come again.
  private static final int STRANGERS_WAITING_MAX = 256;

  private final CallParts parts;
  private final Calls calls;
  private final ChainPaying paying;
  private final ChainRail rail;
  private final Answers answers;
  private final Semaphore strangers = new Semaphore(STRANGERS_WAITING_MAX);

  /// What the routes say of all calls.
  interface Answers {
    /// The address of a service's calls.
    String url(String service);

    /// A call that waits.
    Response waiting(PaidCall call);

    /// A call that nobody answered.
    Refused failed(PaidCall call);
  }

  ChainDesk(CallParts parts, Calls calls, ChainPaying paying, ChainRail rail, Answers answers) {
    this.parts = parts;
    this.calls = calls;
    this.paying = paying;
    this.rail = rail;
    this.answers = answers;
  }

  /// Whether a payment is for the chain.
  boolean isMeant(SignedPayment payment) {
    return payment.network().equals(rail.network());
  }

  /// The answer to a payment for a call that is known: its own, or one that is unpaid yet. Empty
  /// where the payment is for a new call.
  ///
  /// @throws Refused where another payment for the same may still pay it
  Optional<Response> known(SignedPayment payment, String service, Input input, long seconds) {
    Optional<PaidCall> own = paying.paidBy(payment, service, input);
    if (own.isPresent()) {
      return Optional.of(awaited(own.get(), seconds));
    }
    // Whoever only says a payer's name hears nothing of what it has called.
    if (!rail.isSigned(payment)) {
      return Optional.empty();
    }
    return paying
        .kept(payment, service, input)
        .map(call -> {
          if (call.state() != PaidCall.State.UNPAID) {
            throw ChainPaying.onItsWay();
          }
          return again(call, payment, input, seconds);
        });
  }

  private Response again(PaidCall call, SignedPayment payment, Input input, long seconds) {
    ChainPayment before = paying.payment(call);
    var wish =
        new ChainWish(
            rail,
            call.service(),
            call.seller(),
            before.money(),
            before.payTo(),
            calls.category(call.service()),
            payment,
            input);
    var resource = new Paywall.Resource(answers.url(call.service()), "");
    return answered(wish, resource, seconds, () -> paying.payAgain(wish, call));
  }

  /// The answer to a payment for a new call of a service.
  Response call(
      PricedListing service,
      Paywall.Resource resource,
      SignedPayment payment,
      Input input,
      long seconds) {
    var wish = ChainWish.of(rail, service, payment, input);
    return answered(wish, resource, seconds, () -> paying.make(wish, service.version()));
  }

  private interface Making {
    ChainPaying.Made make();
  }

  private Response answered(
      ChainWish wish, Paywall.Resource resource, long seconds, Making making) {
    try {
      return made(wish, resource, seconds, making);
    } catch (Refused refused) {
      return told(
          resource.url(),
          Problems.response(refused),
          Settlement.refused(refused.type().slug(), rail.network(), wish.payer().text()));
    }
  }

  private Response made(ChainWish wish, Paywall.Resource resource, long seconds, Making making) {
    var buyer = parts.payers().of(wish.payment(), rail.domain());
    // What can be refused is refused before a call is made.
    try (HeldOpen.Hold _ = held(buyer, seconds)) {
      return switch (making.make()) {
        case ChainPaying.Made.Stored stored ->
            became(waited(stored.call(), buyer.isEmpty(), seconds));
        case ChainPaying.Made.Bad bad ->
            told(
                resource.url(),
                parts.paywall().required(bad.reason(), resource, wish.quote()),
                Settlement.refused(bad.reason(), rail.network(), wish.payer().text()));
      };
    }
  }

  private Response awaited(PaidCall call, long seconds) {
    Optional<Caller.OfAgent> buyer =
        call.buyer() == PaidCall.STRANGER
            ? Optional.empty()
            : Optional.of(new Caller.OfAgent(call.buyer(), parts.agents().idOf(call.buyer())));
    try (HeldOpen.Hold _ = held(buyer, seconds)) {
      return became(waited(call, buyer.isEmpty(), seconds));
    }
  }

  private HeldOpen.Hold held(Optional<Caller.OfAgent> buyer, long seconds) {
    return seconds > 0 && buyer.isPresent()
        ? parts.heldOpen().take(buyer.get())
        : HeldOpen.Hold.NONE;
  }

  private PaidCall waited(PaidCall call, boolean isStranger, long seconds) {
    if (!isStranger) {
      return calls.awaited(call, Duration.ofSeconds(seconds));
    }
    if (seconds == 0 || !strangers.tryAcquire()) {
      return calls.awaited(call, Duration.ZERO);
    }
    try {
      return calls.awaited(call, Duration.ofSeconds(seconds));
    } finally {
      strangers.release();
    }
  }

  /// What became of a call. Its answer is given when the seller has the money for good.
  private Response became(PaidCall call) {
    String url = answers.url(call.service());
    ChainPayment payment = paying.payment(call);
    String payer = payment.payer().text();
    return switch (call.state()) {
      case WAITING, SETTLING -> answers.waiting(call);
      case ANSWERED -> {
        byte[] output = call.output().orElse("null").getBytes(StandardCharsets.UTF_8);
        yield told(
            url,
            Response.json(200, output),
            Settlement.done(payment.transaction(), rail.network(), payer));
      }
      case UNPAID ->
          told(
              url,
              parts
                  .paywall()
                  .required(call.reason(), new Paywall.Resource(url, ""), payment.quote(rail)),
              Settlement.refused(call.reason(), rail.network(), payer));
      case DECLINED, EXPIRED ->
          told(
              url,
              Problems.response(answers.failed(call)),
              Settlement.refused("call_failed", rail.network(), payer));
    };
  }

  private Response told(String url, Response.Whole answer, Settlement settlement) {
    return parts.paywall().told(answer, url, settlement);
  }
}
