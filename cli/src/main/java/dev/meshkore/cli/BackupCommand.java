package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
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
    if (LocalHub.usesPostgresql(config)) {
      throw new CommandFailed(
          Exit.USER,
          "This hub keeps its data in PostgreSQL",
          "",
          "Back it up with PostgreSQL's own tool: pg_dump --format=custom --file=" + file);
    }
    if (Files.exists(file)) {
      throw new CommandFailed(
          Exit.USER,
          "The file is there already",
          file + " is not overwritten",
          "Choose another name, or remove the file first.");
    }
    var database = LocalHub.databaseFileOf(config);
    if (!Files.exists(database)) {
      throw new CommandFailed(
          Exit.USER,
          "There is no database to copy",
          database + " does not exist",
          "Give the hub's data folder with --data.");
    }
    try (var _ = Progress.of(here, "Copying " + database)) {
      SqliteCopy.make(database, file);
      tell(database, Files.size(file));
    } catch (IOException | SQLException e) {
      throw new CommandFailed(
          Exit.OTHER,
          "The backup could not be made",
          Causes.of(e),
          "Check that the folder of the file is writable and has room.");
    }
    return Exit.OK.code();
  }

  private void tell(Path database, long bytes) {
    if (common.json) {
      var made = Json.object().put("database", database.toString()).put("file", file.toString());
      here.out().println(Json.line(made.put("bytes", bytes)));
    } else {
      here.out().println("Copied " + database + " to " + file + ", " + bytes + " bytes.");
      here.out().println("To go back: stop the hub, and put the file in the database's place.");
    }
  }
}
