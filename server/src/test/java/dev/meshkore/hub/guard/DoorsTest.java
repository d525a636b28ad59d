package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What other hubs on the database said of consent is known here, whatever came between.
final class DoorsTest {
  private static final long ALICE = 7;
  private static final long MALLORY = 8;

  @TempDir static Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T20:00:00Z"));

  static Stream<DatabaseUrl> databases() {
    return TestDatabase.each(folder);
  }

  private static void rename(Database database, String from, String to) {
    database.write(transaction -> transaction.update("ALTER TABLE " + from + " RENAME TO " + to));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aBlockFromWhileTheDatabaseCouldNotBeReadIsKnownAfterwards(DatabaseUrl url) {
    try (var database = Database.open(url, () -> 0L, () -> {})) {
      var doors = new Doors(database, now::get);
      doors.refresh();
      database.write(transaction -> {
        long at = now.get().toEpochMilli() + 1_000;
        SqlConsent.put(transaction, ALICE, new Consent.Said(MALLORY, "blocked", "", at));
        return true;
      });
      rename(database, "consent", "elsewhere");
      for (int i = 0; i < 3; i++) {
        now.set(now.get().plusSeconds(60));
        assertThatThrownBy(doors::refresh).isInstanceOf(RuntimeException.class);
      }
      rename(database, "elsewhere", "consent");
      assertThat(doors.isWideOpen(ALICE)).isTrue();
      doors.refresh();
      assertThat(doors.of(ALICE).blocked()).containsExactly(MALLORY);
    }
  }
}
