package dev.meshkore.hub.x402;

import tools.jackson.databind.node.ObjectNode;

/// A way for money to move by what a buyer has signed: the hub's ledger, or a chain. Thread-safe.
public interface Rail {
  /// The network that it serves (CAIP-2).
  String network();

  /// What a seller has to know of it (`extra` of x402's `SupportedKind`).
  ObjectNode extra();

  /// Whether it is meant by requirements: their scheme, network and asset.
  boolean serves(Requirements requirements);

  /// Looks whether a payment would move the money that is required; moves nothing.
  Verification verify(SignedPayment payment, Requirements requirements);

  /// Moves the money, once for an authorisation, and answers when that is durable. What was settled
  /// before is refused with `nonce_already_used`: it pays for nothing again. A rail on which money
  /// takes its time answers the first who asks after it has moved.
  Settlement settle(SignedPayment payment, Requirements requirements);
}
