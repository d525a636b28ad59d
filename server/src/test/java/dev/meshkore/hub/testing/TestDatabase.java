package dev.meshkore.hub.testing;

import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/// Fresh databases of every kind that this machine can run, for tests of what is stored.
public final class TestDatabase {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private TestDatabase() {}

  /// A SQLite file in the folder, and a database on a private PostgreSQL server where PostgreSQL is
  /// installed.
  public static Stream<DatabaseUrl> each(Path folder) {
    int number = COUNT.incrementAndGet();
    DatabaseUrl sqlite = new DatabaseUrl.SqliteFile(folder.resolve("hub-" + number + ".db"));
    Optional<DatabaseUrl.PostgresqlServer> postgresql =
        PrivatePostgresql.shared().map(server -> server.create("hub_" + number));
    return Stream.concat(Stream.of(sqlite), postgresql.stream());
  }

  /// A new database for several hubs at once, as a setting names it, where PostgreSQL is installed.
  public static Optional<String> shared() {
    int number = COUNT.incrementAndGet();
    return PrivatePostgresql.shared().map(server -> setting(server.create("hub_" + number)));
  }

  /// The settings of a hub for each kind of database: a file of its own, and a new database where
  /// PostgreSQL is installed.
  public static List<Map<String, String>> settings() {
    var settings = new ArrayList<Map<String, String>>(List.of(Map.of()));
    shared().ifPresent(database -> settings.add(Map.of("database", database)));
    return settings;
  }

  /// A database as the setting `database` names it.
  public static String setting(DatabaseUrl.PostgresqlServer server) {
    return "postgresql://"
        + server.user()
        + ":"
        + server.password()
        + "@"
        + server.jdbcUrl().substring("jdbc:postgresql://".length());
  }
}
