package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// From the start of the hub's process until it is ready, with and without an AOT cache.
final class StartScenario {
  private static final int ATTEMPTS_MAX = 20_000;
  private static final int PATIENCE_MILLISECONDS = 30_000;

  private final BenchOptions options;
  private final Progress progress;

  StartScenario(BenchOptions options, Progress progress) {
    this.options = options;
    this.progress = progress;
  }

  void run(Consumer<Result> results) throws InterruptedException {
    if (options.url() != null) {
      throw new UsageFailure("start needs a hub of its own, so it does not go with --url");
    }
    results.accept(measure("without AOT cache", options.javaOptions()));
    Path cache = options.aot();
    if (cache != null) {
      if (!Files.isReadable(cache)) {
        throw new BenchFailure("there is no AOT cache " + cache);
      }
      List<String> javaOptions = new ArrayList<>(options.javaOptions());
      // A cache that does not fit is an error here, not a slower start.
      javaOptions.addAll(List.of("-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
      results.accept(measure("with AOT cache", javaOptions));
    }
  }

  private Result measure(String shape, List<String> javaOptions) throws InterruptedException {
    Result.Conditions conditions =
        Machine.conditions(options.folder(), "acknowledged after fsync, the hub's default");
    Aggregate aggregate = new Aggregate();
    for (int i = 0; i <= options.runs(); i++) {
      Aggregate into = i == 0 ? new Aggregate() : aggregate;
      once(javaOptions, into);
      progress.say("start: " + shape + (i == 0 ? ", warm-up" : ", run " + i));
    }
    return new Result("start", "MeshKore", shape, conditions, aggregate.metrics(), List.of());
  }

  private void once(List<String> javaOptions, Aggregate aggregate) throws InterruptedException {
    Path folder = ServerProcess.newFolder(options.folder(), "start");
    try (HubProcess hub = HubProcess.start(folder, javaOptions)) {
      long firstLine = System.nanoTime() - hub.startedNanos();
      int attempts = 0;
      while (!isReady(hub.url())) {
        if (++attempts == ATTEMPTS_MAX) {
          throw new BenchFailure("GET /ready never answered 200");
        }
      }
      long ready = System.nanoTime() - hub.startedNanos();
      aggregate
          .add("first line ms", firstLine / 1e6)
          .add("ready ms", ready / 1e6)
          .add("RSS MB", Usage.of(hub.pid()).residentBytes() / 1048576.0);
    } finally {
      ServerProcess.remove(folder);
    }
  }

  /// Whether `GET /ready` answers 200, asked over a bare socket: a client's own start costs time.
  private static boolean isReady(URI url) {
    String request =
        "GET /ready HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nConnection: close\r\n\r\n";
    try (Socket socket = new Socket(url.getHost(), url.getPort())) {
      socket.setSoTimeout(PATIENCE_MILLISECONDS);
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      byte[] start = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
      return new String(start, US_ASCII).equals("HTTP/1.1 200");
    } catch (IOException _) {
      return false;
    }
  }
}
