package dev.meshkore.cli;

import dev.meshkore.hub.Hub;
import java.nio.file.Path;
import java.util.HashMap;

/// A real hub on a free port.
final class TestHub {
  private TestHub() {}

  /// Opens one; settings follow as names and values.
  static Hub open(Path data, String... settings) {
    var here = new Shell(data).surroundings(System.out, System.err);
    var all = new HashMap<String, String>();
    all.put("port", "0");
    all.put("data", data.toString());
    for (int i = 0; i < settings.length; i += 2) {
      all.put(settings[i].substring(2), settings[i + 1]);
    }
    return LocalHub.open(here, LocalHub.read(here, all));
  }
}
