package dev.meshkore.hub.testing;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.evm.EcdsaSignature;
import dev.meshkore.hub.evm.Keccak;
import dev.meshkore.hub.evm.SignDomain;
import dev.meshkore.hub.evm.Word;
import fr.acinq.secp256k1.Secp256k1;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A key of EVM chains, and what a client of x402 signs with it.
public final class Wallet {
  private static final JsonMapper JSON = new JsonMapper();

  private final byte[] secret;
  private final AtomicLong nonces = new AtomicLong();

  private Wallet(byte[] secret) {
    this.secret = secret;
  }

  /// The wallet of a number.
  public static Wallet of(int number) {
    byte[] secret = new byte[32];
    secret[0] = 7;
    secret[31] = (byte) number;
    return new Wallet(secret);
  }

  /// Its address.
  public Address address() {
    return Address.ofKey(Secp256k1.get().pubkeyCreate(secret));
  }

  /// Binds its key to an agent, as a wallet would: by signing a text.
  public void bindTo(Caller agent) {
    String challenge = agent.post(201, "/keys/challenge", "{}").get("challenge").stringValue();
    byte[] digest = EcdsaSignature.textDigest(challenge.getBytes(StandardCharsets.UTF_8));
    Secp256k1 curve = Secp256k1.get();
    ObjectNode body = JSON.createObjectNode();
    body.put("type", "secp256k1");
    body.put(
        "public_key", HexFormat.of().formatHex(curve.pubKeyCompress(curve.pubkeyCreate(secret))));
    body.put("challenge", challenge);
    body.put("signature", hex(EcdsaSignature.sign(digest, secret)));
    agent.post(201, "/keys", body.toString());
  }

  /// The next authorisation to pay what is required, from `now` on.
  public Authorization authorization(JsonNode required, long now) {
    return new Authorization(
        address(),
        Address.read(required.get("payTo").stringValue()).orElseThrow(),
        new BigInteger(required.get("amount").stringValue()),
        BigInteger.valueOf(now - 600),
        BigInteger.valueOf(now + required.get("maxTimeoutSeconds").longValue()),
        "0x%064x".formatted(nonces.incrementAndGet()));
  }

  /// Signs it for the domain that is required.
  public byte[] sign(JsonNode required, Authorization authorization) {
    JsonNode extra = required.get("extra");
    String network = required.get("network").stringValue();
    var domain =
        new SignDomain(
            extra.get("name").stringValue(),
            extra.get("version").stringValue(),
            Long.parseLong(network.substring("eip155:".length())),
            Optional.ofNullable(extra.get("verifyingContract"))
                .or(() -> Optional.of(required.get("asset")))
                .flatMap(contract -> Address.read(contract.stringValue()))
                .orElseThrow());
    return EcdsaSignature.sign(authorization.transferDigest(domain), secret);
  }

  /// The payload of x402, version 2.
  public static ObjectNode payload(
      JsonNode required, Authorization authorization, byte[] signature) {
    ObjectNode json = JSON.createObjectNode();
    json.put("x402Version", 2);
    json.set("accepted", required);
    ObjectNode payload = json.putObject("payload");
    payload.put("signature", hex(signature));
    ObjectNode words = payload.putObject("authorization");
    words.put("from", authorization.from().text());
    words.put("to", authorization.to().text());
    words.put("value", authorization.value().toString());
    words.put("validAfter", authorization.validAfter().toString());
    words.put("validBefore", authorization.validBefore().toString());
    words.put("nonce", authorization.nonce());
    return json;
  }

  /// Signs what is required as a client does.
  public ObjectNode pays(JsonNode required, long now) {
    Authorization authorization = authorization(required, now);
    return payload(required, authorization, sign(required, authorization));
  }

  /// Signs what `auth-capture` requires, as a client does: the money goes into escrow by it.
  public ObjectNode putsIntoEscrow(JsonNode required, long now) {
    JsonNode extra = required.get("extra");
    long chain = Long.parseLong(required.get("network").stringValue().substring(7));
    byte[] salt = Word.of(nonces.incrementAndGet());
    long before = now + required.get("maxTimeoutSeconds").longValue();
    byte[] type =
        Word.of(
            "PaymentInfo(address operator,address payer,address receiver,address token,"
                + "uint120 maxAmount,uint48 preApprovalExpiry,uint48 authorizationExpiry,"
                + "uint48 refundExpiry,uint16 minFeeBps,uint16 maxFeeBps,address feeReceiver,"
                + "uint256 salt)");
    byte[] info =
        Keccak.hash(
            type,
            word(extra, "captureAuthorizer"),
            Word.of(0),
            word(required, "payTo"),
            word(required, "asset"),
            Word.of(new BigInteger(required.get("amount").stringValue())),
            Word.of(before),
            Word.of(extra.get("captureDeadline").longValue()),
            Word.of(extra.get("refundDeadline").longValue()),
            Word.of(extra.get("minFeeBps").longValue()),
            Word.of(extra.get("maxFeeBps").longValue()),
            word(extra, "feeRecipient"),
            salt);
    byte[] nonce = Keccak.hash(Word.of(chain), word(extra, "authCaptureEscrow"), info);
    var authorization =
        new Authorization(
            address(),
            Anvil.PAYMENT_COLLECTOR,
            new BigInteger(required.get("amount").stringValue()),
            BigInteger.ZERO,
            BigInteger.valueOf(before),
            hex(nonce));
    var domain =
        new SignDomain(
            extra.get("name").stringValue(),
            extra.get("version").stringValue(),
            chain,
            Address.read(required.get("asset").stringValue()).orElseThrow());
    byte[] signature = EcdsaSignature.sign(authorization.receiveDigest(domain), secret);
    ObjectNode json = payload(required, authorization, signature);
    ((ObjectNode) json.get("payload")).put("salt", hex(salt));
    return json;
  }

  private static byte[] word(JsonNode json, String name) {
    return Word.of(Address.read(json.get(name).stringValue()).orElseThrow());
  }

  /// As a header's value.
  public static String header(JsonNode payload) {
    return Base64.getEncoder().encodeToString(payload.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String hex(byte[] bytes) {
    return "0x" + HexFormat.of().formatHex(bytes);
  }
}
