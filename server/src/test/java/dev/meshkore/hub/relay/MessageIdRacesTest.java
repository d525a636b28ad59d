package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// An id that another hub on the database stores between the look for it and the write.
final class MessageIdRacesTest {
  private static final String WAITING = "SELECT COUNT(*) FROM pg_locks WHERE NOT granted";

  @Test
  void whoeverIsSecondIsAnsweredWhatTheFirstStored() throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    try (var hub = TestHub.start(Map.of("database", database.orElseThrow()));
        Connection other = DatabaseUrl.postgresql(database.get()).openToWrite();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      execute(
          other,
          """
          INSERT INTO message_id (id, sender, recipient, sequence, sent_at)
          SELECT 'm1', a.number, b.number, 7, 0 FROM agent a, agent b
          WHERE a.agent_id = 'alice' AND b.agent_id = 'bob'
          """);
      Future<HttpResponse<String>> second =
          threads.submit(() ->
              alice.exchange("POST", "/send", "{\"id\":\"m1\",\"to\":\"bob\",\"payload\":1}"));
      Instant deadline = Instant.now().plusSeconds(20);
      while (waiting(other) == 0) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      other.commit();

      HttpResponse<String> answer = second.get();
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body()).contains("\"sequence\":7");
      assertThat(bob.get(200, "/messages").get("messages")).isEmpty();
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long waiting(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery(WAITING)) {
      assertThat(row.next()).isTrue();
      return row.getLong(1);
    }
  }
}
