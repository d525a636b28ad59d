package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After the disk failed nothing is written any more, because nobody knows what the kernel has
/// dropped: not even the rest of the group in which it failed.
final class BrokenDiskTest {
  private static final String COUNT = "SELECT COUNT(*) FROM channel_member";
  private static final int IO_ERROR = 10;

  @TempDir private Path folder;

  /// Writes each of its numbers, but fails with the first by itself as a disk does. Together they
  /// fail in a way that has each tried alone.
  private static final class Numbers implements Lane.Work<Long> {
    final List<Class<?>> failures = new ArrayList<>();

    @Override
    public Runnable write(Transaction transaction, List<Long> items) throws SQLException {
      if (items.size() > 1) {
        throw new IllegalArgumentException("together");
      }
      if (items.getFirst() == 1) {
        throw new SQLException("disk I/O error", "58030", IO_ERROR);
      }
      transaction.update(
          "INSERT INTO channel_member (channel, agent, role, joined_at) VALUES (1, ?, 'x', 0)",
          items.getFirst());
      return () -> {};
    }

    @Override
    public void failed(Long item, RuntimeException cause) {
      failures.add(cause.getClass());
    }
  }

  @Test
  void nothingMoreOfTheGroupIsWrittenNorTheLogCopied() {
    TestDatabase.each(folder).forEach(this::fail);
  }

  private void fail(DatabaseUrl url) {
    Database.open(url, () -> 0, () -> {}).close();
    Dialect dialect = url.dialect();
    var numbers = new Numbers();
    var brokenCount = new AtomicInteger();
    var isCopied = new AtomicBoolean();
    Writer.Opener opener = () -> new Transaction(url.openToWrite(), dialect);
    try (var writer =
        new Writer(
            "writer", opener, dialect, new WriterMeter(() -> 0), brokenCount::incrementAndGet)) {
      for (long number = 1; number <= 3; number++) {
        writer.offer(numbers, number);
      }
      writer.betweenGroups(_ -> isCopied.set(true));
      writer.start();
    } catch (SQLException cause) {
      throw new IllegalStateException(cause);
    }
    assertThat(numbers.failures)
        .containsExactly(
            StoreFailure.Broken.class, StoreFailure.Closed.class, StoreFailure.Closed.class);
    assertThat(brokenCount).hasValue(1);
    assertThat(isCopied).isFalse();
    try (var database = Database.open(url, () -> 0, () -> {})) {
      assertThat(database.<Long>read(reader -> reader.number(COUNT, -1))).isZero();
    }
  }
}
