package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a command gets from the machine it runs on.
///
/// @param terminal whether a person reads the output as it comes
/// @param root the folder of the launcher, where there is one
record Surroundings(
    PrintStream out,
    PrintStream err,
    InputStream in,
    Map<String, String> environment,
    InstantSource clock,
    boolean terminal,
    @Nullable Path root) {

  Surroundings {
    environment = Map.copyOf(environment);
  }

  static Surroundings ofProcess() {
    var root = System.getProperty("meshkore.root");
    return new Surroundings(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, UTF_8),
        System.in,
        System.getenv(),
        InstantSource.system(),
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent(),
        root == null ? null : Path.of(root));
  }

  /// The value of an environment variable; an empty one counts as absent.
  @Nullable String variable(String name) {
    var value = environment.get(name);
    return value == null || value.isEmpty() ? null : value;
  }

  /// How this program is called in a shell, from any folder.
  String launcher() {
    if (root == null) {
      return "meshkore";
    }
    String path = root.resolve("meshkore").toString();
    return path.contains(" ") ? "\"" + path + "\"" : path;
  }

  boolean inColour() {
    return terminal && variable("NO_COLOR") == null && !"dumb".equals(variable("TERM"));
  }

  String bold(String text) {
    return styled("1", text);
  }

  String dim(String text) {
    return styled("2", text);
  }

  String red(String text) {
    return styled("31", text);
  }

  String green(String text) {
    return styled("32", text);
  }

  String yellow(String text) {
    return styled("33", text);
  }

  String cyan(String text) {
    return styled("36", text);
  }

  private String styled(String code, String text) {
    return inColour() ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
