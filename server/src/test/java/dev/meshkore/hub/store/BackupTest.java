package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A copy holds what the hub's own file holds, so nobody else may read it, and it is where it was
/// asked for and nowhere else.
final class BackupTest {
  @TempDir private Path folder;

  private Path database;

  @BeforeEach
  void make() {
    database = folder.resolve("hub.db");
    Database.open(new DatabaseUrl.SqliteFile(database), System::nanoTime, () -> {}).close();
  }

  @Test
  void aBackupIsForItsOwnerAndFollowsNoLink() throws IOException {
    Path copy = folder.resolve("copy.db");
    Backup.write(database, copy);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    assertThat(Backup.integrity(copy)).isEqualTo("ok");
    Path elsewhere = folder.resolve("elsewhere.db");
    Path link = Files.createSymbolicLink(folder.resolve("link.db"), elsewhere);
    assertThatThrownBy(() -> Backup.write(database, link))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("exists already");
    assertThat(elsewhere).doesNotExist();
    assertThatThrownBy(() -> Backup.write(database, copy))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("exists already");
  }

  @Test
  void aNameIsOnlyAName() {
    Path odd = folder.resolve("a'; DROP TABLE agent; -- file:x ..%2f%3Fmode=memory&x=.db");
    Backup.write(database, odd);
    assertThat(odd).isRegularFile();
    assertThat(Backup.integrity(database)).isEqualTo("ok");
    Path asking = folder.resolve("copy.db?journal_mode=OFF&synchronous=OFF");
    assertThatThrownBy(() -> Backup.write(database, asking))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("?");
    assertThat(asking).doesNotExist();
    assertThatThrownBy(() -> new DatabaseUrl.SqliteFile(folder.resolve("d?synchronous=OFF/hub.db")))
        .isInstanceOf(IllegalStateException.class);
    Path missing = folder.resolve("none").resolve("copy.db");
    assertThatThrownBy(() -> Backup.write(database, missing))
        .isInstanceOf(IllegalStateException.class);
    assertThat(folder.resolve("none")).doesNotExist();
  }
}
