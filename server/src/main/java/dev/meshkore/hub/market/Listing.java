package dev.meshkore.hub.market;

import java.util.Optional;
import java.util.OptionalLong;

/// A service as it is listed.
///
/// @param number the hub's own short name for it
/// @param version raised with each change of its terms
/// @param taken how much of its quantity is given away, or of a live one at work
/// @param expiresAtMs from when on it is not for sale, or 0 for never
/// @param copyOf the listing of another seller that said nearly the same before
/// @param change raised with every change, across all services and requests
record Listing(
    long number,
    String id,
    long seller,
    boolean isListed,
    long version,
    ServiceTerms terms,
    OptionalLong quantity,
    long taken,
    long expiresAtMs,
    Optional<String> copyOf,
    long change,
    long listedAtMs,
    long changedAtMs) {
  /// How much of it is left, where it has an end.
  OptionalLong left() {
    return quantity.isPresent()
        ? OptionalLong.of(Math.max(0, quantity.getAsLong() - taken))
        : OptionalLong.empty();
  }

  boolean hasExpired(long nowMs) {
    return expiresAtMs != 0 && nowMs >= expiresAtMs;
  }

  /// Why it cannot be had now; "" where it can, if its seller answers.
  String obstacle(long nowMs, boolean isSellerOnline) {
    if (!isListed) {
      return "withdrawn";
    }
    if (hasExpired(nowMs)) {
      return "expired";
    }
    if (left().isPresent() && left().getAsLong() == 0) {
      return terms.kind() == ServiceTerms.Kind.LIVE ? "busy" : "sold-out";
    }
    return terms.kind() == ServiceTerms.Kind.LIVE && !isSellerOnline ? "offline" : "";
  }
}
