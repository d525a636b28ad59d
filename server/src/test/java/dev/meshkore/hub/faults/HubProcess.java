package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A hub in a process of its own, which can be killed and started again on the same data folder and
/// port. It has no rate limit.
final class HubProcess implements AutoCloseable {
  private static final Duration READY = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration END = Duration.ofSeconds(30);

  private final int port = freePort();
  private final Path data;
  private final Path log;
  private final Map<String, String> settings = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private final List<String> prefix = new ArrayList<>();
  private @Nullable Process process;
  private String invite = "";

  /// A hub with its data here and its output in a file beside it; [#start] starts it.
  HubProcess(Path data, Path log) {
    this.data = data;
    this.log = log;
    settings.put("MESHKORE_DATA", data.toString());
    settings.put("MESHKORE_PORT", Integer.toString(port));
    settings.put("MESHKORE_RATE_PER_MINUTE", "0");
    // The model takes half a second of a core at each start, and none of these tests asks it.
    settings.put("MESHKORE_MEANING", "false");
  }

  HubProcess with(String variable, String value) {
    settings.put(variable, value);
    return this;
  }

  HubProcess on(DatabaseUrl database) {
    if (database instanceof DatabaseUrl.PostgresqlServer server) {
      settings.put("MESHKORE_DATABASE", TestDatabase.setting(server));
    }
    return this;
  }

  /// Variables of the process that are no settings of the hub.
  HubProcess inEnvironment(Map<String, String> variables) {
    environment.putAll(variables);
    return this;
  }

  /// A command that runs the hub; it replaces the one before.
  HubProcess under(String... command) {
    prefix.clear();
    prefix.addAll(List.of(command));
    return this;
  }

  /// Starts it and returns when it is ready.
  HubProcess start() throws IOException, InterruptedException {
    Process started = launch();
    long deadline = System.nanoTime() + READY.toNanos();
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (!isReady(http)) {
        if (started.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
          throw new IOException("The hub ended with " + started.exitValue() + ": " + output());
        }
        if (System.nanoTime() > deadline) {
          close();
          throw new IOException("The hub was not ready within " + READY + ": " + output());
        }
      }
    }
    return this;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /// Where agents join it; it was ready once.
  synchronized String invite() throws IOException, InterruptedException {
    if (invite.isEmpty()) {
      String operator = Files.readString(data.resolve("admin.key")).strip();
      HttpRequest request =
          HttpRequest.newBuilder(uri("/invites"))
              .header("Authorization", "Bearer " + operator)
              .POST(HttpRequest.BodyPublishers.ofString("{\"max_uses\":1000}"))
              .build();
      try (HttpClient http = HttpClient.newHttpClient()) {
        String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        invite = URI.create(Player.JSON.readTree(answer).get("url").asString()).getPath();
      }
    }
    return invite;
  }

  /// Stops it where it stands, as a power cut does: what its threads have asked of the kernel may
  /// still happen, and nobody hears of it. Only [#kill] can follow.
  void freeze() throws IOException, InterruptedException {
    long pid = running().pid();
    Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(pid)).start();
    assertThat(stop.waitFor()).as("kill -STOP %s", pid).isZero();
    long deadline = System.nanoTime() + END.toNanos();
    while (!isFrozen(pid)) {
      assertThat(System.nanoTime()).as("process %s stops", pid).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /// A thread that is in the kernel, waiting for the disk, stops before it comes back from there.
  private static boolean isFrozen(long pid) throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
      for (Path thread : threads.toList()) {
        String status = Files.readString(thread.resolve("stat"));
        char state = status.charAt(status.lastIndexOf(')') + 2);
        if (state != 'T' && state != 'D') {
          return false;
        }
      }
    }
    return true;
  }

  /// Ends it at once, with everything that was started to run it.
  void kill() {
    Process running = process;
    if (running == null) {
      return;
    }
    running.descendants().forEach(ProcessHandle::destroyForcibly);
    running.destroyForcibly();
    running.onExit().orTimeout(END.toSeconds(), TimeUnit.SECONDS).join();
    process = null;
  }

  /// Asks it to stop, and answers how long that took.
  Duration terminate() throws InterruptedException {
    Process running = running();
    long before = System.nanoTime();
    running.destroy();
    awaitExit(END);
    return Duration.ofNanos(System.nanoTime() - before);
  }

  /// Waits until it ends by itself, and answers its exit code.
  int awaitExit(Duration most) throws InterruptedException {
    Process running = running();
    boolean ended = running.waitFor(most.toMillis(), TimeUnit.MILLISECONDS);
    assertThat(ended).as("the hub ends within %s; it wrote: %s", most, output()).isTrue();
    process = null;
    return running.exitValue();
  }

  boolean isAlive() {
    return process != null && process.isAlive();
  }

  /// What it wrote since its last start.
  String output() {
    try {
      return Files.exists(log) ? Files.readString(log) : "";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    kill();
  }

  private Process running() {
    return Optional.ofNullable(process).orElseThrow();
  }

  private Process launch() throws IOException {
    if (process != null) {
      throw new IllegalStateException("The hub runs already");
    }
    var command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath()));
    command.add("dev.meshkore.hub.Main");
    var builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("MESHKORE_"));
    builder.environment().putAll(settings);
    builder.environment().putAll(environment);
    Process started = builder.start();
    process = started;
    return started;
  }

  private boolean isReady(HttpClient http) throws InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(uri("/ready")).timeout(READY).build();
    try {
      return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false;
    }
  }

  /// Surefire hands the class path over in a property of its own.
  private static String classPath() {
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
