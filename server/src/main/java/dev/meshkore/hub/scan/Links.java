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

  private Links() {}

  static Optional<String> in(Said said) {
    String text = said.text();
    if (text.indexOf(':') < 0) {
      return Optional.empty();
    }
    // Browsers pass over line breaks and tabs in a scheme.
    Matcher scheme = SCHEME.matcher(text.replaceAll("[\\t\\n\\r]+", ""));
    String whole = text.replaceAll("[\\t\\n\\r]+", "");
    while (scheme.find()) {
      if (runs(scheme.group(1), whole.substring(scheme.end()), said.kind())) {
        return Optional.of("holds a link that runs or hides what it leads to");
      }
    }
    return WEB.matcher(text).find()
        ? Optional.of("holds a link with a name before its host")
        : Optional.empty();
  }

  /// In a sentence, `data:` is a word before a colon.
  private static boolean runs(String scheme, String rest, Said.Kind kind) {
    if (kind == Said.Kind.LINK) {
      return true;
    }
    boolean isWord = rest.isEmpty() || Character.isWhitespace(rest.charAt(0));
    return switch (scheme.toLowerCase(java.util.Locale.ROOT)) {
      case "data" -> DATA.matcher(rest).lookingAt();
      case "file" -> rest.startsWith("//");
      default -> !isWord;
    };
  }
}
