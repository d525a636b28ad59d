package dev.meshkore.cli;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import dev.meshkore.hub.store.DatabaseUrl;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Everything that the command line asks of the hub's own code.
final class LocalHub {
  /// Variables of the launcher and the command line, which are no settings of a hub.
  private static final Set<String> NOT_OF_THE_HUB =
      Set.of(
          "MESHKORE_JAVA",
          "MESHKORE_JAVA_FOLDERS",
          "MESHKORE_JAVA_OPTIONS",
          "MESHKORE_HOME",
          "MESHKORE_JAR");

  private LocalHub() {}

  static List<HubConfig.Setting> settings() {
    return HubConfig.settings();
  }

  /// The hub's settings; tells of all mistakes at once.
  static HubConfig read(Surroundings here, Map<String, String> options) {
    var environment = new HashMap<>(here.environment());
    environment.keySet().removeAll(NOT_OF_THE_HUB);
    try {
      return HubConfig.read(options, environment);
    } catch (HubConfig.Mistakes e) {
      throw CommandFailed.mistakes(e.mistakes());
    }
  }

  static Hub open(Surroundings here, HubConfig config) {
    try (var _ = Progress.of(here, "Opening the hub's data")) {
      return Hub.open(config);
    } catch (BindException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The hub cannot start",
          "It cannot listen on " + config.host() + ":" + config.port() + ": " + Causes.of(e),
          "Stop what listens there, or choose another port with --port (0 takes any free one).");
    } catch (RuntimeException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The hub cannot start",
          Causes.of(e),
          "`meshkore doctor` looks at the port, the data folder and the database.");
    }
  }

  static Path dataOf(HubConfig config) {
    return config.data();
  }

  /// The file of a hub that keeps its data in one.
  static Optional<Path> databaseFileOf(HubConfig config) {
    return switch (config.database()) {
      case DatabaseUrl.SqliteFile sqlite -> Optional.of(sqlite.file());
      case DatabaseUrl.PostgresqlServer _ -> Optional.empty();
    };
  }

  static Path adminKeyFileOf(HubConfig config) {
    return config.data().resolve("admin.key");
  }

  /// Where a hub with these settings is reached from this machine.
  static URI urlOf(HubConfig config) {
    var host = config.host();
    var reached = host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
    var written = reached.contains(":") ? "[" + reached + "]" : reached;
    return URI.create("http://" + written + ":" + config.port());
  }
}
