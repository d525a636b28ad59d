package dev.meshkore.hub.owner;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;

/// Verifies Ed25519 signatures by the platform's own code. What cannot be verified is not valid.
final class Ed25519 {
  /// What DER writes before the 32 bytes of a key (RFC 8410).
  private static final byte[] DER = HexFormat.of().parseHex("302a300506032b6570032100");

  private static final int SIGNATURE_BYTES = 64;

  private Ed25519() {}

  static boolean isKey(byte[] key) {
    try {
      return key(key) != null;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  static boolean isSigned(byte[] key, byte[] text, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(key(key));
      verifier.update(text);
      return verifier.verify(signature);
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static PublicKey key(byte[] raw) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(DER, DER.length + raw.length);
    System.arraycopy(raw, 0, encoded, DER.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
