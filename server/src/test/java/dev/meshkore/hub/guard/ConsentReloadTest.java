package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// A door that many change at once: what is kept in memory is what was stored last.
final class ConsentReloadTest {
  private static final int ROUNDS = 60;
  private static final String[] POLICIES = {"closed", "open", "contacts", "known"};

  @Test
  void whatIsOlderNeverReplacesWhatIsNewer() throws SQLException {
    try (var hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      var file = new DatabaseUrl.SqliteFile(hub.data().resolve("hub.db"));
      try (Connection connection = file.openToRead();
          PreparedStatement stored =
              connection.prepareStatement("SELECT state FROM consent WHERE other = 0")) {
        for (int i = 0; i < ROUNDS; i++) {
          try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int j = 0; j < 4 * POLICIES.length; j++) {
              String body = "{\"policy\":\"" + POLICIES[j % POLICIES.length] + "\"}";
              var _ = threads.submit(() -> alice.call(200, "PUT", "/contacts/policy", body));
            }
          }
          try (ResultSet row = stored.executeQuery()) {
            assertThat(row.next()).isTrue();
            assertThat(alice.get(200, "/contacts").get("policy").stringValue())
                .as("round " + i)
                .isEqualTo(row.getString(1));
          }
        }
      }
    }
  }
}
