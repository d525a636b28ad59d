package dev.meshkore.hub.owner;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// Makes SD-JWTs as wallets do, and wrong ones.
///
/// @param algorithm ES256, or EdDSA
/// @param keys of that algorithm
record Wallet(String algorithm, KeyPair keys) {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  static Wallet es256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new Wallet("ES256", generator.generateKeyPair());
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  static Wallet edDsa() {
    return new Wallet("EdDSA", Estate.keys());
  }

  /// The point of P-256 without compression, in base64url.
  String point() {
    byte[] bytes = new byte[65];
    bytes[0] = 4;
    System.arraycopy(coordinate(true), 0, bytes, 1, 32);
    System.arraycopy(coordinate(false), 0, bytes, 33, 32);
    return BASE64URL.encodeToString(bytes);
  }

  private byte[] coordinate(boolean isX) {
    var point = ((ECPublicKey) keys.getPublic()).getW();
    byte[] bytes = (isX ? point.getAffineX() : point.getAffineY()).toByteArray();
    byte[] padded = new byte[32];
    int length = Math.min(32, bytes.length);
    System.arraycopy(bytes, bytes.length - length, padded, 32 - length, length);
    return padded;
  }

  String jwk() {
    return algorithm.equals("ES256")
        ? "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"%s\",\"y\":\"%s\"}"
            .formatted(
                BASE64URL.encodeToString(coordinate(true)),
                BASE64URL.encodeToString(coordinate(false)))
        : "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"%s\"}"
            .formatted(BASE64URL.encodeToString(Estate.raw(keys)));
  }

  /// Signs claims as an issuer.
  String issue(String claims) {
    return sign("{\"alg\":\"" + algorithm + "\",\"typ\":\"dc+sd-jwt\"}", claims);
  }

  /// Signs a key binding over what is presented.
  String bind(String presented, String audience, String nonce, long at) {
    return presented + binding(presented, audience, nonce, at);
  }

  String binding(String presented, String audience, String nonce, long at) {
    String claims =
        "{\"iat\":%d,\"aud\":\"%s\",\"nonce\":%s,\"sd_hash\":\"%s\"}"
            .formatted(at, audience, Estate.JSON.writeValueAsString(nonce), digest(presented));
    return sign("{\"alg\":\"" + algorithm + "\",\"typ\":\"kb+jwt\"}", claims);
  }

  String sign(String header, String claims) {
    String text = base64Url(header) + "." + base64Url(claims);
    try {
      String name = algorithm.equals("ES256") ? "SHA256withECDSAinP1363Format" : "Ed25519";
      Signature signature = Signature.getInstance(name);
      signature.initSign(keys.getPrivate());
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return text + "." + BASE64URL.encodeToString(signature.sign());
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  static String base64Url(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return BASE64URL.encodeToString(digest.digest(text.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException failure) {
      throw new AssertionError(failure);
    }
  }

  /// The other signature of ES256 that holds for the same text, which needs no key.
  static String otherSignature(String jws) {
    int dot = jws.lastIndexOf('.');
    byte[] signature = Base64.getUrlDecoder().decode(jws.substring(dot + 1));
    var order =
        new java.math.BigInteger(
            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    var s = new java.math.BigInteger(1, Arrays.copyOfRange(signature, 32, 64));
    byte[] other = order.subtract(s).toByteArray();
    Arrays.fill(signature, 32, 64, (byte) 0);
    int length = Math.min(32, other.length);
    System.arraycopy(other, other.length - length, signature, 64 - length, length);
    return jws.substring(0, dot + 1) + BASE64URL.encodeToString(signature);
  }

  /// A JWS with its disclosures, each followed by a tilde.
  static String presented(String issued, List<String> disclosures) {
    var text = new StringBuilder(issued).append('~');
    disclosures.forEach(one -> text.append(one).append('~'));
    return text.toString();
  }
}
