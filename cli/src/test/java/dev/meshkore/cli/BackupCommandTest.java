package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BackupCommandTest {
  @TempDir Path home;

  private Path data = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void places() throws IOException {
    data = Files.createDirectories(home.resolve("data"));
    target = home.resolve("copy.db");
  }

  @Test
  void copiesWhatIsCommittedWhileOthersHoldTheDatabaseOpen() throws Exception {
    try (var writer = database(data.resolve("hub.db"))) {
      write(writer, "kept");

      var ended = backup("--json");

      assertThat(ended.code()).isZero();
      assertThat(ended.json().path("bytes").asLong()).isEqualTo(Files.size(target));
    }
    try (var copy = database(target);
        var rows = copy.createStatement().executeQuery("SELECT text FROM note")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("kept");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
  }

  @Test
  void neverOverwrites() throws Exception {
    try (var writer = database(data.resolve("hub.db"))) {
      write(writer, "new");
    }
    Files.writeString(target, "precious");

    var ended = backup();

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.err()).contains("not overwritten");
    assertThat(target).hasContent("precious");
  }

  @Test
  void aMissingDatabaseIsAUserError() {
    var ended = backup();

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.err()).contains("hub.db does not exist", "--data");
    assertThat(target).doesNotExist();
  }

  @Test
  void aFolderThatIsNotThereLeavesNothingBehind() throws Exception {
    try (var writer = database(data.resolve("hub.db"))) {
      write(writer, "kept");
    }

    var ended =
        new Shell(home)
            .run("backup", home.resolve("no/such/copy.db").toString(), "--data", data.toString());

    assertThat(ended.code()).isEqualTo(Exit.OTHER.code());
    assertThat(home.resolve("no")).doesNotExist();
  }

  @Test
  void forPostgresqlItNamesTheToolToUse() {
    var ended = backup("--database", "postgresql://hub:secret@127.0.0.1:5432/hub");

    assertThat(ended.code()).isEqualTo(Exit.USER.code());
    assertThat(ended.err()).contains("pg_dump").doesNotContain("secret");
  }

  private Shell.Ended backup(String... more) {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of("backup", target.toString(), "--data", data.toString()));
    arguments.addAll(List.of(more));
    return new Shell(home).run(arguments.toArray(String[]::new));
  }

  private static Connection database(Path file) throws SQLException {
    var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
    }
    return connection;
  }

  private static void write(Connection connection, String text) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE note (text TEXT)");
      statement.execute("INSERT INTO note VALUES ('" + text + "')");
    }
  }
}
