package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TranscriptTest {
  private static final Relay.Limits LIMITS = new Relay.Limits(1_000, 10_000, 10_000);
  private static final Journal.Sizes SIZES = new Journal.Sizes(0, 0, 1_000, 0);

  @TempDir private Path folder = Path.of("");

  @Test
  void isNotAllWhileWhatIsStoredCannotBeFollowedYet() {
    TestDatabase.each(folder)
        .filter(url -> url instanceof DatabaseUrl.PostgresqlServer)
        .forEach(url -> {
          var server = (DatabaseUrl.PostgresqlServer) url;
          try (var real = new RelayUnderTest(url, LIMITS, SIZES)) {
            Transcript transcript = real.relay().transcript();
            try (var other =
                    DriverManager.getConnection(
                        server.jdbcUrl(), server.user(), server.password());
                var statement = other.createStatement()) {
              other.setAutoCommit(false);
              statement.execute("SELECT pg_current_xact_id()");
              append(real.database());
              Transcript.Part part = transcript.after(Transcript.Mark.START);
              assertThat(part.messages()).isEmpty();
              assertThat(part.isAll()).isFalse();
            } catch (SQLException failure) {
              throw new AssertionError(failure);
            }
            Transcript.Mark mark = awaitFirst(transcript);
            assertThat(transcript.after(mark).isAll()).isTrue();
          }
        });
  }

  private static void append(Database database) {
    var row = new JournalRow();
    byte[] envelope = "\"payload\":1}".getBytes(StandardCharsets.US_ASCII);
    var target = List.of(new JournalRow.Target(7, 1));
    row.add(1, 1, Stream.channel(1), 0, target, Frames.idMember("k"), envelope);
    var journal = new Journal(database, SIZES);
    journal.committed(database.write(transaction -> journal.append(transaction, List.of(row))));
  }

  /// Other tests may have transactions open on the server for a moment.
  private static Transcript.Mark awaitFirst(Transcript transcript) {
    Instant deadline = Instant.now().plusSeconds(20);
    Transcript.Part part = transcript.after(Transcript.Mark.START);
    while (part.messages().isEmpty()) {
      assertThat(Instant.now()).isBefore(deadline);
      part = transcript.after(Transcript.Mark.START);
    }
    return part.mark();
  }
}
