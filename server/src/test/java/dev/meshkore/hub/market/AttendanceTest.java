package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How much of the time sellers were online, against a set of the looks.
final class AttendanceTest {
  private static final long LOOK_MS = Duration.ofMinutes(5).toMillis();
  private static final long SELLER = 7;

  @TempDir Path folder;

  @Test
  void theShareIsThatOfTheLooksSinceTheListingAndOfThirtyDays() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (Database database = Database.open(url, () -> 0, () -> {})) {
        long seed = Long.getLong("attendance.seed", 11);
        var random = new Random(seed);
        long last = 5_900_000L + random.nextInt(64);
        Set<Long> hub = new HashSet<>();
        Set<Long> own = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
          long look = last - random.nextInt(10_000);
          boolean isHub = random.nextBoolean();
          (isHub ? hub : own).add(look);
          long seller = isHub ? 0 : SELLER;
          var part = new SqlMeasured.Part(seller, look / 64, 1L << look % 64);
          database.write(transaction -> {
            SqlMeasured.look(transaction, part);
            SqlMeasured.look(transaction, new SqlMeasured.Part(SELLER + 1, look / 64, -1));
            return true;
          });
        }
        long now = last * LOOK_MS + 17;
        for (int i = 0; i < 100; i++) {
          long since = now - random.nextInt(40) * Duration.ofDays(1).toMillis() - random.nextInt();
          long from = Math.max(since, now - Duration.ofDays(30).toMillis());
          long looks = hub.stream().filter(look -> look * LOOK_MS > from).count();
          long online =
              hub.stream().filter(look -> look * LOOK_MS > from && own.contains(look)).count();
          assertThat(
                  database.<Attendance.Share>read(
                      reader -> Attendance.of(reader, SELLER, since, now)))
              .as("seed %s since %s", seed, since)
              .isEqualTo(new Attendance.Share(looks, online));
        }
      }
    }
  }
}
