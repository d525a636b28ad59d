package dev.meshkore.hub.outbound;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/// Names under which strangers register, such as `com` or `co.uk`: nobody can be shown to own one.
/// By the list of publicsuffix.org, both of its parts.
public final class PublicSuffixes {
  private static final Set<String> RULES = read();

  private PublicSuffixes() {}

  private static Set<String> read() {
    var rules = new HashSet<String>();
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
      return Set.copyOf(rules);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static String ascii(String rule) {
    return rule.codePoints().allMatch(point -> point < 128) ? rule : java.net.IDN.toASCII(rule);
  }

  /// True for a public suffix; `domain` is in lower case and ASCII.
  public static boolean has(String domain) {
    int dot = domain.indexOf('.');
    if (dot < 0) {
      return true;
    }
    if (RULES.contains("!" + domain)) {
      return false;
    }
    return RULES.contains(domain) || RULES.contains("*." + domain.substring(dot + 1));
  }

  /// The part of a name that somebody registered: what follows it is a public suffix. A suffix is
  /// its own.
  static String registrable(String domain) {
    String registrable = domain;
    String rest = domain;
    while (!has(rest)) {
      registrable = rest;
      rest = rest.substring(rest.indexOf('.') + 1);
    }
    return registrable;
  }
}
