package dev.meshkore.hub.owner;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// Makes what nobody can guess, and what is kept of it. `random` is a `SecureRandom` everywhere but
/// in tests.
final class Secrets {
  private Secrets() {}

  /// Random bytes in unpadded base64url.
  static String text(RandomGenerator random, int byteCount) {
    byte[] bytes = new byte[byteCount];
    random.nextBytes(bytes);
    return base64Url(bytes);
  }

  static String base64Url(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// The bytes of unpadded base64url, in the one way to write them.
  static Optional<byte[]> bytes(String base64Url) {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(base64Url);
      return base64Url(bytes).equals(base64Url) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static byte[] hash(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException cause) {
      throw new IllegalStateException("Every Java platform has SHA-256", cause);
    }
  }
}
