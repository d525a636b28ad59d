package dev.meshkore.bench;

import java.io.PrintStream;

/// Tells a waiting person what is going on; never part of the result.
final class Progress {
  private final PrintStream out;

  Progress(PrintStream out) {
    this.out = out;
  }

  void say(String line) {
    out.println("bench: " + line);
  }
}
