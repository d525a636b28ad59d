package dev.meshkore.hub.testing;

import dev.meshkore.hub.store.DatabaseUrl;
import java.nio.file.Path;
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
    Optional<DatabaseUrl> postgresql =
        PrivatePostgresql.shared().map(server -> server.create("hub_" + number));
    return Stream.concat(Stream.of(sqlite), postgresql.stream());
  }
}
