package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Work that is run again because another writer was first.
final class LostRaceTest {
  @TempDir private Path folder;

  @Test
  void workIsToldThatItRanBefore() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            isTold(database);
          }
        });
  }

  private static void isTold(Database database) {
    boolean isShared = database.dialect().isShared();
    var runs = new ArrayList<Boolean>();
    Database.Work<Boolean> work =
        transaction -> {
          runs.add(transaction.isAgain());
          if (isShared && runs.size() == 1) {
            throw Transaction.raceLost();
          }
          return transaction.isAgain();
        };
    assertThat(database.write(work)).isEqualTo(isShared);
    assertThat(database.write(work)).isFalse();
    assertThat(runs).isEqualTo(isShared ? List.of(false, true, false) : List.of(false, false));
  }
}
