package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Readers of both databases.
final class ReadersTest {
  private static final int COUNT = Math.max(2, Runtime.getRuntime().availableProcessors());

  @TempDir private Path folder;

  /// All places are taken when each of those who have one reads again.
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whoReadsMayReadAgainWithin() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var allRead = new CyclicBarrier(COUNT);
      try (Database database = Database.open(url, () -> 0, () -> {})) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          var answers = new ArrayList<Future<Long>>();
          for (int i = 0; i < COUNT; i++) {
            answers.add(threads.submit(() -> readTwice(database, allRead)));
          }
          for (Future<Long> answer : answers) {
            assertThat(answer.get()).isEqualTo(2);
          }
        }
      }
    }
  }

  private static long readTwice(Database database, CyclicBarrier allRead) {
    return database.read(reader -> {
      long one = reader.number("SELECT 1", 0);
      try {
        allRead.await();
      } catch (Exception failure) {
        throw new IllegalStateException(failure);
      }
      return one + database.<Long>read(within -> within.number("SELECT 1", 0));
    });
  }
}
