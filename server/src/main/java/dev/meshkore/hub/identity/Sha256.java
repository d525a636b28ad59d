package dev.meshkore.hub.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256 of text.
final class Sha256 {
  private Sha256() {}

  static byte[] of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  static byte[] of(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }

  /// The hash as text, to look things up by.
  static String name(String text) {
    return HexFormat.of().formatHex(of(text));
  }
}
