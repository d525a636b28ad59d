package dev.meshkore.hub.testing;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/// Everything that is logged in the meantime, by the hub and what it is built from, as talkative as
/// they can be.
public final class Heard implements AutoCloseable {
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Logger root = Logger.getLogger("");
  private final Level before = root.getLevel();
  private final Handler handler = new Lines();

  private Heard() {
    handler.setLevel(Level.ALL);
    root.addHandler(handler);
    root.setLevel(Level.ALL);
  }

  /// Listens from now on.
  public static Heard everything() {
    return new Heard();
  }

  /// What was logged so far, with parameters and whole stack traces.
  public List<String> lines() {
    return lines;
  }

  @Override
  public void close() {
    root.removeHandler(handler);
    root.setLevel(before);
  }

  private final class Lines extends Handler {
    @Override
    public void publish(LogRecord line) {
      var text = new StringWriter();
      text.append(line.getLoggerName()).append(' ').append(line.getMessage());
      text.append(' ').append(Arrays.deepToString(line.getParameters()));
      if (line.getThrown() != null) {
        line.getThrown().printStackTrace(new PrintWriter(text));
      }
      lines.add(text.toString());
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
