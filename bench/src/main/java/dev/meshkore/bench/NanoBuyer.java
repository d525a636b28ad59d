package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import fr.acinq.secp256k1.Secp256k1;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.bouncycastle.crypto.digests.KeccakDigest;
import tools.jackson.databind.JsonNode;

/// An agent that pays by what it signs, in the form that Circle's buyers send: an authorisation of
/// EIP-3009 under the hub's own domain, handed in at the facilitator.
final class NanoBuyer {
  private static final byte[] DOMAIN =
      keccak(
          "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
              .getBytes(UTF_8));
  private static final byte[] TRANSFER =
      keccak(
          ("TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,"
                  + "uint256 validBefore,bytes32 nonce)")
              .getBytes(UTF_8));
  private static final String NAME = "GatewayWalletBatched";
  private static final long VALID_SECONDS = 604_900;

  private final byte[] secret = new byte[32];
  private final byte[] point;
  private final String from;
  private final Credentials credentials;
  private long nonces;

  NanoBuyer(Credentials credentials, SecureRandom random) {
    this.credentials = credentials;
    random.nextBytes(secret);
    this.point = Secp256k1.get().pubkeyCreate(secret);
    byte[] hash = keccak(Arrays.copyOfRange(point, 1, point.length));
    this.from = "0x" + HexFormat.of().formatHex(hash, 12, 32);
  }

  Credentials credentials() {
    return credentials;
  }

  /// Binds its key.
  void bind(HubApi api) throws InterruptedException {
    api.bindKey(
        credentials,
        "secp256k1",
        HexFormat.of().formatHex(point, 1, 33),
        text ->
            HexFormat.of()
                .formatHex(
                    Secp256k1.get().signSchnorr(sha256(text.getBytes(UTF_8)), secret, null)));
  }

  /// A whole `POST /x402/settle` of one atom.
  ///
  /// @param seller what the seller says of its addresses
  byte[] settle(JsonNode seller, long seconds) {
    String network = seller.path("network").asString("");
    String asset = seller.path("asset").asString("");
    String payTo = seller.path("pay_to").asString("");
    String nonce = "0x%064x".formatted(++nonces);
    long after = seconds - 600;
    long before = seconds + VALID_SECONDS;
    byte[] domain =
        keccak(
            DOMAIN,
            keccak(NAME.getBytes(UTF_8)),
            keccak("1".getBytes(UTF_8)),
            word(Long.parseLong(network.substring("eip155:".length()))),
            word(asset));
    byte[] words =
        keccak(TRANSFER, word(from), word(payTo), word(1), word(after), word(before), word(nonce));
    byte[] digest = keccak(new byte[] {0x19, 0x01}, domain, words);
    String required =
        """
        {"scheme":"exact","network":"%s","asset":"%s","amount":"1","payTo":"%s",\
        "maxTimeoutSeconds":%d,"extra":{"name":"%s","version":"1","verifyingContract":"%s"}}\
        """
            .formatted(network, asset, payTo, VALID_SECONDS, NAME, asset);
    String body =
        """
        {"paymentPayload":{"x402Version":2,"payload":{"authorization":{"from":"%s","to":"%s",\
        "value":"1","validAfter":"%d","validBefore":"%d","nonce":"%s"},"signature":"%s"},\
        "accepted":%s},"paymentRequirements":%s}\
        """
            .formatted(from, payTo, after, before, nonce, signature(digest), required, required);
    String head =
        "POST /v1/x402/settle HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\n"
            + "content-length: %d\r\n\r\n".formatted(body.length());
    return (head + body).getBytes(UTF_8);
  }

  private String signature(byte[] digest) {
    Secp256k1 curve = Secp256k1.get();
    byte[] compact = curve.sign(digest, secret, null);
    int recovery = Arrays.equals(curve.ecdsaRecover(compact, digest, 0), point) ? 0 : 1;
    return "0x" + HexFormat.of().formatHex(compact) + (recovery == 0 ? "1b" : "1c");
  }

  private static byte[] word(long number) {
    return ByteBuffer.allocate(32).putLong(24, number).array();
  }

  private static byte[] word(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex, 2, hex.length());
    return ByteBuffer.allocate(32).put(32 - bytes.length, bytes).array();
  }

  private static byte[] keccak(byte[]... parts) {
    var digest = new KeccakDigest(256);
    for (byte[] part : parts) {
      digest.update(part, 0, part.length);
    }
    byte[] hash = new byte[32];
    digest.doFinal(hash, 0);
    return hash;
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
