package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Work that is run again because another writer was first.
final class LostRaceTest {
  @TempDir private Path folder;

  @Test
  void whatWorkHasCountedItCountsNoMore() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            countsOnce(database);
          }
        });
  }

  private static void countsOnce(Database database) {
    int races = database.dialect().isShared() ? 2 : 0;
    var counted = new ArrayList<String>();
    var runs = new AtomicInteger();
    Database.Work<Integer> work =
        transaction -> {
          int run = runs.incrementAndGet();
          for (String what : run == 1 ? List.of("one") : List.of("one", "two")) {
            if (transaction.isFirst(what)) {
              counted.add(what);
            }
          }
          if (run <= races) {
            throw Transaction.raceLost();
          }
          return run;
        };
    runs.set(races == 0 ? 1 : 0);
    assertThat(database.write(work)).isEqualTo(races == 0 ? 2 : 3);
    assertThat(counted).containsExactly("one", "two");
    // Other work, and the same asked for again, counts anew.
    assertThat(database.write(work)).isEqualTo(races == 0 ? 3 : 4);
    assertThat(counted).containsExactly("one", "two", "one", "two");
  }
}
