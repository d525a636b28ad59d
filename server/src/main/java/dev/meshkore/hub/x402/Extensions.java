package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.SigningKeys;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What x402 says beside the payment itself: offers and receipts that the hub signs
/// (`offer-receipt`), an id that a buyer gives its payment (`payment-identifier`), and how a
/// resource is called (`bazaar`).
final class Extensions {
  static final String IDENTIFIER = "payment-identifier";

  private static final String OFFER_RECEIPT = "offer-receipt";
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{16,128}");
  private static final int VERSION = 1;
  private static final String SIGNED =
      """
      {"type":"object","required":["format","signature"],
       "properties":{"format":{"type":"string"},"acceptIndex":{"type":"integer"},
                     "signature":{"type":"string"}}}
      """;
  private static final JsonNode OFFERS_SCHEMA =
      schema(
          """
          {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
           "required":["offers"],"properties":{"offers":{"type":"array","items":%s}}}
          """
              .formatted(SIGNED));
  private static final JsonNode RECEIPT_SCHEMA =
      schema(
          """
          {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
           "required":["receipt"],"properties":{"receipt":%s}}
          """
              .formatted(SIGNED));
  private static final JsonNode IDENTIFIER_SCHEMA =
      schema(
          """
          {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
           "required":["required"],
           "properties":{"required":{"type":"boolean"},
             "id":{"type":"string","minLength":16,"maxLength":128,"pattern":"^[a-zA-Z0-9_-]+$"}}}
          """);
  private static final JsonNode CALL_SCHEMA =
      schema(
          """
          {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
           "required":["input"],
           "properties":{"input":{"type":"object","additionalProperties":false,
             "required":["type","method","bodyType","body"],
             "properties":{"type":{"type":"string","const":"http"},
               "method":{"type":"string","enum":["POST"]},
               "bodyType":{"type":"string","enum":["json"]},"body":{}}}}}
          """);

  private final SigningKeys keys;
  private final InstantSource time;

  Extensions(SigningKeys keys, InstantSource time) {
    this.keys = keys;
    this.time = time;
  }

  private static JsonNode schema(String json) {
    return Json.tree(json.getBytes(StandardCharsets.UTF_8));
  }

  /// How a resource is called with any JSON.
  static ObjectNode call() {
    ObjectNode json = Json.object();
    json.putObject("info")
        .putObject("input")
        .put("type", "http")
        .put("method", "POST")
        .put("bodyType", "json")
        .putObject("body");
    json.set("schema", CALL_SCHEMA);
    return json;
  }

  /// What comes with requirements.
  ObjectNode ofRequired(Paywall.Resource resource, Requirements requirements) {
    ObjectNode all = Json.object();
    ObjectNode offer = Json.object();
    offer.put("version", VERSION);
    offer.put("resourceUrl", resource.url());
    offer.put("scheme", requirements.scheme());
    offer.put("network", requirements.network());
    offer.put("asset", requirements.asset());
    offer.put("payTo", requirements.payTo());
    offer.put("amount", requirements.amount());
    offer.put("validUntil", now() + requirements.maxTimeoutSeconds());
    ObjectNode signed = all.putObject(OFFER_RECEIPT);
    signed
        .putObject("info")
        .putArray("offers")
        .addObject()
        .put("format", "jws")
        .put("acceptIndex", 0)
        .put("signature", sign(offer));
    signed.set("schema", OFFERS_SCHEMA);
    ObjectNode identifier = all.putObject(IDENTIFIER);
    identifier.putObject("info").put("required", false);
    identifier.set("schema", IDENTIFIER_SCHEMA);
    all.set("bazaar", call());
    return all;
  }

  /// What comes with a payment that was taken.
  ObjectNode ofSettled(String url, Settlement settlement) {
    ObjectNode receipt = Json.object();
    receipt.put("version", VERSION);
    receipt.put("network", settlement.network());
    receipt.put("resourceUrl", url);
    receipt.put("payer", settlement.payer());
    receipt.put("issuedAt", now());
    receipt.put("transaction", settlement.transaction());
    ObjectNode all = Json.object();
    ObjectNode signed = all.putObject(OFFER_RECEIPT);
    signed
        .putObject("info")
        .putObject("receipt")
        .put("format", "jws")
        .put("signature", sign(receipt));
    signed.set("schema", RECEIPT_SCHEMA);
    return all;
  }

  private long now() {
    return time.instant().getEpochSecond();
  }

  private String sign(ObjectNode json) {
    return keys.signByName(Json.bytes(json));
  }

  /// The id that a buyer gave its payment.
  ///
  /// @return empty where it gave none; an id that is none of this form is ""
  static Optional<String> identifier(SignedPayment payment) {
    JsonNode id = payment.extensions().path(IDENTIFIER).path("info").path("id");
    if (id.isMissingNode()) {
      return Optional.empty();
    }
    String text = id.asString("");
    return Optional.of(ID.matcher(text).matches() ? text : "");
  }
}
