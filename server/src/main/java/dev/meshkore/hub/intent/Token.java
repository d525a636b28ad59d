package dev.meshkore.hub.intent;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// A word, a run of digits, one Chinese character, or one sign of a text.
///
/// @param word in lower case and without accents; of digits, in ASCII; empty for an endless word
/// @param start where it begins in the text
/// @param end where it ends
/// @param shape what it is
/// @param isCapital whether its first letter is a capital
/// @param isUpper whether all its letters are capitals
record Token(String word, int start, int end, Shape shape, boolean isCapital, boolean isUpper) {
  /// What a token is made of.
  enum Shape {
    WORD,
    DIGITS,
    HAN,
    SIGN,
    NOTHING
  }

  private static final int WORD_CHARACTERS_MAX = 64;

  /// The tokens of a text, in one pass. Spaces, and what cannot be seen, only end a token.
  static List<Token> of(String text) {
    var tokens = new ArrayList<Token>();
    int at = 0;
    while (at < text.length()) {
      int codePoint = text.codePointAt(at);
      Shape shape = shape(codePoint);
      int end = at + Character.charCount(codePoint);
      if (shape == Shape.WORD || shape == Shape.DIGITS) {
        while (end < text.length() && continues(shape, text.codePointAt(end))) {
          end += Character.charCount(text.codePointAt(end));
        }
      }
      if (shape != Shape.NOTHING) {
        tokens.add(token(text, at, end, shape));
      }
      at = end;
    }
    return tokens;
  }

  boolean isDigits() {
    return shape == Shape.DIGITS;
  }

  boolean isSign() {
    return shape == Shape.SIGN;
  }

  private static Token token(String text, int start, int end, Shape shape) {
    String written = text.substring(start, end);
    boolean isLong = shape == Shape.WORD && written.length() > WORD_CHARACTERS_MAX;
    return new Token(
        isLong ? "" : folded(written, shape),
        start,
        end,
        shape,
        Character.isUpperCase(written.codePointAt(0)),
        shape == Shape.WORD && written.codePoints().allMatch(Character::isUpperCase));
  }

  private static String folded(String written, Shape shape) {
    if (shape == Shape.DIGITS) {
      var digits = new StringBuilder(written.length());
      written
          .codePoints()
          .forEach(digit -> digits.append((char) ('0' + Character.digit(digit, 10))));
      return digits.toString();
    }
    if (written.chars().allMatch(c -> c < 128)) {
      return written.toLowerCase(Locale.ROOT);
    }
    String plain = Normalizer.normalize(written, Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
    var folded = new StringBuilder(plain.length());
    Normalizer.normalize(plain, Normalizer.Form.NFD)
        .codePoints()
        .filter(c -> !isMark(c))
        .forEach(folded::appendCodePoint);
    return folded.toString().replace("ß", "ss");
  }

  private static boolean continues(Shape shape, int codePoint) {
    return shape(codePoint) == shape || (shape == Shape.WORD && isMark(codePoint));
  }

  private static Shape shape(int codePoint) {
    if (Character.isDigit(codePoint)) {
      return Shape.DIGITS;
    }
    if (Character.isIdeographic(codePoint)) {
      return Shape.HAN;
    }
    if (Character.isLetter(codePoint)) {
      return Shape.WORD;
    }
    return isUnseen(codePoint) || isMark(codePoint) ? Shape.NOTHING : Shape.SIGN;
  }

  private static boolean isMark(int codePoint) {
    int type = Character.getType(codePoint);
    return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
  }

  private static boolean isUnseen(int codePoint) {
    return Character.isWhitespace(codePoint)
        || Character.isSpaceChar(codePoint)
        || Character.isISOControl(codePoint)
        || Character.getType(codePoint) == Character.FORMAT;
  }
}
