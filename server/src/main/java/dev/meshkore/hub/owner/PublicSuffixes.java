package dev.meshkore.hub.owner;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Names under which strangers register, such as `com` or `co.uk`: nobody can be shown to own one.
/// By the list of publicsuffix.org, both of its parts.
final class PublicSuffixes {
  private final Set<String> rules = new HashSet<>();

  PublicSuffixes() {
    try (InputStream in = PublicSuffixes.class.getResourceAsStream("/public_suffix_list.dat")) {
      if (in == null) {
        throw new IllegalStateException("The list of public suffixes is not in the jar");
      }
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split("\\s", 2)[0])
          .filter(line -> !line.isEmpty() && !line.startsWith("//"))
          .map(PublicSuffixes::ascii)
          .forEach(rules::add);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String ascii(String rule) {
    return rule.codePoints().allMatch(point -> point < 128) ? rule : java.net.IDN.toASCII(rule);
  }

  /// True for a public suffix; `domain` is in lower case and ASCII.
  boolean has(String domain) {
    int dot = domain.indexOf('.');
    if (dot < 0) {
      return true;
    }
    if (rules.contains("!" + domain)) {
      return false;
    }
    return rules.contains(domain) || rules.contains("*." + domain.substring(dot + 1));
  }
}
