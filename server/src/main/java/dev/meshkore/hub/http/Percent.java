package dev.meshkore.hub.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Percent-decoding (RFC 3986 §2.1) that never fails: what cannot be decoded stays as it is, and
/// the field it ends in refuses it.
final class Percent {
  private Percent() {}

  static String decode(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    return decodeForm(text.replace("+", "%2B"));
  }

  static Map<String, String> query(String query) {
    var values = new HashMap<String, String>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.putIfAbsent(
            decodeForm(pair.substring(0, equals)), decodeForm(pair.substring(equals + 1)));
      } else if (!pair.isEmpty()) {
        values.putIfAbsent(decodeForm(pair), "");
      }
    }
    return values;
  }

  private static String decodeForm(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException _) {
      return text;
    }
  }
}
