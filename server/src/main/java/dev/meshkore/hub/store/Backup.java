package dev.meshkore.hub.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;

/// Copies a SQLite database while it is in use, and checks the copy.
public final class Backup {
  private Backup() {}

  /// Writes a consistent copy of `database` to `target`, which must not exist.
  ///
  /// @throws IllegalStateException with a message for people, when that cannot be done
  public static void write(Path database, Path target) {
    if (!Files.exists(database)) {
      throw new IllegalStateException("There is no database at " + database);
    }
    if (Files.exists(target)) {
      throw new IllegalStateException(target + " exists already; backups overwrite nothing");
    }
    try (Connection source = new DatabaseUrl.SqliteFile(database).openToWrite();
        var statement = source.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, target.toString());
      statement.execute();
    } catch (SQLException failure) {
      throw new IllegalStateException("The backup failed: " + failure.getMessage(), failure);
    }
    String verdict = integrity(target);
    if (!verdict.equals("ok")) {
      throw new IllegalStateException("The copy is not sound: " + verdict);
    }
  }

  /// SQLite's own verdict on a database: `ok`, or the first thing that is wrong.
  public static String integrity(Path database) {
    try (Connection connection = new DatabaseUrl.SqliteFile(database).openToRead();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("PRAGMA integrity_check(1)")) {
      return rows.next() ? rows.getString(1) : "no answer";
    } catch (SQLException failure) {
      return String.valueOf(failure.getMessage());
    }
  }
}
