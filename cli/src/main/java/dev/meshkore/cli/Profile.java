package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.regex.Pattern;

/// Who an agent is at which hub, as `join` keeps it in a file that only its owner can read.
record Profile(URI hub, String agentId, String apiKey) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

  /// The file of a profile, whether it is there or not.
  static Path file(Surroundings here, String name) {
    if (!NAME.matcher(name).matches()) {
      throw new CommandFailed(
          Exit.USER,
          "'" + name + "' cannot name a profile",
          "",
          "Use letters, digits, dots, dashes and underscores.");
    }
    return folder(here).resolve(name + ".json");
  }

  private static Path folder(Surroundings here) {
    var home = here.variable("MESHKORE_HOME");
    if (home != null) {
      return Path.of(home);
    }
    var user = here.variable("HOME");
    return Path.of(user == null ? System.getProperty("user.home") : user, ".config", "meshkore");
  }

  static Profile load(Surroundings here, String name) {
    var file = file(here, name);
    if (!Files.exists(file)) {
      throw new CommandFailed(
          Exit.AUTH,
          "There is no profile '" + name + "' yet",
          file + " does not exist",
          "Join a hub with `meshkore join <invite URL>`, or give --url and --key.");
    }
    try {
      var profile = Json.read(Files.readString(file));
      var url = Json.text(profile, "url");
      var agentId = Json.text(profile, "agent_id");
      var apiKey = Json.text(profile, "api_key");
      if (url.isEmpty() || apiKey.isEmpty()) {
        throw damaged(file, "url or api_key is missing");
      }
      return new Profile(HubAddress.read(url), agentId, apiKey);
    } catch (Json.Unreadable | IOException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  void save(Path file) {
    var content =
        Json.object().put("url", hub.toString()).put("agent_id", agentId).put("api_key", apiKey);
    try {
      var folder = file.toAbsolutePath().getParent();
      Files.createDirectories(folder);
      var fresh =
          Files.createTempFile(
              folder,
              ".profile",
              ".json",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(fresh, Json.pretty(content) + "\n", UTF_8);
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The profile cannot be kept",
          file + ": " + e.getMessage(),
          "Make the folder writable, or set MESHKORE_HOME to another one.");
    }
  }

  private static CommandFailed damaged(Path file, String reason) {
    return new CommandFailed(
        Exit.USER,
        "The profile cannot be read",
        file + ": " + reason,
        "Remove the file and join again.");
  }
}
