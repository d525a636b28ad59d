package dev.meshkore.hub.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;

/// Copies a SQLite database while it is in use, and checks the copy.
public final class Backup {
  private Backup() {}

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  /// Writes a consistent copy of `database` to `target`, which must not exist, not even as a link.
  /// Only its owner can read it, from the first byte on.
  ///
  /// @throws IllegalStateException with a message for people, when that cannot be done
  public static void write(Path database, Path target) {
    var copy = new DatabaseUrl.SqliteFile(target);
    if (!Files.exists(database)) {
      throw new IllegalStateException("There is no database at " + database);
    }
    make(copy.file());
    try (Connection source = new DatabaseUrl.SqliteFile(database).openToWrite();
        var statement = source.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, copy.file().toString());
      statement.execute();
    } catch (SQLException failure) {
      throw new IllegalStateException("The backup failed: " + failure.getMessage(), failure);
    }
    String verdict = integrity(target);
    if (!verdict.equals("ok")) {
      throw new IllegalStateException("The copy is not sound: " + verdict);
    }
  }

  /// SQLite writes into a file that is there only if it is empty.
  private static void make(Path target) {
    var options = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    boolean hasModes = target.getFileSystem().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        hasModes
            ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER_ONLY)}
            : new FileAttribute<?>[0];
    try {
      Files.newByteChannel(target, options, attributes).close();
    } catch (FileAlreadyExistsException failure) {
      throw new IllegalStateException(
          target + " exists already; backups overwrite nothing", failure);
    } catch (IOException failure) {
      throw new IllegalStateException("The backup cannot be written to " + target, failure);
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
