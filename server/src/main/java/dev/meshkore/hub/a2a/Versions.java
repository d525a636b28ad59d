package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Request;
import java.util.regex.Pattern;

/// Which version of A2A a caller speaks: the header or query parameter `A2A-Version`, Major.Minor.
final class Versions {
  static final String CURRENT = "1.0";

  /// Spoken by whoever names no version.
  static final String LEGACY = "0.3";

  private static final String NAME = "A2A-Version";
  private static final Pattern WITH_PATCH = Pattern.compile("(\\d+\\.\\d+)\\.\\d+");

  private Versions() {}

  static String of(Request request) {
    String given =
        request
            .header(NAME)
            .filter(text -> !text.isBlank())
            .or(() -> request.query(NAME))
            .orElse("")
            .strip();
    return given.isEmpty() ? LEGACY : WITH_PATCH.matcher(given).replaceFirst("$1");
  }

  /// @throws A2aRefused for every version but the current one
  static void requireCurrent(String version) {
    if (!version.equals(CURRENT)) {
      throw new A2aRefused(
          A2aError.VERSION_NOT_SUPPORTED,
          "This speaks A2A " + CURRENT + "; say so with the header A2A-Version: " + CURRENT);
    }
  }
}
