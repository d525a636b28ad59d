package dev.meshkore.hub.scan;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Links that run when they are opened, or hold what they show.
final class Links {
  private static final Pattern SCHEME =
      Pattern.compile("\\b(javascript|vbscript|data|file|blob):", Pattern.CASE_INSENSITIVE);
  private static final Pattern DATA =
      Pattern.compile("[a-z]{1,20}/[a-z0-9.+-]{1,40}[;,]|[;,]", Pattern.CASE_INSENSITIVE);
  private static final Pattern WEB = Pattern.compile("https?://[^/@\\s]{0,300}@");

  private static final Pattern BETWEEN_WORDS = Pattern.compile("%20|[+_]");

  private Links() {}

  /// The words of an address, as a reader takes it apart.
  static String words(String link) {
    return BETWEEN_WORDS.matcher(link).replaceAll(" ");
  }

  static Optional<String> in(Said said) {
    String text = said.text();
    if (text.indexOf(':') < 0) {
      return Optional.empty();
    }
    // Browsers pass over line breaks and tabs in a scheme.
    String whole = text.replaceAll("[\\t\\n\\r]+", "");
    Matcher scheme = SCHEME.matcher(whole);
    while (scheme.find()) {
      if (runs(scheme.group(1), whole, scheme.end(), said.kind())) {
        return Optional.of("holds a link that runs or hides what it leads to");
      }
    }
    return WEB.matcher(text).find()
        ? Optional.of("holds a link with a name before its host")
        : Optional.empty();
  }

  /// In a sentence, `data:` is a word before a colon.
  private static boolean runs(String scheme, String text, int end, Said.Kind kind) {
    if (kind == Said.Kind.LINK) {
      return true;
    }
    boolean isWord = end == text.length() || Character.isWhitespace(text.charAt(end));
    return switch (scheme.toLowerCase(java.util.Locale.ROOT)) {
      case "data" -> DATA.matcher(text).region(end, text.length()).lookingAt();
      case "file" -> text.startsWith("//", end);
      default -> !isWord;
    };
  }
}
