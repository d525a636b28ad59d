package dev.meshkore.hub.keys;

import fr.acinq.secp256k1.Secp256k1;
import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Optional;

/// Signatures over secp256k1 (BIP-340). What cannot be verified is not valid.
public final class Schnorr {
  private static final int SIGNATURE_BYTES = 64;
  private static final int HASH_BYTES = 32;

  private Schnorr() {}

  /// Whether a signature over a hash of 32 bytes is of the key with this x coordinate.
  public static boolean verifies(byte[] key, byte[] hash, byte[] signature) {
    if (signature.length != SIGNATURE_BYTES || hash.length != HASH_BYTES) {
      return false;
    }
    try {
      return Secp256k1.get().verifySchnorr(signature, hash, key);
    } catch (Secp256k1Exception | IllegalArgumentException _) {
      return false;
    }
  }

  /// The point in 65 bytes; empty for what is no point.
  static Optional<byte[]> uncompressed(byte[] compressed) {
    try {
      return Optional.of(Secp256k1.get().pubkeyParse(compressed));
    } catch (Secp256k1Exception | IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
