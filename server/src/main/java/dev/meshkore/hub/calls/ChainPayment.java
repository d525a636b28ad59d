package dev.meshkore.hub.calls;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.x402.ChainRail;
import dev.meshkore.hub.x402.Requirements;
import dev.meshkore.hub.x402.SignedPayment;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A payment on a chain that a buyer has signed for a call.
///
/// @param number of its row
/// @param call the number of the call
/// @param payer whose money it is
/// @param nonce of what is signed; it works once
/// @param payTo who is paid
/// @param money how much of what
/// @param about what it is for: the service, and a hash of the input
/// @param signed as it was signed, in JSON
/// @param state what became of it
/// @param reason why it has not moved, in a word of x402, or ""
/// @param transaction which moved it, or ""
record ChainPayment(
    long number,
    long call,
    Address payer,
    String nonce,
    Address payTo,
    Money money,
    String about,
    String signed,
    State state,
    String reason,
    String transaction) {
  /// What became of a payment.
  enum State {
    /// The seller has not answered; nothing was handed in.
    PROMISED,
    /// It is handed in, or about to be.
    SETTLING,
    /// The seller has the money.
    PAID,
    /// It did not move for this call.
    FAILED,
    /// The seller did not answer; it is not handed in.
    DROPPED;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }

    static State of(String word) {
      return valueOf(word.toUpperCase(Locale.ROOT));
    }
  }

  /// For how long what is signed counts, as buyers are asked: until the seller must have answered,
  /// and as long as it may take to a block.
  static final long SIGNED_SECONDS = Calls.ANSWER.toSeconds() + 300;

  /// What a payment is as a text; the same words are the same text.
  static String text(SignedPayment payment) {
    return new String(Json.bytes(payment.json()), StandardCharsets.UTF_8);
  }

  /// What was signed.
  SignedPayment payment() {
    return SignedPayment.read(Json.own(signed.getBytes(StandardCharsets.UTF_8))).orElseThrow();
  }

  /// What it was to fulfil.
  Requirements quote(ChainRail rail) {
    return rail.quote(payTo, money, SIGNED_SECONDS);
  }

  /// As what budgets hold for it is named.
  String reservation() {
    return "call:" + payer.hex() + "/" + nonce;
  }
}
