package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;

/// Reads what people give by way of standard input.
final class Input {
  private Input() {}

  static String all(Surroundings here) {
    try {
      return new String(here.in().readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.OTHER, "Standard input cannot be read", String.valueOf(e.getMessage()), "");
    }
  }

  /// A key as given, or the first line of standard input for '-', so that it is in no history.
  static String secret(Surroundings here, String given) {
    return given.equals("-") ? all(here).lines().findFirst().orElse("").strip() : given;
  }
}
