package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.LocalCalls;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How a2a-x402 says in the metadata of messages what x402 says in headers over HTTP.
final class PayWords {
  static final String STATUS = "x402.payment.status";
  static final String REQUIRED = "x402.payment.required";
  static final String PAYLOAD = "x402.payment.payload";
  static final String RECEIPTS = "x402.payment.receipts";
  static final String ERROR = "x402.payment.error";

  /// By which a message names the service that it calls.
  static final String SERVICE = "meshkore.service";

  /// By which a status names the call.
  static final String CALL = "meshkore.call";

  static final String SUBMITTED = "payment-submitted";
  static final String REJECTED = "payment-rejected";

  static final String SIGNATURE_HEADER = "PAYMENT-SIGNATURE";
  private static final String REQUIRED_HEADER = "PAYMENT-REQUIRED";
  private static final String SETTLED_HEADER = "PAYMENT-RESPONSE";

  private static final String OTHERWISE = "SETTLEMENT_FAILED";
  private static final String EVM = "invalid_exact_evm_payload_";
  private static final Map<String, String> CODES =
      Map.of(
          "insufficient_funds",
          "INSUFFICIENT_FUNDS",
          EVM + "signature",
          "INVALID_SIGNATURE",
          EVM + "authorization_valid_before",
          "EXPIRED_PAYMENT",
          EVM + "authorization_valid_after",
          "EXPIRED_PAYMENT",
          "id-taken",
          "DUPLICATE_NONCE",
          "invalid_network",
          "NETWORK_MISMATCH",
          EVM + "authorization_value_mismatch",
          "INVALID_AMOUNT");

  /// What version 1 of x402 says of what is required.
  private static final Set<String> FORMER = Set.of("x402Version", "error", "accepts");

  private PayWords() {}

  /// A payload as a header's value.
  static String header(ObjectNode payload) {
    return Base64.getEncoder().encodeToString(Json.bytes(payload));
  }

  /// What is required, as an answer of status 402 says it.
  static ObjectNode required(LocalCalls.Answer answer, PayForm form) {
    ObjectNode required =
        switch (form) {
          case CURRENT -> decoded(answer, REQUIRED_HEADER).orElseGet(Json::object);
          case FORMER -> ((ObjectNode) answer.json()).retain(FORMER);
        };
    if (settled(answer).isEmpty()) {
      // The words of HTTP are about its header.
      required.put("error", "A payment is required");
    }
    return required;
  }

  /// What became of a payment, as an answer says it.
  static Optional<ObjectNode> settled(LocalCalls.Answer answer) {
    return decoded(answer, SETTLED_HEADER);
  }

  private static Optional<ObjectNode> decoded(LocalCalls.Answer answer, String name) {
    return Optional.ofNullable(answer.headers().get(name))
        .map(value -> Base64.getDecoder().decode(value.getBytes(StandardCharsets.US_ASCII)))
        .map(json -> (ObjectNode) Json.own(json));
  }

  /// A receipt of a payment that was refused without one.
  static ObjectNode refusal(String reason, ObjectNode required) {
    ObjectNode receipt = Json.object();
    receipt.put("success", false);
    receipt.put("errorReason", reason);
    receipt.put("transaction", "");
    receipt.put("network", required.at("/accepts/0/network").asString(""));
    return receipt;
  }

  /// The code of a reason that x402 or the hub gives.
  static String code(String reason) {
    return CODES.getOrDefault(reason, OTHERWISE);
  }

  /// What a message says of a payment; "" where it says nothing.
  static String status(JsonNode metadata) {
    return metadata.path(STATUS).asString("");
  }

  static ObjectNode saying(String status) {
    return Json.object().put(STATUS, status);
  }

  /// The receipts that a task has so far, to add to.
  static ArrayNode receipts(Task task) {
    JsonNode known = task.body().at("/status/message/metadata").path(RECEIPTS);
    return known instanceof ArrayNode receipts
        ? receipts.deepCopy()
        : Json.object().putArray(RECEIPTS);
  }
}
