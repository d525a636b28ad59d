package dev.meshkore.hub.scan;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether a text holds what looks like a key: by the form that makers of keys give them, and by
/// how little of it repeats, so that an example such as `sk-xxxxxxxx` is none.
final class KeyLikeness {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN (?:[A-Z]{2,12} ){0,3}PRIVATE KEY");

  /// Fixed beginnings, each with the least length of what follows.
  private static final Pattern FORM =
      Pattern.compile(
          "\\b(?:sk-(?:[a-z]{2,8}-){0,2}|sk_live_|rk_live_|ghp_|gho_|ghs_|ghu_|github_pat_|glpat-"
              + "|xox[abposr]-|AKIA|ASIA|AIza|npm_|pypi-|hf_|mk_|SG\\.|nsec1|xprv|shpat_|dop_v1_)"
              + "([A-Za-z0-9_\\-.]{16,200})");

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\beyJ[A-Za-z0-9_-]{10,2000}\\.eyJ[A-Za-z0-9_-]{10,4000}\\.[A-Za-z0-9_-]{20}");
  private static final int DIFFERENT_LEAST = 9;

  /// The shortest key of all these forms: a beginning of three characters, and sixteen more.
  private static final int SHORTEST = 19;

  private KeyLikeness() {}

  static Optional<String> in(String text) {
    if (text.contains("-----BEGIN") && BLOCK.matcher(text).find()) {
      return Optional.of("holds a private key");
    }
    if (!hasLongWord(text)) {
      return Optional.empty();
    }
    if (TOKEN.matcher(text).find()) {
      return Optional.of("holds a signed token");
    }
    Matcher form = FORM.matcher(text);
    while (form.find()) {
      String rest = form.group(1);
      boolean isRandom =
          rest.chars().distinct().count() >= DIFFERENT_LEAST
              && rest.chars().anyMatch(Character::isDigit);
      if (isRandom) {
        return Optional.of("holds what looks like a key");
      }
    }
    return Optional.empty();
  }

  /// Most texts have none, and are not looked at closer.
  private static boolean hasLongWord(String text) {
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isOfKey =
          c == '_' || c == '-' || c == '.' || (c < 0x80 && Character.isLetterOrDigit(c));
      run = isOfKey ? run + 1 : 0;
      if (run >= SHORTEST) {
        return true;
      }
    }
    return false;
  }
}
