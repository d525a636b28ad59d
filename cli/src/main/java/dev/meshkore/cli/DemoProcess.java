package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/// One agent of the demo: a process whose lines of output are shown as they come.
final class DemoProcess implements AutoCloseable {
  private final Process process;
  private final Thread reader;

  private DemoProcess(Process process, Thread reader) {
    this.process = process;
    this.reader = reader;
  }

  static DemoProcess start(
      String name,
      List<String> command,
      Map<String, String> environment,
      BiConsumer<String, String> lines) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    try {
      var process = builder.start();
      process.getOutputStream().close();
      var reader = Thread.ofVirtual().start(() -> read(name, process, lines));
      return new DemoProcess(process, reader);
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The agent " + name + " cannot be started",
          Causes.of(e),
          "The demo needs python3 and curl; check that they are on your PATH.");
    }
  }

  /// Ends the process and what it started, at once and without a farewell.
  void kill() {
    var children = process.descendants().toList();
    process.destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  /// Waits for the process to end by itself, and for its last words.
  boolean endsWithin(long milliseconds) throws InterruptedException {
    var isOver = process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
    if (isOver) {
      reader.join();
    }
    return isOver;
  }

  @Override
  public void close() {
    kill();
  }

  private static void read(String name, Process process, BiConsumer<String, String> lines) {
    try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
      for (var line = output.readLine(); line != null; line = output.readLine()) {
        lines.accept(name, line);
      }
    } catch (IOException | UncheckedIOException e) {
      // The process was ended while its last words were read.
      lines.accept(name, "went silent");
    }
  }
}
