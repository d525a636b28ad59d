package dev.meshkore.hub.market;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.problem.Refused;

/// The token of a chain in which calls of services are paid through the hub.
///
/// @param asset which it is
/// @param leastAtoms the fewest atoms that the hub hands in
public record Token(Asset asset, long leastAtoms) {
  /// Refuses a price in a token of a chain that the hub does not settle.
  static void check(MarketParts parts, ServiceTerms terms) {
    Money price = terms.price().money();
    if (!price.asset().isOnChain()) {
      return;
    }
    Token token =
        parts
            .token()
            .orElseThrow(() ->
                Refused.field(
                    "price.asset", "This hub settles on no chain; a price may be in CREDIT"));
    if (!token.asset().equals(price.asset())) {
      throw Refused.field(
          "price.asset", "This hub settles " + token.asset().code() + " and CREDIT, nothing else");
    }
    if (terms.price().isOfCall() && price.atoms() < token.leastAtoms()) {
      throw Refused.field(
          "price.atoms", "This hub settles no less than " + token.leastAtoms() + " atoms");
    }
  }

  /// Whether a price of a call can be paid by it.
  static boolean isTaken(MarketParts parts, Price price) {
    return parts
        .token()
        .filter(token -> token.asset().equals(price.money().asset()))
        .filter(token -> price.money().atoms() >= token.leastAtoms())
        .filter(_ -> price.payTo().isPresent())
        .isPresent();
  }
}
