package dev.meshkore.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;

/// Copies a SQLite database as of one moment, while others go on writing to it.
final class SqliteCopy {
  private static final int OK = 0;

  private SqliteCopy() {}

  /// Makes the copy whole or not at all; only its owner can read it.
  static void make(Path database, Path target) throws IOException, SQLException {
    var folder = target.toAbsolutePath().getParent();
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    var part = Files.createTempFile(folder, ".backup", ".part", ownerOnly);
    try {
      copy(database, part);
      Files.move(part, target);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void copy(Path database, Path part) throws SQLException {
    var config = new SQLiteConfig();
    config.setBusyTimeout(10_000);
    try (var connection = config.createConnection("jdbc:sqlite:" + database)) {
      var result =
          connection
              .unwrap(SQLiteConnection.class)
              .getDatabase()
              .backup("main", part.toString(), null);
      if (result != OK) {
        throw new SQLException("SQLite's backup ended with code " + result);
      }
    }
  }
}
