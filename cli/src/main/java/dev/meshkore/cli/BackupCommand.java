package dev.meshkore.cli;

import dev.meshkore.hub.store.Backup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// Copies a hub's database to a file, also while the hub runs.
@Command(
    name = "backup",
    description = "Copy the hub's database to a file; the hub may go on running.")
final class BackupCommand implements Callable<Integer> {
  private final Surroundings here;

  @Mixin private final CommonOptions common = new CommonOptions();
  @Mixin private final HubOptions hub = new HubOptions();

  @Parameters(index = "0", paramLabel = "FILE", description = "The file to make.")
  Path file = Path.of("");

  BackupCommand(Surroundings here) {
    this.here = here;
  }

  @Override
  public Integer call() {
    var config = hub.read(here);
    var database = LocalHub.databaseFileOf(config).orElseThrow(this::notAFile);
    if (Files.exists(file)) {
      throw new CommandFailed(
          Exit.USER,
          "The file is there already",
          file + " is not overwritten",
          "Choose another name, or remove the file first.");
    }
    if (!Files.exists(database)) {
      throw new CommandFailed(
          Exit.USER,
          "There is no database to copy",
          database + " does not exist",
          "Give the hub's data folder with --data.");
    }
    try (var _ = Progress.of(here, "Copying " + database)) {
      copy(database);
      tell(database, Files.size(file));
    } catch (IOException | IllegalStateException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The backup could not be made",
          Causes.of(e),
          "Check that the folder of the file is writable and has room.");
    }
    return Exit.OK.code();
  }

  /// Makes the copy whole or not at all; only its owner can read it.
  private void copy(Path database) throws IOException {
    var folder = file.toAbsolutePath().getParent();
    try (var part = new TemporaryFolder(Files.createTempDirectory(folder, ".backup"))) {
      var copy = part.path().resolve("hub.db");
      Backup.write(database, copy);
      Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rw-------"));
      Files.move(copy, file);
    }
  }

  private CommandFailed notAFile() {
    return new CommandFailed(
        Exit.USER,
        "This hub keeps its data in PostgreSQL",
        "",
        "Back it up with PostgreSQL's own tool: pg_dump --format=custom --file=" + file);
  }

  private void tell(Path database, long bytes) {
    if (common.json) {
      var made = Json.object().put("database", database.toString()).put("file", file.toString());
      here.out().println(Json.line(made.put("bytes", bytes)));
    } else {
      here.out().println("Copied " + database + " to " + file + ", " + bytes + " bytes.");
      here.out()
          .println(
              "To go back: stop the hub, remove hub.db-wal and hub.db-shm if they are there, and"
                  + " put the file in the place of hub.db.");
    }
  }
}
