package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.Seeds;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The relay does what lists in memory would do, whatever is asked of it in whatever order.
final class RelayModelTest {
  private static final int RUNS = 4;
  private static final int STEPS = 250;
  private static final long NO_LIMIT = 100_000;

  @TempDir private Path folder;

  @Test
  void doesWhatListsInMemoryWouldDo() {
    Seeds.forAll(
        RUNS,
        random -> TestDatabase.each(folder).forEach(url -> run(url, random.split(), NO_LIMIT)));
  }

  @Test
  void refusesMailForAFullInbox() {
    Seeds.forAll(
        1,
        random ->
            TestDatabase.each(folder)
                .forEach(url -> run(url, random.split(), random.nextLong(2, 20))));
  }

  private static void run(DatabaseUrl url, SplittableRandom random, long unreadMax) {
    Journal.Sizes sizes =
        random.nextInt(4) == 0
            ? Journal.Sizes.NORMAL
            : new Journal.Sizes(
                random.nextInt(1, 60),
                random.nextLong(200, 20_000),
                random.nextInt(1, 12),
                random.nextLong(1, 20_000));
    var limits = new Relay.Limits(1 << 16, unreadMax, 10_000);
    try (var real = new RelayUnderTest(url, limits, sizes)) {
      var play = new RelayPlay(real, random, unreadMax);
      for (int step = 0; step < STEPS; step++) {
        String what = play.step();
        assertThat(play.differences()).as("%s, step %s: %s", url.dialect(), step, what).isEmpty();
      }
    }
  }
}
