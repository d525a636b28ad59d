package dev.meshkore.hub.keys;

import java.util.Base64;

/// Reads a structured field (RFC 9651) from left to right, as far as signatures need it.
final class FieldScanner {
  private static final int DIGITS_MAX = 15;

  private final String text;
  private int at;

  FieldScanner(String text) {
    this.text = text.strip();
  }

  static boolean isFieldName(String name) {
    return !name.isEmpty()
        && name.chars().allMatch(one -> one == '-' || isLower(one) || isDigit(one));
  }

  static String quote(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  boolean isAt(char wanted) {
    return at < text.length() && text.charAt(at) == wanted;
  }

  boolean skip(char wanted) {
    boolean isThere = isAt(wanted);
    at += isThere ? 1 : 0;
    return isThere;
  }

  void expect(char wanted) {
    if (!skip(wanted)) {
      throw unreadable();
    }
  }

  void spaces() {
    while (isAt(' ')) {
      at++;
    }
  }

  void end() {
    if (at < text.length()) {
      throw unreadable();
    }
  }

  /// The name of a member or of a parameter.
  String key() {
    int start = at;
    while (at < text.length() && isInKey(text.charAt(at))) {
      at++;
    }
    if (at == start || !(isLower(text.charAt(start)) || text.charAt(start) == '*')) {
      throw unreadable();
    }
    return text.substring(start, at);
  }

  /// Text in quotes.
  String quoted() {
    expect('"');
    var value = new StringBuilder();
    while (!skip('"')) {
      boolean isEscaped = skip('\\');
      if (at == text.length()) {
        throw unreadable();
      }
      char one = text.charAt(at++);
      boolean isAllowed = isEscaped ? one == '"' || one == '\\' : one >= ' ' && one <= '~';
      if (!isAllowed) {
        throw unreadable();
      }
      value.append(one);
    }
    return value.toString();
  }

  /// A whole number that is not negative.
  String wholeNumber() {
    int start = at;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at == start || at - start > DIGITS_MAX) {
      throw unreadable();
    }
    return text.substring(start, at);
  }

  /// Bytes between colons, in Base64.
  byte[] bytes() {
    expect(':');
    int end = text.indexOf(':', at);
    if (end < 0) {
      throw unreadable();
    }
    String base64 = text.substring(at, end);
    at = end + 1;
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException _) {
      throw unreadable();
    }
  }

  private static boolean isInKey(char one) {
    return isLower(one) || isDigit(one) || "_-.*".indexOf(one) >= 0;
  }

  private static boolean isLower(int one) {
    return one >= 'a' && one <= 'z';
  }

  private static boolean isDigit(int one) {
    return one >= '0' && one <= '9';
  }

  private static BadSignature unreadable() {
    return new BadSignature("A header of the signature is no structured field of the right form");
  }
}
