package dev.meshkore.cli;

import dev.meshkore.hub.HubConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which hub of this machine is meant: the settings that say where it is.
final class HubOptions {
  @Option(names = "--data", paramLabel = "FOLDER", description = "The hub's data folder.")
  @Nullable String data;

  @Option(names = "--config", paramLabel = "FILE", description = "The hub's file of settings.")
  @Nullable String config;

  @Option(names = "--host", paramLabel = "HOST", description = "Where the hub listens.")
  @Nullable String host;

  @Option(names = "--port", paramLabel = "PORT", description = "The port of the hub.")
  @Nullable String port;

  @Option(names = "--database", paramLabel = "URL", description = "The hub's PostgreSQL database.")
  @Nullable String database;

  HubConfig read(Surroundings here) {
    var options = new LinkedHashMap<String, String>();
    put(options, "data", data);
    put(options, "config", config);
    put(options, "host", host);
    put(options, "port", port);
    put(options, "database", database);
    return LocalHub.read(here, options);
  }

  private static void put(Map<String, String> options, String name, @Nullable String value) {
    if (value != null) {
      options.put(name, value);
    }
  }
}
