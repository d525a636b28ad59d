package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// One way in which something may be paid (x402 version 2, `PaymentRequirements`).
///
/// @param scheme how it is paid, such as `exact`
/// @param network where (CAIP-2)
/// @param amount how many atoms, as a decimal without sign
/// @param asset the asset's contract on that network
/// @param payTo the address that is paid
/// @param maxTimeoutSeconds for how long what is signed may count
/// @param extra what the scheme needs besides
public record Requirements(
    String scheme,
    String network,
    String amount,
    String asset,
    String payTo,
    long maxTimeoutSeconds,
    ObjectNode extra) {

  /// Reads what somebody sent; what is missing or of another type is "" or nothing.
  public static Requirements read(JsonNode json) {
    JsonNode extra = json.path("extra");
    // Version 1 has another name for the amount.
    JsonNode amount = json.has("amount") ? json.path("amount") : json.path("maxAmountRequired");
    return new Requirements(
        json.path("scheme").asString(""),
        json.path("network").asString(""),
        amount.isString() ? amount.asString() : "",
        json.path("asset").asString(""),
        json.path("payTo").asString(""),
        json.path("maxTimeoutSeconds").asLong(0),
        extra.isObject() ? (ObjectNode) extra : Json.object());
  }

  /// A member of the extra that is a text, or "".
  public String extra(String name) {
    return extra.path(name).asString("");
  }

  /// As version 2 writes it.
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("scheme", scheme);
    json.put("network", network);
    json.put("amount", amount);
    json.put("asset", asset);
    json.put("payTo", payTo);
    json.put("maxTimeoutSeconds", maxTimeoutSeconds);
    json.set("extra", extra);
    return json;
  }
}
