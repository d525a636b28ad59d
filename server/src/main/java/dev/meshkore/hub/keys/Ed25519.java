package dev.meshkore.hub.keys;

import org.bouncycastle.crypto.params.Ed25519PublicKeyParameters;

/// Signatures over Curve25519 (RFC 8032), by Bouncy Castle, which verifies faster than the
/// platform. What cannot be verified is not valid.
final class Ed25519 {
  private static final int SIGNATURE_BYTES = 64;
  private static final int PLAIN = org.bouncycastle.math.ec.rfc8032.Ed25519.Algorithm.Ed25519;

  private Ed25519() {}

  static boolean verifies(byte[] key, byte[] message, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      return new Ed25519PublicKeyParameters(key, 0)
          .verify(PLAIN, null, message, 0, message.length, signature, 0);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Whether the bytes are a point in whose group signatures can be checked.
  static boolean isKey(byte[] key) {
    return org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(key, 0);
  }
}
