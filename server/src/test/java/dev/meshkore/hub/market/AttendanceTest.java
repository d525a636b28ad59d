package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much of the time sellers were online, against sets of the looks.
final class AttendanceTest {
  private static final long WINDOW_MS = Duration.ofMinutes(5).toMillis();
  private static final long DAY_MS = Duration.ofDays(1).toMillis();
  private static final long SELLER = 7;
  private static final long LAST = 5_900_000;

  @TempDir Path folder;

  @Test
  void theShareIsThatOfTheLooksOfThirtyDays() {
    TestDatabase.each(folder).forEach(this::play);
  }

  private void play(DatabaseUrl url) {
    try (Database database = Database.open(url, () -> 0, () -> {})) {
      Seeds.forAll(
          5,
          random -> {
            database.write(transaction -> transaction.update("DELETE FROM market_online"));
            Set<Long> hub = looks(random);
            Set<Long> own = looks(random);
            database.write(transaction -> {
              for (long look : hub) {
                SqlMeasured.look(transaction, List.of(0L), look / 64, 1L << look % 64);
              }
              for (long look : own) {
                SqlMeasured.look(
                    transaction, List.of(SELLER, SELLER + 1), look / 64, 1L << look % 64);
              }
              SqlMeasured.look(transaction, List.of(SELLER + 1), LAST / 64, -1);
              return true;
            });
            for (int i = 0; i < 50; i++) {
              check(database, random, hub, own);
            }
          });
    }
  }

  private static Set<Long> looks(SplittableRandom random) {
    var looks = new HashSet<Long>();
    for (int i = 0; i < 500; i++) {
      looks.add(LAST + 200 - random.nextInt(10_000));
    }
    return looks;
  }

  private static void check(
      Database database, SplittableRandom random, Set<Long> hub, Set<Long> own) {
    long now = (LAST + random.nextInt(128)) * WINDOW_MS + random.nextInt(1_000);
    long since = now - random.nextLong(40 * DAY_MS);
    long from = Math.max(since, now - 30 * DAY_MS);
    Set<Long> counted = new HashSet<>(hub);
    counted.removeIf(look -> look * WINDOW_MS <= from || look * WINDOW_MS > now);
    long looks = counted.size();
    counted.retainAll(own);
    // Beside it one that sells for longer, which changes nothing.
    Map<Long, Long> sellers = Map.of(SELLER, since, SELLER + 2, since - DAY_MS);
    Map<Long, Attendance.Share> shares =
        database.read(reader -> Attendance.since(reader, sellers, now));
    assertThat(shares).containsEntry(SELLER, new Attendance.Share(looks, counted.size()));
  }

  @Test
  void looksThatAreTooOldAreForgotten() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (Database database = Database.open(url, () -> 0, () -> {})) {
            int forgotten =
                database.write(transaction -> {
                  SqlMeasured.look(transaction, List.of(0L, 1L, 2L), 10, 1);
                  SqlMeasured.look(transaction, List.of(0L, 1L), 11, 1);
                  return SqlMeasured.forgetLooks(transaction, 11, 2)
                      + SqlMeasured.forgetLooks(transaction, 11, 2);
                });
            assertThat(forgotten).isEqualTo(3);
            assertThat(
                    database.<Integer>read(
                        reader -> SqlMeasured.looks(reader, List.of(0L, 1L), 0, 20).size()))
                .isEqualTo(2);
          }
        });
  }
}
