package dev.meshkore.hub.identity;

import java.util.Base64;
import java.util.random.RandomGenerator;

/// Makes what nobody can guess. `random` is a `SecureRandom` everywhere but in tests.
final class Secrets {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private Secrets() {}

  static byte[] bytes(RandomGenerator random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /// Random bytes in unpadded base64url.
  static String text(RandomGenerator random, int byteCount) {
    return base64Url(bytes(random, byteCount));
  }

  static String base64Url(byte[] bytes) {
    return BASE64URL.encodeToString(bytes);
  }
}
