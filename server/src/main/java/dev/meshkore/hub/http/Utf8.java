package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// Checks bytes before they are read as JSON (RFC 8259 §8.1): UTF-8 and no other encoding, which a
/// JSON reader would guess, and no byte order mark.
public final class Utf8 {
  private static final byte MARK = (byte) 0xEF;

  private Utf8() {}

  /// True when the bytes are well-formed UTF-8 (RFC 3629) without NUL and without a leading mark.
  public static boolean isJsonText(byte[] bytes) {
    if (bytes.length > 0 && bytes[0] == MARK) {
      return false;
    }
    boolean isAscii = true;
    for (byte b : bytes) {
      if (b <= 0) {
        if (b == 0) {
          return false;
        }
        isAscii = false;
      }
    }
    return isAscii || isWellFormed(bytes);
  }

  private static boolean isWellFormed(byte[] bytes) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    }
  }

  /// Text that was sent, as every database can keep it.
  ///
  /// @throws Refused when it holds U+0000 or half a surrogate pair
  public static String text(String field, String text) {
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean isPair =
          Character.isHighSurrogate(character)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (isPair) {
        i++;
      } else if (character == 0 || Character.isSurrogate(character)) {
        throw Refused.field(field, field + " holds U+0000 or half a surrogate pair");
      }
    }
    return text;
  }
}
