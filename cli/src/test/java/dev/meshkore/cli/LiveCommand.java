package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.util.concurrent.atomic.AtomicInteger;

/// A command that goes on until it is stopped; its lines are read as they come.
final class LiveCommand implements AutoCloseable {
  private final Thread thread;
  private final AtomicInteger code = new AtomicInteger(-1);
  private final BufferedReader out;
  private final BufferedReader err;

  private LiveCommand(Shell shell, String... arguments) throws IOException {
    var outPipe = new PipedOutputStream();
    var errPipe = new PipedOutputStream();
    out = reader(outPipe);
    err = reader(errPipe);
    var here = shell.surroundings(outPipe, errPipe);
    thread =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              code.set(Meshkore.run(here, arguments));
              here.out().close();
              here.err().close();
            });
  }

  static LiveCommand start(Shell shell, String... arguments) throws IOException {
    return new LiveCommand(shell, arguments);
  }

  /// The next line of its output; waits for it.
  String line() throws IOException {
    return String.valueOf(out.readLine());
  }

  /// The next line on its standard error; waits for it.
  String note() throws IOException {
    return String.valueOf(err.readLine());
  }

  /// Waits for the command to end by itself.
  int ended() throws InterruptedException {
    thread.join();
    return code.get();
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static BufferedReader reader(PipedOutputStream pipe) throws IOException {
    return new BufferedReader(
        new InputStreamReader(new PipedInputStream(pipe, 1024 * 1024), UTF_8));
  }
}
