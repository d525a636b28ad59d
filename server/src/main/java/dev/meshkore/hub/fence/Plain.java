package dev.meshkore.hub.fence;

import java.util.HexFormat;

/// Writes text that a stranger chose so that it shows what it holds: one line stays one line, and
/// what cannot be seen, or turns the direction of writing, is written as its number.
final class Plain {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200C;
  private static final int ZERO_WIDTH_JOINER = 0x200D;
  private static final int FIRST_HIDDEN_SELECTOR = 0xE0100;
  private static final int LAST_HIDDEN_SELECTOR = 0xE01EF;

  private Plain() {}

  /// The text as one line, cut after `charsMax` characters.
  static String line(String text, int charsMax) {
    var line = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      String shown = shown(codePoint);
      if (line.length() + shown.length() > charsMax) {
        return line.append('…').toString();
      }
      line.append(shown);
      at += Character.charCount(codePoint);
    }
    return line.toString();
  }

  /// How one character is shown. A line break is shown by its number, too.
  static String shown(int codePoint) {
    return isVisible(codePoint)
        ? Character.toString(codePoint)
        : "\\u" + HexFormat.of().toHexDigits(codePoint, codePoint > 0xFFFF ? 6 : 4);
  }

  /// Whether this ends a line for anything that may show the text.
  static boolean isLineBreak(int codePoint) {
    return (codePoint >= '\n' && codePoint <= '\r')
        || codePoint == 0x85
        || codePoint == 0x2028
        || codePoint == 0x2029;
  }

  private static boolean isVisible(int codePoint) {
    if (codePoint == '\t' || codePoint == ZERO_WIDTH_JOINER || codePoint == ZERO_WIDTH_NON_JOINER) {
      return true;
    }
    if (codePoint >= FIRST_HIDDEN_SELECTOR && codePoint <= LAST_HIDDEN_SELECTOR) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
