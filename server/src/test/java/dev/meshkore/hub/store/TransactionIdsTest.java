package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.RestartablePostgresql;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TransactionIdsTest {
  /// More than a fresh cluster has behind it when a hub has run in it for a while.
  private static final int MORE = 3_000;

  @TempDir private Path folder = Path.of("");

  @Test
  void theAuditLogGoesOnInANewClusterToWhichItsTablesWereRestored() throws Exception {
    Optional<RestartablePostgresql> old = RestartablePostgresql.start();
    Optional<RestartablePostgresql> fresh = RestartablePostgresql.start();
    if (old.isEmpty() || fresh.isEmpty()) {
      return;
    }
    try (var before = old.get();
        var after = fresh.get()) {
      var from = (DatabaseUrl.PostgresqlServer) before.create("hub");
      var to = (DatabaseUrl.PostgresqlServer) after.create("hub");
      Path data = folder.resolve("data");
      long size;
      String last;
      try (var hub = TestHub.start(settings(from, data))) {
        Caller alice = Caller.join(hub, "alice");
        Caller.join(hub, "bob");
        alice.send("bob", "early quince");
        pass(from);
        last = alice.send("bob", "late quince");
        hub.hub().auditLog().tick();
        size = hub.hub().auditLog().head().checkpoint().size();
      }
      after.restore("hub", before.dump("hub"));
      assertThat(xact(to)).as("ids start again").isLessThan(newest(to));

      for (int start = 0; start < 2; start++) {
        try (var hub = TestHub.start(settings(to, data))) {
          Caller carol = Caller.join(hub, "carol" + start);
          carol.send("bob", "fresh quince");
          hub.hub().auditLog().tick();
          long grown = hub.hub().auditLog().head().checkpoint().size();
          assertThat(grown).as("a joining, an invite, a message").isEqualTo(size + 3);
          size = grown;
          awaitFound(carol, 1);
        }
      }
      assertThat(last).isEqualTo("bob:2");
      assertThat(base(to)).isPositive();
    }
  }

  private static Map<String, String> settings(DatabaseUrl.PostgresqlServer server, Path data) {
    return Map.of("database", TestDatabase.setting(server), "data", data.toString());
  }

  private static void awaitFound(Caller caller, int count) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (caller.get(200, "/search?q=quince").get("results").size() != count) {
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  /// Lets many transactions pass.
  private static void pass(DatabaseUrl.PostgresqlServer server) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement()) {
      for (int i = 0; i < MORE; i++) {
        statement.execute("SELECT pg_current_xact_id()");
      }
    }
  }

  private static long xact(DatabaseUrl.PostgresqlServer server) throws SQLException {
    return number(server, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint");
  }

  private static long newest(DatabaseUrl.PostgresqlServer server) throws SQLException {
    return number(server, "SELECT MAX(xact) FROM journal");
  }

  private static long base(DatabaseUrl.PostgresqlServer server) throws SQLException {
    return number(server, "SELECT base FROM xact_base");
  }

  private static long number(DatabaseUrl.PostgresqlServer server, String sql) throws SQLException {
    try (Connection connection = connect(server);
        Statement statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      found.next();
      return found.getLong(1);
    }
  }

  private static Connection connect(DatabaseUrl.PostgresqlServer server) throws SQLException {
    return DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
  }
}
