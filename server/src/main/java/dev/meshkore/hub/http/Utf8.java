package dev.meshkore.hub.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Checks that bytes are well-formed UTF-8 (RFC 3629).
public final class Utf8 {
  private Utf8() {}

  /// True when the bytes are UTF-8 with no overlong form and no surrogate.
  public static boolean isValid(byte[] bytes) {
    for (byte b : bytes) {
      if (b < 0) {
        return isValidSlowly(bytes);
      }
    }
    return true;
  }

  private static boolean isValidSlowly(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }
}
