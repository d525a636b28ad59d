package dev.meshkore.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Which hub to administer, and with which key: by default the one whose data is on this machine.
final class AdminOptions {
  @Mixin private final HubOptions hub = new HubOptions();

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "The hub, where it is not on this machine.")
  @Nullable String url;

  @Option(
      names = "--admin-key-file",
      paramLabel = "FILE",
      description = "The file with the admin key; '-' reads it from standard input.")
  @Nullable String keyFile;

  HubClient client(Surroundings here) {
    return new HubClient(address(here), key(here));
  }

  private URI address(Surroundings here) {
    var given = url;
    return given != null ? HubAddress.read(given) : LocalHub.urlOf(hub.read(here));
  }

  private String key(Surroundings here) {
    var given = keyFile;
    if ("-".equals(given)) {
      return Input.secret(here, "-");
    }
    var file = given != null ? Path.of(given) : LocalHub.adminKeyFileOf(hub.read(here));
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.AUTH,
          "The admin key cannot be read",
          file + (Files.exists(file) ? ": " + e.getMessage() : " does not exist"),
          "Give the hub's data folder with --data, or the key's file with --admin-key-file.");
    }
  }
}
