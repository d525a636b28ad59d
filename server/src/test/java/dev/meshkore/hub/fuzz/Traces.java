package dev.meshkore.hub.fuzz;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// What a hub leaves behind on its disk, as whoever takes the disk would read it.
final class Traces {
  private Traces() {}

  /// Every byte that is stored, as text of one character a byte; of PostgreSQL every row. The file
  /// that holds the admin key is for its owner alone and not part of it.
  static String of(TestHub hub, DatabaseUrl url) throws IOException {
    var all = new StringBuilder();
    try (Stream<Path> files = Files.walk(hub.data())) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (!file.getFileName().toString().equals("admin.key")) {
          all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
        }
      }
    }
    if (url instanceof DatabaseUrl.PostgresqlServer server) {
      try (Connection connection = server.openToWrite()) {
        rows(connection, all);
      } catch (SQLException failure) {
        throw new IOException(failure);
      }
    }
    return all.toString();
  }

  private static void rows(Connection connection, StringBuilder all) throws SQLException {
    var tables = new ArrayList<String>();
    try (Statement statement = connection.createStatement();
        ResultSet found =
            statement.executeQuery(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")) {
      while (found.next()) {
        tables.add(found.getString(1));
      }
    }
    for (String table : tables) {
      try (Statement statement = connection.createStatement();
          ResultSet found = statement.executeQuery("SELECT t::text FROM \"" + table + "\" t")) {
        while (found.next()) {
          all.append(table).append(' ').append(found.getString(1)).append('\n');
        }
      }
    }
  }

  /// The forms in which a secret may lie about: as it is, in hexadecimal, in Base64.
  static List<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    return List.of(
        secret,
        HexFormat.of().formatHex(bytes),
        Base64.getEncoder().withoutPadding().encodeToString(bytes));
  }
}
