package dev.meshkore.hub.market;

import dev.meshkore.hub.discovery.Learned;
import dev.meshkore.hub.discovery.Offered;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.owner.TrustLevel;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// What discovery is told of the market: what agents sell, how fast they answer, and which requests
/// they have done. Thread-safe.
final class Wares {
  private static final int OFFERED_MAX = 20;
  private static final int TOUCHED_AT_ONCE = 100;

  /// After a start, sellers are told of whose services ended while no hub ran, up to this long ago.
  private static final long LOOKED_BACK_MS = 7 * 86_400_000L;

  private final MarketParts parts;
  private volatile long endedUntil;

  Wares(MarketParts parts) {
    this.parts = parts;
    this.endedUntil = parts.time().millis() - LOOKED_BACK_MS;
  }

  /// What an agent sells now, the newest first, and how fast it was measured to answer.
  Offered.Offer offered(long agent) {
    long now = parts.time().millis();
    return parts
        .database()
        .read(reader -> {
          List<Listing> all = SqlServices.ofSeller(reader, agent, now, OFFERED_MAX + 1);
          List<ServiceTerms> terms = all.stream().limit(OFFERED_MAX).map(Listing::terms).toList();
          return new Offered.Offer(
              terms.stream().map(one -> one.name() + ". " + one.description()).toList(),
              terms.stream().flatMap(one -> one.examples().stream()).toList(),
              terms.stream().map(one -> ask(one.price())).toList(),
              all.size() <= OFFERED_MAX,
              Measured.answerMs(reader, agent, now));
        });
  }

  private static Offered.Ask ask(Price price) {
    Money money = price.money();
    return new Offered.Ask(
        money.asset().code(), money.asset().decimals(), money.atoms(), price.unit());
  }

  /// Tells whoever follows the agents whose services have ended by the clock. One thread does.
  void tick() {
    long from = endedUntil;
    long now = parts.time().millis();
    List<Long> sellers =
        parts.database().read(reader -> SqlServices.endedSellers(reader, from, now));
    touch(sellers);
    endedUntil = Math.max(from, now);
  }

  /// Tells whoever follows these agents that what is known of them has changed.
  void touch(List<Long> sellers) {
    for (int i = 0; i < sellers.size(); i += TOUCHED_AT_ONCE) {
      List<Long> some = sellers.subList(i, Math.min(sellers.size(), i + TOUCHED_AT_ONCE));
      parts
          .database()
          .write(transaction -> {
            for (long seller : some) {
              parts.agents().touch(transaction, seller);
            }
            return some.size();
          });
    }
  }

  /// Notes what a delivery shows: that a request which its buyer had published was done. Between
  /// agents of one owner, or for nothing, it shows nothing.
  void delivered(Transaction transaction, Negotiation deal) throws SQLException {
    Optional<Want> want = want(transaction, deal);
    if (want.isEmpty()
        || deal.isOwn()
        || parts.areKin(transaction, deal.buyer(), deal.seller())
        || isFree(transaction, deal)
        || isMarked(want.get().terms())) {
      return;
    }
    String buyer = parts.agents().idOf(deal.buyer());
    boolean isStranger = parts.trust().levelOf(deal.buyer()) == TrustLevel.NEW;
    var asked =
        new Learned.Buyer(
            parts.persons().ownerOf(transaction, deal.buyer()).orElse("agent:" + buyer),
            isStranger);
    WantTerms terms = want.get().terms();
    String text = (terms.title() + ". " + terms.description()).strip();
    parts.learned().done(transaction, deal.seller(), asked, text);
  }

  private static Optional<Want> want(Transaction reader, Negotiation deal) throws SQLException {
    if (deal.offerId().isEmpty()) {
      return Optional.empty();
    }
    Optional<SealedOffer> offer = SqlWants.offer(reader, deal.offerId().get());
    return offer.isEmpty() ? Optional.empty() : SqlWants.get(reader, offer.get().request());
  }

  private static boolean isFree(Transaction reader, Negotiation deal) throws SQLException {
    return SqlNegotiations.lastTerms(reader, deal.number())
        .map(link -> OfferTerms.of(link.move().get("terms")).price().atoms() == 0)
        .orElse(true);
  }

  private static boolean isMarked(WantTerms terms) {
    return !Scanned.marks(terms).isEmpty();
  }
}
