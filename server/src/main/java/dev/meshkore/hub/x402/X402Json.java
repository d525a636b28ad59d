package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How x402 writes things into headers: JSON in Base64 (transport HTTP of version 2).
public final class X402Json {
  private static final int HEADER_MAX = 16_384;

  private X402Json() {}

  /// A settlement as `SettlementResponse`.
  public static ObjectNode of(Settlement settlement) {
    ObjectNode json = Json.object();
    json.put("success", settlement.isDone());
    if (!settlement.isDone()) {
      json.put("errorReason", settlement.reason());
    }
    json.put("transaction", settlement.transaction());
    json.put("network", settlement.network());
    if (!settlement.payer().isEmpty()) {
      json.put("payer", settlement.payer());
    }
    json.setAll(settlement.besides());
    return json;
  }

  /// An object as a header's value.
  public static String header(ObjectNode json) {
    return Base64.getEncoder().encodeToString(Json.bytes(json));
  }

  /// The object in a header's value; empty where there is none.
  public static Optional<JsonNode> read(String header) {
    if (header.length() > HEADER_MAX) {
      return Optional.empty();
    }
    try {
      byte[] json = Base64.getDecoder().decode(header.getBytes(StandardCharsets.ISO_8859_1));
      return Optional.of(Json.tree(json)).filter(JsonNode::isObject);
    } catch (IllegalArgumentException | JacksonException _) {
      return Optional.empty();
    }
  }
}
