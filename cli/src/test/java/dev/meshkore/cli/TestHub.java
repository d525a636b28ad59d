package dev.meshkore.cli;

import dev.meshkore.hub.Hub;
import java.nio.file.Path;
import java.util.Map;

/// A real hub on a free port.
final class TestHub {
  private TestHub() {}

  static Hub open(Path data) {
    var here = new Shell(data).surroundings(System.out, System.err);
    return LocalHub.open(here, LocalHub.read(here, Map.of("port", "0", "data", data.toString())));
  }
}
