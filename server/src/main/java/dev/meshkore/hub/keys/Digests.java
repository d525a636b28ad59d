package dev.meshkore.hub.keys;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// SHA-2 of bytes.
final class Digests {
  private Digests() {}

  static byte[] sha256(byte[] bytes) {
    return of("SHA-256", bytes);
  }

  static byte[] of(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has " + algorithm, cause);
    }
  }
}
