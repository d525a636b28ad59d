package dev.meshkore.hub.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Chromium that is installed, without a window, told what to do over its DevTools protocol. It
/// keeps nothing and opens nothing but what the test opens.
public final class Chromium implements AutoCloseable {
  /// How a page is looked at.
  ///
  /// @param width of the window in pixels
  /// @param isDark whether the reader likes dark pages
  public record View(int width, boolean isDark) {}

  private static final JsonMapper JSON = new JsonMapper();
  private static final long ANSWER_SECONDS = 60;
  private static final int HEIGHT = 844;
  private static final String ANNOUNCEMENT = "DevTools listening on ";
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome");

  private final Process process;
  private final Path profile;
  private final HttpClient client = HttpClient.newHttpClient();
  private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
  private final List<String> errors = new ArrayList<>();
  private final Set<String> seen = new java.util.HashSet<>();
  private final WebSocket socket;
  private final String session;
  private int lastId;

  private Chromium(Path program) throws IOException {
    profile = Files.createTempDirectory("chromium");
    process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader log = process.errorReader();
    URI address = address(log);
    Thread.ofVirtual().start(() -> log.lines().forEach(_ -> {}));
    socket = client.newWebSocketBuilder().buildAsync(address, new Frames(frames)).join();
    String target =
        call("", "Target.createTarget", Map.of("url", "about:blank")).get("targetId").stringValue();
    session =
        call("", "Target.attachToTarget", Map.of("targetId", target, "flatten", true))
            .get("sessionId")
            .stringValue();
    for (String domain : List.of("Page", "Log", "Runtime")) {
      call(domain + ".enable", Map.of());
    }
  }

  /// Starts it; empty where none is installed.
  public static Optional<Chromium> start() {
    Optional<Path> program = program();
    try {
      return program.isPresent() ? Optional.of(new Chromium(program.get())) : Optional.empty();
    } catch (IOException failure) {
      throw new UncheckedIOException("Chromium is installed but does not start", failure);
    }
  }

  /// Opens a page and waits until it has loaded. Answers what the page wrote to the error console.
  public List<String> open(String url, View view) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", view.width(), "height", HEIGHT, "deviceScaleFactor", 1, "mobile", false));
    Map<String, String> scheme =
        Map.of("name", "prefers-color-scheme", "value", view.isDark() ? "dark" : "light");
    call("Emulation.setEmulatedMedia", Map.of("features", List.of(scheme)));
    errors.clear();
    seen.clear();
    JsonNode started = call("Page.navigate", Map.of("url", url));
    if (started.has("errorText")) {
      throw new IllegalStateException(url + ": " + started.get("errorText"));
    }
    while (!seen.contains("Page.loadEventFired")) {
      take();
    }
    evaluate("0");
    return List.copyOf(errors);
  }

  /// What an expression gives in the page.
  public JsonNode evaluate(String expression) {
    return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
        .get("result")
        .path("value");
  }

  /// A picture of the page from its top.
  public byte[] picture() {
    JsonNode picture = call("Page.captureScreenshot", Map.of("format", "png"));
    return Base64.getDecoder().decode(picture.get("data").stringValue());
  }

  @Override
  public void close() {
    List<ProcessHandle> children = process.descendants().toList();
    socket.abort();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
      children.forEach(ProcessHandle::destroyForcibly);
      children.forEach(child -> child.onExit().join());
      try (Stream<Path> files = Files.walk(profile)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException failure) {
      System.err.println("Chromium's profile was not removed: " + failure.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } finally {
      client.shutdownNow();
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    return call(session, method, parameters);
  }

  private JsonNode call(String to, String method, Map<String, ?> parameters) {
    int id = ++lastId;
    var frame = new java.util.HashMap<String, Object>();
    frame.put("id", id);
    frame.put("method", method);
    frame.put("params", parameters);
    if (!to.isEmpty()) {
      frame.put("sessionId", to);
    }
    socket.sendText(JSON.writeValueAsString(frame), true).join();
    while (true) {
      JsonNode answer = take();
      if (answer.path("id").asInt(0) == id) {
        if (answer.has("error")) {
          throw new IllegalStateException(method + ": " + answer.get("error"));
        }
        return answer.get("result");
      }
    }
  }

  private JsonNode take() {
    try {
      JsonNode frame = frames.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
      if (frame == null) {
        throw new IllegalStateException("Chromium does not answer");
      }
      String method = frame.path("method").asString("");
      seen.add(method);
      JsonNode what = frame.path("params");
      boolean isError =
          switch (method) {
            case "Log.entryAdded" -> what.get("entry").get("level").stringValue().equals("error");
            case "Runtime.consoleAPICalled" -> what.get("type").stringValue().equals("error");
            case "Runtime.exceptionThrown" -> true;
            default -> false;
          };
      if (isError) {
        errors.add(what.toString());
      }
      return frame;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while Chromium worked");
    }
  }

  private static URI address(BufferedReader log) throws IOException {
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      if (line.startsWith(ANNOUNCEMENT)) {
        return URI.create(line.substring(ANNOUNCEMENT.length()).strip());
      }
    }
    throw new IOException("Chromium ended");
  }

  private static Optional<Path> program() {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return NAMES.stream()
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /// Puts whole frames into a queue.
  private static final class Frames implements WebSocket.Listener {
    private final BlockingQueue<JsonNode> frames;
    private final StringBuilder text = new StringBuilder();

    Frames(BlockingQueue<JsonNode> frames) {
      this.frames = frames;
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean isLast) {
      text.append(part);
      if (isLast) {
        frames.add(JSON.readTree(text.toString()));
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(socket, part, isLast);
    }
  }
}
