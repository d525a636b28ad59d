package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;

/// What two agents have agreed to, for whoever goes on from there.
///
/// @param head the hash of the last move
/// @param subject what it is about, in a line
/// @param price for all of it
/// @param deliverWithin the seconds in which it is delivered, or 0
/// @param isStanding whether nothing became of it yet, and its time has not passed
public record Agreed(
    long buyer,
    long seller,
    String head,
    String subject,
    Money price,
    long deliverWithin,
    boolean isStanding) {

  static Optional<Agreed> find(Transaction reader, String negotiationId, long nowMs)
      throws SQLException {
    Optional<Negotiation> found =
        SqlNegotiations.find(reader, negotiationId).filter(one -> one.agreedAtMs() > 0);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Negotiation one = found.get();
    OfferTerms terms = null;
    for (Link link : SqlNegotiations.chain(reader, one.number())) {
      terms = OfferTerms.in(link).orElse(terms);
    }
    return Optional.ofNullable(terms)
        .map(last ->
            new Agreed(
                one.buyer(),
                one.seller(),
                one.head(),
                last.subject(),
                last.price(),
                last.deliverWithin(),
                one.state(nowMs).equals("agreed")));
  }
}
