package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;

/// Writes values into the query of a URL.
final class Query {
  private Query() {}

  static String value(String text) {
    return URLEncoder.encode(text, UTF_8);
  }
}
