package dev.meshkore.hub.calls;

import dev.meshkore.hub.market.CallSeen;
import java.util.Locale;
import java.util.Optional;

/// A call of a service.
///
/// @param number the hub's own short name for it
/// @param id by which its buyer and its seller name it
/// @param service what is called
/// @param version the service's terms by which it was called
/// @param way how it is paid
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
    Way way,
    String input,
    Optional<String> output,
    State state,
    String reason,
    long feeBps,
    long fee,
    long expiresAtMs,
    long madeAtMs) {
  /// The buyer of a call who is no agent of the hub.
  static final long STRANGER = 0;

  /// How a call is paid.
  sealed interface Way {
    /// A transfer of the ledger holds the money.
    ///
    /// @param transfer its number
    record Held(long transfer) implements Way {}

    /// A chain moves it when the seller has answered.
    record OnChain() implements Way {}
  }

  /// What became of a call.
  enum State {
    /// The seller has not answered yet; the money is held, or promised on a chain.
    WAITING,
    /// The seller has answered, and the money is on its way to it on a chain.
    SETTLING,
    /// The seller has answered, and what its buyer had promised did not come; nobody has the
    /// answer.
    UNPAID,
    /// It is answered and paid.
    ANSWERED,
    /// The seller gave the money back.
    DECLINED,
    /// Nobody answered in time; the money came back.
    EXPIRED;

    /// Whether something will become of it by itself.
    boolean isOpen() {
      return this == WAITING || this == SETTLING;
    }

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// The call as the market sees it.
  CallSeen seen() {
    return new CallSeen(number, service, seller, buyer, madeAtMs, expiresAtMs);
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
        way,
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
