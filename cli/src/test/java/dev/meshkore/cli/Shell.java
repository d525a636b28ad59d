package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Runs commands as a shell does, with a home of their own, and keeps what they print.
final class Shell {
  private final Map<String, String> environment = new HashMap<>();
  private String input = "";

  Shell(Path home) {
    environment.put("HOME", home.toString());
  }

  record Ended(int code, String out, String err) {
    JsonNode json() throws Json.Unreadable {
      return Json.read(out);
    }

    JsonNode problem() throws Json.Unreadable {
      return Json.read(err);
    }
  }

  Shell with(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Shell typing(String text) {
    input = text;
    return this;
  }

  Ended run(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var code = Meshkore.run(surroundings(out, err), arguments);
    return new Ended(code, out.toString(UTF_8), err.toString(UTF_8));
  }

  Surroundings surroundings(OutputStream out, OutputStream err) {
    return new Surroundings(
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8),
        new ByteArrayInputStream(input.getBytes(UTF_8)),
        environment,
        InstantSource.system(),
        false,
        null);
  }
}
