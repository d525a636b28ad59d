package dev.meshkore.hub.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;

/// An Ed25519 key that signs tokens.
///
/// @param id the `kid`
/// @param madeAt when it was made and first published
record SigningKey(String id, PrivateKey privateKey, PublicKey publicKey, Instant madeAt) {
  private static final int RAW_BYTES = 32;

  static SigningKey make(SecureRandom random, Instant now) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
      generator.initialize(NamedParameterSpec.ED25519, random);
      KeyPair pair = generator.generateKeyPair();
      return new SigningKey(
          Secrets.text(random, 9),
          pair.getPrivate(),
          pair.getPublic(),
          now.truncatedTo(ChronoUnit.MILLIS));
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("Every Java 25 has Ed25519", cause);
    }
  }

  static SigningKey decoded(String id, byte[] privateKey, byte[] publicKey, Instant madeAt) {
    try {
      KeyFactory factory = KeyFactory.getInstance("Ed25519");
      return new SigningKey(
          id,
          factory.generatePrivate(new PKCS8EncodedKeySpec(privateKey)),
          factory.generatePublic(new X509EncodedKeySpec(publicKey)),
          madeAt);
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("The signing key " + id + " is damaged", cause);
    }
  }

  /// The public key as RFC 8032 writes it, without the DER around it.
  byte[] rawPublicKey() {
    byte[] encoded = publicKey.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - RAW_BYTES, encoded.length);
  }

  @Override
  public String toString() {
    return "SigningKey " + id;
  }
}
