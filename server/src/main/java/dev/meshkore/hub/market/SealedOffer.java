package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Link;

/// An offer to a request.
///
/// @param state `sealed`, `withdrawn`, `discarded`, `listed`, `unlisted` or `accepted`
/// @param link what was offered, with its proof, as the first link of an agreement's chain
/// @param place where it stands on the short list, from 1, or 0
/// @param ranking why it stands there, JSON, or ""
record SealedOffer(
    String id,
    long request,
    long seller,
    String state,
    Link link,
    long place,
    String ranking,
    long madeAtMs) {
  OfferTerms terms() {
    return OfferTerms.of(link.move().get("terms"));
  }
}
