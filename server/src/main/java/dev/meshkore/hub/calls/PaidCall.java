package dev.meshkore.hub.calls;

import java.util.Locale;
import java.util.Optional;

/// A call of a service.
///
/// @param number the hub's own short name for it
/// @param id by which its buyer and its seller name it
/// @param service what is called
/// @param version the service's terms by which it was called
/// @param transfer the number of the transfer that holds the money
/// @param input what the buyer gave, as JSON
/// @param output what the seller answered, as JSON
/// @param state what became of it
/// @param reason why it was declined, as its seller says, or ""
/// @param feeBps what is taken of what the seller is paid, in hundredths of a percent
/// @param fee how many atoms were taken of it
/// @param expiresAtMs until when it can be answered
record PaidCall(
    long number,
    String id,
    String service,
    long version,
    long buyer,
    long seller,
    long transfer,
    String input,
    Optional<String> output,
    State state,
    String reason,
    long feeBps,
    long fee,
    long expiresAtMs,
    long madeAtMs) {
  /// What became of a call.
  enum State {
    /// The seller has not answered yet; the money is held.
    WAITING,
    /// It is answered and paid.
    ANSWERED,
    /// The seller gave the money back.
    DECLINED,
    /// Nobody answered in time; the money came back.
    EXPIRED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The same, in another state.
  PaidCall as(State other) {
    return new PaidCall(
        number,
        id,
        service,
        version,
        buyer,
        seller,
        transfer,
        input,
        output,
        other,
        reason,
        feeBps,
        fee,
        expiresAtMs,
        madeAtMs);
  }
}
