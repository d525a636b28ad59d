package dev.meshkore.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DatabaseTest {
  private static final String COUNT = "SELECT COUNT(*) FROM channel_member";

  @TempDir private Path folder;

  private void onEach(Consumer<Database> test) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (var database = Database.open(url, () -> 0, () -> {})) {
            test.accept(database);
          }
        });
  }

  private static long insert(Transaction transaction, long number) throws SQLException {
    return transaction.update(
        "INSERT INTO channel_member (channel, agent, role, joined_at) VALUES (1, ?, 'x', 0)",
        number);
  }

  private static long count(Database database) {
    return database.read(transaction -> transaction.number(COUNT, -1));
  }

  /// Holds the only writer of the first lane until it is let go.
  private static CountDownLatch hold(Database database) {
    var held = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    Thread.startVirtualThread(() ->
        database.write(transaction -> {
          held.countDown();
          await(release);
          return 0;
        }));
    await(held);
    return release;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  /// A lane that writes numbers and keeps those it was told to have failed.
  private static final class Numbers implements Lane.Work<Long> {
    final List<Long> stored = Collections.synchronizedList(new ArrayList<>());
    final List<Long> failed = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch answers;

    Numbers(int count) {
      this.answers = new CountDownLatch(count);
    }

    @Override
    public Runnable write(Transaction transaction, List<Long> items) throws SQLException {
      for (long item : items) {
        insert(transaction, item);
      }
      return () -> {
        stored.addAll(items);
        items.forEach(_ -> answers.countDown());
      };
    }

    @Override
    public void failed(Long item, RuntimeException cause) {
      failed.add(item);
      answers.countDown();
    }
  }

  @Test
  void writesThatWaitTogetherShareACommit() {
    onEach(database -> {
      long before = database.meter().commitCount();
      CountDownLatch release = hold(database);
      var numbers = new Numbers(500);
      Lane<Long> lane = database.lane(numbers);
      for (long i = 0; i < 500; i++) {
        lane.offer(i, 0);
      }
      release.countDown();
      await(numbers.answers);
      assertThat(count(database)).isEqualTo(500);
      assertThat(database.meter().commitCount() - before).isEqualTo(2);
    });
  }

  @Test
  void aFailingWriteUndoesItselfAlone() {
    onEach(database -> {
      var asked = new ArrayList<CompletableFuture<Long>>();
      CountDownLatch release = hold(database);
      try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
        for (long i = 0; i < 20; i++) {
          long number = i;
          asked.add(
              CompletableFuture.supplyAsync(
                  () ->
                      database.write(transaction -> {
                        long inserted = insert(transaction, number);
                        if (number % 3 == 1) {
                          throw new IllegalArgumentException("number " + number);
                        }
                        return number % 3 == 2 ? insert(transaction, number) : inserted;
                      }),
                  callers));
        }
        release.countDown();
        for (int i = 0; i < 20; i++) {
          CompletableFuture<Long> one = asked.get(i);
          switch (i % 3) {
            case 0 -> assertThat(one.join()).isEqualTo(1);
            case 1 ->
                assertThatThrownBy(one::join)
                    .hasCauseInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("number " + i);
            default ->
                assertThatThrownBy(one::join).hasCauseInstanceOf(IllegalStateException.class);
          }
        }
      }
      assertThat(count(database)).isEqualTo(7);
      assertThat(database.isBroken()).isFalse();
    });
  }

  @Test
  void whatFailsInALaneFailsAlone() {
    onEach(database -> {
      CountDownLatch release = hold(database);
      var numbers = new Numbers(6);
      Lane<Long> lane = database.lane(numbers);
      for (long number : new long[] {1, 2, 2, 3, 1, 4}) {
        lane.offer(number, 0);
      }
      release.countDown();
      await(numbers.answers);
      assertThat(numbers.stored).containsExactly(1L, 2L, 3L, 4L);
      assertThat(numbers.failed).containsExactly(2L, 1L);
      assertThat(count(database)).isEqualTo(4);
    });
  }

  @Test
  void whatRestsOnWhatFailedIsNotWritten() {
    onEach(database -> {
      CountDownLatch release = hold(database);
      var others = new Numbers(1);
      database.lane(others).offer(7L, 0);
      var premise = new Premise();
      var resting = new Numbers(2);
      Lane<Long> lane = database.lane(resting);
      // The lane's first item is offered before the premise, so the lane comes first in the group.
      lane.offer(1L, 0);
      database.<Long>lane(new Refusing(premise)).offer(0L, 0);
      premise.under(() -> {
        lane.offer(2L, 0);
        return 0;
      });
      release.countDown();
      await(others.answers);
      await(resting.answers);
      assertThat(resting.stored).containsExactly(1L);
      assertThat(resting.failed).containsExactly(2L);
      assertThatThrownBy(() -> premise.under(() -> database.write(open -> insert(open, 3))))
          .hasMessageContaining("refused");
      assertThat(database.<Long>write(open -> insert(open, 4))).isEqualTo(1);
      assertThat(count(database)).isEqualTo(3);
    });
  }

  @Test
  void whatFailsAloneCostsTheOthersNoCommitOfTheirOwn() {
    onEach(database -> {
      CountDownLatch release = hold(database);
      long before = database.meter().commitCount();
      var resting = new Numbers(1);
      Lane<Long> lane = database.lane(resting);
      new Premise()
          .under(() -> {
            lane.offer(1L, 0);
            return 0;
          });
      var others = new Numbers(1);
      database.lane(others).offer(2L, 0);
      var refused = new Numbers(1);
      database.lane(refused).offer(2L, 0);
      release.countDown();
      await(resting.answers);
      await(others.answers);
      await(refused.answers);
      assertThat(refused.failed).containsExactly(2L);
      assertThat(count(database)).isEqualTo(2);
      assertThat(database.meter().commitCount() - before).isEqualTo(2);
    });
  }

  /// A lane whose items cannot be stored, and on which others rest.
  private record Refusing(Premise premise) implements Lane.Work<Long> {
    @Override
    public boolean isPremise() {
      return true;
    }

    @Override
    public Runnable write(Transaction transaction, List<Long> items) {
      throw new IllegalArgumentException("refused");
    }

    @Override
    public void failed(Long item, RuntimeException cause) {
      premise.failed(cause);
    }
  }

  @Test
  void itemsOfOneKeyKeepTheirOrder() {
    onEach(database -> {
      var numbers = new Numbers(400);
      Lane<Long> lane = database.lane(numbers);
      for (long i = 0; i < 400; i++) {
        lane.offer(i, i % 4);
      }
      await(numbers.answers);
      for (long key = 0; key < 4; key++) {
        long remainder = key;
        assertThat(numbers.stored.stream().filter(number -> number % 4 == remainder)).isSorted();
      }
    });
  }

  /// A lane of heavy items, of which it stores one number each.
  private static final class Heavy implements Lane.Work<byte[]> {
    final AtomicInteger stored = new AtomicInteger();
    final AtomicInteger failed = new AtomicInteger();

    @Override
    public long bytes(byte[] item) {
      return item.length;
    }

    @Override
    public Runnable write(Transaction transaction, List<byte[]> items) throws SQLException {
      insert(transaction, stored.get() + 1);
      return () -> stored.addAndGet(items.size());
    }

    @Override
    public void failed(byte[] item, RuntimeException cause) {
      failed.incrementAndGet();
    }
  }

  @Test
  void whatWaitsIsBoundedByItsBytes() {
    onEach(database -> {
      CountDownLatch release = hold(database);
      var heavy = new Heavy();
      Lane<byte[]> lane = database.lane(heavy);
      byte[] item = new byte[1 << 18];
      int most = (int) (Writer.WAITING_BYTES_MAX / item.length);
      int taken = 0;
      try {
        while (taken <= most) {
          lane.offer(item, 0);
          taken++;
        }
      } catch (StoreFailure.Busy _) {
        // Counted below.
      }
      assertThat(taken).isEqualTo(most);
      // What weighs nothing is bounded by its number alone.
      var numbers = new Numbers(1);
      database.lane(numbers).offer(1_000_000L, 0);
      release.countDown();
      await(numbers.answers);
      assertThat(heavy.stored).hasValue(most);
      assertThat(heavy.failed).hasValue(0);
      lane.offer(item, 0);
    });
  }

  @Test
  void somebodyWhoCannotBeToldDoesNotEndTheWriter() {
    onEach(database -> {
      var numbers =
          new Lane.Work<Long>() {
            @Override
            public Runnable write(Transaction transaction, List<Long> items) throws SQLException {
              insert(transaction, items.getFirst());
              return () -> {
                throw new IllegalStateException("gone");
              };
            }

            @Override
            public void failed(Long item, RuntimeException cause) {}
          };
      database.lane(numbers).offer(1L, 0);
      assertThat(database.<Long>write(transaction -> insert(transaction, 2))).isEqualTo(1);
      assertThat(count(database)).isEqualTo(2);
    });
  }

  @Test
  void aReaderSeesWhatWasAnswered() {
    onEach(database -> {
      for (long i = 1; i <= 50; i++) {
        long number = i;
        database.write(transaction -> insert(transaction, number));
        assertThat(count(database)).isEqualTo(i);
      }
    });
  }

  @Test
  void aLostRaceIsRunAgain() {
    TestDatabase.each(folder)
        .filter(url -> url.dialect().isShared())
        .forEach(url -> {
          try (var one = Database.open(url, () -> 0, () -> {});
              var other = Database.open(url, () -> 0, () -> {})) {
            one.write(transaction -> insert(transaction, 1) + insert(transaction, 2));
            var oneHasFirst = new CountDownLatch(1);
            var otherHasSecond = new CountDownLatch(1);
            try (var callers = Executors.newVirtualThreadPerTaskExecutor()) {
              var first =
                  CompletableFuture.supplyAsync(
                      () -> touch(one, 1, oneHasFirst, otherHasSecond, 2), callers);
              var second =
                  CompletableFuture.supplyAsync(
                      () -> touch(other, 2, otherHasSecond, oneHasFirst, 1), callers);
              assertThat(first.join() + second.join()).isEqualTo(4);
            }
            assertThat(
                    one.<Long>read(transaction ->
                        transaction.number("SELECT SUM(joined_at) FROM channel_member", 0)))
                .isEqualTo(4);
          }
        });
  }

  private static int touch(
      Database database, long first, CountDownLatch mine, CountDownLatch theirs, long second) {
    var again = new AtomicBoolean();
    String sql = "UPDATE channel_member SET joined_at = joined_at + 1 WHERE agent = ?";
    return database.write(transaction -> {
      int count = transaction.update(sql, first);
      if (!again.getAndSet(true)) {
        mine.countDown();
        await(theirs);
      }
      return count + transaction.update(sql, second);
    });
  }

  @Test
  void aClosedDatabaseTakesNoWorkButFinishesWhatWaits() {
    TestDatabase.each(folder)
        .forEach(url -> {
          var numbers = new Numbers(100);
          Database database = Database.open(url, () -> 0, () -> {});
          Lane<Long> lane = database.lane(numbers);
          for (long i = 0; i < 100; i++) {
            lane.offer(i, i);
          }
          database.close();
          assertThat(numbers.stored).hasSize(100);
          assertThatThrownBy(() -> lane.offer(1L, 0)).isInstanceOf(StoreFailure.Closed.class);
          assertThatThrownBy(() -> database.write(_ -> 1)).isInstanceOf(StoreFailure.Closed.class);
        });
  }
}
