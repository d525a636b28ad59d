package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.Word;
import dev.meshkore.hub.http.Json;
import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What a buyer has signed to pay (x402, `PaymentPayload`), of the scheme `exact` on EVM chains: an
/// authorisation and its signature. It is read, not believed.
///
/// @param version of x402: 2, or 1
/// @param scheme as the buyer chose it
/// @param network as the buyer chose it (CAIP-2)
/// @param authorization what is signed
/// @param signature the 65 bytes under it
/// @param extensions what the buyer says besides
public record SignedPayment(
    int version,
    String scheme,
    String network,
    Authorization authorization,
    byte[] signature,
    ObjectNode extensions) {

  /// Reads a payload; empty where it is none of this form.
  public static Optional<SignedPayment> read(JsonNode json) {
    int version = json.path("x402Version").asInt(2);
    JsonNode chosen = version == 1 ? json : json.path("accepted");
    JsonNode payload = json.path("payload");
    Optional<Authorization> authorization = authorization(payload.path("authorization"));
    Optional<byte[]> signature = EcdsaSignature.read(payload.path("signature").asString(""));
    if (authorization.isEmpty() || signature.isEmpty() || version < 1 || version > 2) {
      return Optional.empty();
    }
    JsonNode extensions = json.path("extensions");
    return Optional.of(
        new SignedPayment(
            version,
            chosen.path("scheme").asString(""),
            Networks.named(chosen.path("network").asString("")),
            authorization.get(),
            signature.get(),
            extensions.isObject() ? (ObjectNode) extensions : Json.object()));
  }

  /// The same as version 2 writes it, of which [#read] makes the same again.
  public ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("x402Version", 2);
    json.putObject("accepted").put("scheme", scheme).put("network", network);
    ObjectNode payload = json.putObject("payload");
    payload.put("signature", "0x" + HexFormat.of().formatHex(signature));
    payload
        .putObject("authorization")
        .put("from", authorization.from().text())
        .put("to", authorization.to().text())
        .put("value", authorization.value().toString())
        .put("validAfter", authorization.validAfter().toString())
        .put("validBefore", authorization.validBefore().toString())
        .put("nonce", authorization.nonce());
    json.set("extensions", extensions);
    return json;
  }

  /// The id that its buyer gave it (`payment-identifier`); one that is none of that form is "".
  public Optional<String> identifier() {
    return Extensions.identifier(this);
  }

  private static Optional<Authorization> authorization(JsonNode json) {
    Optional<Address> from = Address.read(json.path("from").asString(""));
    Optional<Address> to = Address.read(json.path("to").asString(""));
    Optional<BigInteger> value = Word.read(json.path("value").asString(""));
    Optional<BigInteger> after = Word.read(json.path("validAfter").asString(""));
    Optional<BigInteger> before = Word.read(json.path("validBefore").asString(""));
    String nonce = json.path("nonce").asString("");
    boolean isWhole =
        from.isPresent()
            && to.isPresent()
            && value.isPresent()
            && after.isPresent()
            && before.isPresent()
            && Word.readBytes(nonce).isPresent();
    return isWhole
        ? Optional.of(
            new Authorization(
                from.get(),
                to.get(),
                value.get(),
                after.get(),
                before.get(),
                nonce.toLowerCase(Locale.ROOT)))
        : Optional.empty();
  }
}
