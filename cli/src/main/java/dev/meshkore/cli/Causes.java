package dev.meshkore.cli;

import java.util.LinkedHashSet;
import org.jspecify.annotations.Nullable;

/// Says why something failed, from the outermost reason to the innermost.
final class Causes {
  private Causes() {}

  static String of(Throwable failure) {
    var reasons = new LinkedHashSet<String>();
    for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
      var message = cause.getMessage();
      reasons.add(message == null ? cause.getClass().getSimpleName() : message);
    }
    return String.join("\n", reasons);
  }
}
