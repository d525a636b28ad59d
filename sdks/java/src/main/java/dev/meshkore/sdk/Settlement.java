package dev.meshkore.sdk;

import java.net.http.HttpHeaders;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// What a seller says became of a payment (`PAYMENT-RESPONSE`). It is the seller's word: whether
/// the money moved, the chain or the hub's wallet tells.
///
/// @param isDone whether it was taken
/// @param transaction which transaction of the network moved it, or ""
/// @param network the network, by CAIP-2 or by a name of version 1, or ""
/// @param payer who paid, or ""
/// @param reason why it was not taken, or ""
public record Settlement(
    boolean isDone, String transaction, String network, String payer, String reason) {
  private static final List<String> HEADERS = List.of("PAYMENT-RESPONSE", "X-PAYMENT-RESPONSE");

  static Optional<Settlement> read(HttpHeaders headers) {
    for (String name : HEADERS) {
      Optional<String> header = headers.firstValue(name);
      if (header.isPresent()) {
        return Optional.ofNullable(PaymentTerms.decoded(header.get()))
            .filter(JsonNode::isObject)
            .map(Settlement::read);
      }
    }
    return Optional.empty();
  }

  private static Settlement read(JsonNode json) {
    return new Settlement(
        json.path("success").asBoolean(false),
        json.path("transaction").asString(""),
        json.path("network").asString(""),
        json.path("payer").asString(""),
        json.path("errorReason").asString(""));
  }
}
