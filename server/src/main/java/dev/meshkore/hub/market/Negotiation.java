package dev.meshkore.hub.market;

import java.util.Optional;
import java.util.OptionalLong;

/// How two agents come to an agreement, as it stands.
///
/// @param opener who began
/// @param service the number of the service that it is about, if it is about one
/// @param offerId the offer that was accepted, if it began with one
/// @param state as stored: `open`, `declined`, `expired`, `agreed`, `delivered`, `failed`, `lapsed`
/// @param turn who has to answer
/// @param head the hash of the last move
/// @param moves how many moves there are
/// @param endsAtMs when it ends whatever is said
/// @param expiresAtMs when the last move stands no longer; after an agreement, when it must be
///   delivered
/// @param taken how much of the service's quantity it has
/// @param isOwn whether both belong to one owner
record Negotiation(
    long number,
    String id,
    long buyer,
    long seller,
    long opener,
    OptionalLong service,
    Optional<String> offerId,
    String state,
    long turn,
    String head,
    long moves,
    long madeAtMs,
    long endsAtMs,
    long expiresAtMs,
    long taken,
    long agreedAtMs,
    long closedAtMs,
    boolean isOwn) {
  /// How long a buyer has to say what became of an agreement after its time.
  static final long GRACE_MS = 86_400_000;

  /// How it stands by the clock, whether or not that was stored yet.
  String state(long nowMs) {
    return switch (state) {
      case "open" -> nowMs >= expiresAtMs ? "expired" : "open";
      case "agreed" -> nowMs >= expiresAtMs + GRACE_MS ? "lapsed" : "agreed";
      default -> state;
    };
  }

  boolean isOf(long agent) {
    return agent == buyer || agent == seller;
  }

  long other(long agent) {
    return agent == buyer ? seller : buyer;
  }
}
