package dev.meshkore.hub.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A text with `{{names}}` to fill in, kept beside the program.
public final class Page {
  private static final Pattern NAME = Pattern.compile("\\{\\{([a-z_]+)\\}\\}");

  private final String text;

  private Page(String text) {
    this.text = text;
  }

  /// The page of this name.
  public static Page read(String name) {
    try (InputStream stream = Page.class.getResourceAsStream("/pages/" + name)) {
      if (stream == null) {
        throw new IllegalStateException("The page " + name + " is missing");
      }
      return new Page(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }

  /// The text with every name filled in.
  public String fill(Map<String, String> values) {
    return NAME.matcher(text).replaceAll(match -> quoted(match, values));
  }

  /// Text as it stands in HTML, in attributes too.
  public static String escapeHtml(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String quoted(MatchResult match, Map<String, String> values) {
    String value = values.get(match.group(1));
    if (value == null) {
      throw new IllegalStateException("The page has an unknown name " + match.group());
    }
    return java.util.regex.Matcher.quoteReplacement(value);
  }
}
