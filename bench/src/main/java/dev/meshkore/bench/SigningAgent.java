package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import fr.acinq.secp256k1.Secp256k1;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/// An agent that has keys bound, and makes requests that prove it in each of the ways.
final class SigningAgent {
  /// How a request proves who sends it.
  enum Way {
    /// A token.
    TOKEN("token"),
    /// An HTTP message signature with Ed25519.
    RFC_9421("RFC 9421"),
    /// An event of Nostr.
    NIP_98("NIP-98");

    private final String label;

    Way(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  private static final byte[] NO_AUXILIARY = new byte[32];
  private static final int RAW_KEY_BYTES = 32;

  private final Credentials credentials;
  private final String hubUrl;
  private final String authority;
  private final KeyPair ed25519;
  private final byte[] secp256k1;
  private final String secp256k1Hex;
  private int nonces;

  SigningAgent(Credentials credentials, String hubUrl, SecureRandom random) {
    this.credentials = credentials;
    this.hubUrl = hubUrl;
    this.authority = hubUrl.substring(hubUrl.indexOf("://") + 3);
    try {
      this.ed25519 = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new BenchFailure("there is no Ed25519 here", e);
    }
    this.secp256k1 = new byte[RAW_KEY_BYTES];
    random.nextBytes(secp256k1);
    Secp256k1 curve = Secp256k1.get();
    byte[] point = curve.pubKeyCompress(curve.pubkeyCreate(secp256k1));
    this.secp256k1Hex = HexFormat.of().formatHex(point, 1, point.length);
  }

  String id() {
    return credentials.agentId();
  }

  /// Binds both keys.
  void bind(HubApi api) throws InterruptedException {
    api.bindKey(credentials, "ed25519", ed25519Hex(), text -> hex(sign(text.getBytes(UTF_8))));
    api.bindKey(
        credentials, "secp256k1", secp256k1Hex, text -> hex(schnorr(sha256(text.getBytes(UTF_8)))));
  }

  /// A whole `POST /send` that proves the agent in one way, at one time.
  byte[] send(Way way, String body, long seconds) {
    String proof =
        switch (way) {
          case TOKEN -> "Authorization: Bearer " + credentials.token();
          case RFC_9421 -> signature(body, seconds);
          case NIP_98 -> event(body, seconds);
        };
    String head =
        "POST /send HTTP/1.1\r\nHost: "
            + authority
            + "\r\nContent-Type: application/json\r\nContent-Length: "
            + body.length()
            + "\r\n"
            + proof
            + "\r\n\r\n";
    return (head + body).getBytes(UTF_8);
  }

  private String signature(String body, long seconds) {
    byte[] hash = sha256(body.getBytes(UTF_8));
    String digest = "sha-256=:" + Base64.getEncoder().encodeToString(hash) + ":";
    String parameters =
        "(\"@method\" \"@target-uri\" \"content-digest\");created="
            + seconds
            + ";nonce=\"n"
            + nonces++
            + "\";keyid=\""
            + ed25519Hex()
            + "\";alg=\"ed25519\"";
    String base =
        "\"@method\": POST\n\"@target-uri\": "
            + hubUrl
            + "/send\n\"content-digest\": "
            + digest
            + "\n\"@signature-params\": "
            + parameters;
    String signed = Base64.getEncoder().encodeToString(sign(base.getBytes(UTF_8)));
    return "Content-Digest: "
        + digest
        + "\r\nSignature-Input: sig="
        + parameters
        + "\r\nSignature: sig=:"
        + signed
        + ":";
  }

  private String event(String body, long seconds) {
    String tags =
        "[[\"u\",\""
            + hubUrl
            + "/send\"],[\"method\",\"POST\"],[\"payload\",\""
            + hex(sha256(body.getBytes(UTF_8)))
            + "\"],[\"nonce\",\""
            + nonces++
            + "\"]]";
    String text = "[0,\"" + secp256k1Hex + "\"," + seconds + ",27235," + tags + ",\"\"]";
    byte[] id = sha256(text.getBytes(UTF_8));
    String json =
        "{\"id\":\""
            + hex(id)
            + "\",\"pubkey\":\""
            + secp256k1Hex
            + "\",\"created_at\":"
            + seconds
            + ",\"kind\":27235,\"tags\":"
            + tags
            + ",\"content\":\"\",\"sig\":\""
            + hex(schnorr(id))
            + "\"}";
    return "Authorization: Nostr " + Base64.getEncoder().encodeToString(json.getBytes(UTF_8));
  }

  private String ed25519Hex() {
    byte[] encoded = ed25519.getPublic().getEncoded();
    return hex(Arrays.copyOfRange(encoded, encoded.length - RAW_KEY_BYTES, encoded.length));
  }

  private byte[] sign(byte[] message) {
    try {
      Signature signer = signer();
      signer.initSign(ed25519.getPrivate());
      signer.update(message);
      return signer.sign();
    } catch (GeneralSecurityException e) {
      throw new BenchFailure("there is no Ed25519 here", e);
    }
  }

  /// The platform's own takes half a millisecond for a signature, twenty times as long.
  private static Signature signer() throws GeneralSecurityException {
    var quick = AmazonCorrettoCryptoProvider.INSTANCE;
    return quick.getLoadingError() == null
        ? Signature.getInstance("Ed25519", quick)
        : Signature.getInstance("Ed25519");
  }

  private byte[] schnorr(byte[] hash) {
    return Secp256k1.get().signSchnorr(hash, secp256k1, NO_AUXILIARY);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new BenchFailure("there is no SHA-256 here", e);
    }
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
