package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub that was started for one measurement from the jar that runs here.
final class HubProcess implements AutoCloseable {
  private static final String MAIN = "dev.meshkore.cli.Meshkore";
  private static final int PATIENCE_SECONDS = 120;

  private final Process process;
  private final URI url;
  private final Path adminKeyFile;
  private final long startedNanos;

  private HubProcess(Process process, URI url, Path adminKeyFile, long startedNanos) {
    this.process = process;
    this.url = url;
    this.adminKeyFile = adminKeyFile;
    this.startedNanos = startedNanos;
  }

  /// Starts a hub on an empty folder and waits for its first line, which says where it listens.
  static HubProcess start(Path folder, List<String> javaOptions) {
    return start(folder, javaOptions, List.of());
  }

  /// The same, with more options of the hub.
  static HubProcess start(Path folder, List<String> javaOptions, List<String> hubOptions) {
    List<String> command = command(javaOptions);
    command.addAll(List.of("up", "--port", "0", "--data", folder.resolve("data").toString()));
    command.addAll(List.of("--rate-per-minute", "0", "--json"));
    command.addAll(hubOptions);
    Path log = folder.resolve("hub.log");
    long started = System.nanoTime();
    try {
      Process process = new ProcessBuilder(command).redirectError(log.toFile()).start();
      ServerProcess.stopWithUs(process);
      BufferedReader reader =
          new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8));
      StringBuilder before = new StringBuilder();
      String line = firstLine(process, reader, before);
      if (line == null) {
        process.destroy();
        throw new BenchFailure("the hub did not start: " + before + Files.readString(log).strip());
      }
      Thread.ofVirtual().name("hub-output").start(() -> drain(reader));
      return ready(process, line, started);
    } catch (IOException e) {
      throw new BenchFailure("the hub did not start: " + e.getMessage(), e);
    }
  }

  /// The hub's first line, or null when there was none in time: then the hub is stopped. What the
  /// virtual machine said `before` is kept.
  private static @Nullable String firstLine(
      Process process, BufferedReader reader, StringBuilder before) throws IOException {
    CompletableFuture<Boolean> said = new CompletableFuture<>();
    var _ =
        said.completeOnTimeout(false, PATIENCE_SECONDS, TimeUnit.SECONDS)
            .thenAccept(inTime -> {
              if (!inTime) {
                process.destroy();
              }
            });
    String line = reader.readLine();
    while (line != null && !line.startsWith("{")) {
      before.append(line).append('\n');
      line = reader.readLine();
    }
    said.complete(true);
    return line;
  }

  private static HubProcess ready(Process process, String line, long started) {
    try {
      JsonNode said = new JsonMapper().readTree(line);
      URI url = URI.create(said.path("url").asString());
      Path adminKeyFile = Path.of(said.path("admin_key_file").asString());
      return new HubProcess(process, url, adminKeyFile, started);
    } catch (JacksonException | IllegalArgumentException e) {
      process.destroy();
      throw new BenchFailure("the hub's first line is not the JSON of `up --json`", e);
    }
  }

  /// The Java and the class path of this process.
  private static List<String> command(List<String> javaOptions) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    // What the virtual machine warns of must not stand before the hub's first line.
    command.addAll(List.of("-Xlog:disable", "-Xlog:all=warning:stderr"));
    command.addAll(javaOptions);
    String classPath = System.getProperty("java.class.path");
    command.addAll(
        classPath.endsWith(".jar") && !classPath.contains(File.pathSeparator)
            ? List.of("-jar", classPath)
            : List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath, MAIN));
    return command;
  }

  private static void drain(BufferedReader reader) {
    try (reader) {
      while (reader.readLine() != null) {
        // What the hub says later is not needed.
      }
    } catch (IOException _) {
      // The hub has ended.
    }
  }

  URI url() {
    return url;
  }

  Path adminKeyFile() {
    return adminKeyFile;
  }

  long pid() {
    return process.pid();
  }

  /// When the process was started, on the clock of `System.nanoTime`.
  long startedNanos() {
    return startedNanos;
  }

  @Override
  public void close() {
    ServerProcess.stop(process);
  }
}
