package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/// What to do about each refusal, from the registry that the hub itself reads.
final class Refusals {
  private static final Map<String, String> HELP = read();

  private Refusals() {}

  /// The help for a problem's `type`, or an empty text.
  static String helpFor(String type) {
    return HELP.getOrDefault(type.substring(type.lastIndexOf('/') + 1), "");
  }

  private static Map<String, String> read() {
    var help = new HashMap<String, String>();
    try (var stream = Refusals.class.getResourceAsStream("/protocol/problems.yaml")) {
      if (stream == null) {
        return Map.of();
      }
      var slug = "";
      for (var line : new String(stream.readAllBytes(), UTF_8).lines().toList()) {
        var entry = line.strip();
        if (entry.startsWith("- slug:")) {
          slug = entry.substring("- slug:".length()).strip();
        } else if (entry.startsWith("help:")) {
          help.put(slug, unquoted(entry.substring("help:".length()).strip()));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Map.copyOf(help);
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }
}
