package dev.meshkore.hub.x402;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A scheme of x402 besides `exact`, on one network, whose payloads have a form of their own.
/// Thread-safe.
public interface Scheme {
  /// What x402 calls it.
  String name();

  /// The network that it serves (CAIP-2).
  String network();

  /// What a seller has to know of it (`extra` of x402's `SupportedKind`).
  ObjectNode extra();

  /// Whether it is meant by requirements: their scheme, network and asset.
  boolean serves(Requirements requirements);

  /// Looks whether something would be done that was signed; does nothing.
  ///
  /// @param payment the `PaymentPayload`, as it was sent
  Verification verify(JsonNode payment, Requirements requirements);

  /// Does what was signed, once, and answers when that is durable.
  ///
  /// @param payment the `PaymentPayload`, as it was sent
  Settlement settle(JsonNode payment, Requirements requirements);
}
