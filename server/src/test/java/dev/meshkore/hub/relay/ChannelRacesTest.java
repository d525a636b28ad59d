package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Changes of a channel's members that two hubs on one database make at the same time.
final class ChannelRacesTest {
  private static final String OWNERS = "SELECT COUNT(*) FROM channel_member WHERE role = 'owner'";
  private static final String WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";
  private static final int LAST_OWNER = 409;

  @Test
  void ofTwoOwnersWhoLeaveAtOnceOneStays() throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    Map<String, String> settings = Map.of("database", database.orElseThrow());
    try (var one = TestHub.start(settings);
        var two = TestHub.start(settings);
        Connection other = DatabaseUrl.postgresql(database.get()).openToWrite();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Caller ada = Caller.join(one, "ada");
      Caller bob = Caller.join(one, "bob").at(two);
      Caller.join(one, "carol");
      ada.post(201, "/channels", "{\"channel_id\":\"room\",\"members\":[\"bob\",\"carol\"]}");
      ada.call(200, "PUT", "/channels/room/members/bob", "{\"role\":\"owner\"}");

      // Both have looked at the members before either can finish: an act cannot be taken down.
      execute(other, "LOCK TABLE audit_act IN SHARE MODE");
      var both = new ArrayList<Future<Integer>>();
      for (Caller owner : List.of(ada, bob)) {
        both.add(
            threads.submit(
                () -> owner.exchange("POST", "/channels/room/leave", null).statusCode()));
      }
      Instant deadline = Instant.now().plusSeconds(20);
      while (number(other, WAITING) < 2) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      other.commit();

      assertThat(List.of(both.get(0).get(), both.get(1).get()))
          .containsExactlyInAnyOrder(204, LAST_OWNER);
      assertThat(number(other, OWNERS)).isEqualTo(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }
}
