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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Work that hands items to a lane within its own transaction, on both databases.
final class HandedOverTest {
  private static final int WORKS = 20;

  /// A lane that is fed, keeps what it was called with and how often.
  private static final class Fed implements Lane.Work<Long> {
    final List<Long> stored = Collections.synchronizedList(new ArrayList<>());
    final List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());

    @Override
    public boolean isFed() {
      return true;
    }

    @Override
    public Runnable write(Transaction transaction, List<Long> items) throws SQLException {
      sizes.add(items.size());
      for (long item : items) {
        insert(transaction, item);
      }
      return () -> stored.addAll(items);
    }

    @Override
    public void failed(Long item, RuntimeException cause) {
      throw new AssertionError("Whoever handed it over is told", cause);
    }
  }

  @TempDir private Path folder;

  private void onEach(Consumer<Database> test) {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (Database database = Database.open(url, () -> 0, () -> {})) {
            database.write(
                transaction -> transaction.update("CREATE TABLE one (number BIGINT PRIMARY KEY)"));
            test.accept(database);
          }
        });
  }

  private static long insert(Transaction transaction, long number) throws SQLException {
    return transaction.update("INSERT INTO one (number) VALUES (?)", number);
  }

  private static List<Long> numbers(Database database) {
    return database.read(
        reader -> reader.list("SELECT number FROM one ORDER BY number", row -> row.getLong(1)));
  }

  /// Runs these while the writer is held, so that they are one group.
  private static <T> List<CompletableFuture<T>> together(
      Database database, List<Database.Work<T>> works) {
    var held = new CountDownLatch(1);
    var release = new CountDownLatch(1);
    var answers = new ArrayList<CompletableFuture<T>>();
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      callers.execute(() ->
          database.write(transaction -> {
            held.countDown();
            await(release);
            return 0;
          }));
      await(held);
      for (Database.Work<T> work : works) {
        answers.add(CompletableFuture.supplyAsync(() -> database.write(work), callers));
      }
      release.countDown();
    }
    return answers;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void anItemIsStoredWithTheWorkThatHandsItOver() {
    onEach(database -> {
      var fed = new Fed();
      Lane<Long> lane = database.lane(fed);
      List<Long> followed = Collections.synchronizedList(new ArrayList<>());
      var works = new ArrayList<Database.Work<Long>>();
      for (long i = 0; i < WORKS; i++) {
        long number = i;
        works.add(transaction -> {
          insert(transaction, number);
          lane.offerWithin(transaction, 100 + number);
          transaction.afterCommit(() -> followed.add(number));
          if (number % 2 == 1) {
            throw new IllegalArgumentException("odd");
          }
          return number;
        });
      }
      List<CompletableFuture<Long>> answers = together(database, works);
      var expected = new ArrayList<Long>();
      for (long i = 0; i < WORKS; i++) {
        if (i % 2 == 0) {
          assertThat(answers.get((int) i)).isCompletedWithValue(i);
          expected.add(i);
        } else {
          assertThat(answers.get((int) i)).isCompletedExceptionally();
        }
      }
      assertThat(followed).containsExactlyInAnyOrderElementsOf(expected);
      expected.forEach(number -> assertThat(fed.stored).contains(100 + number));
      assertThat(fed.stored).hasSameSizeAs(expected);
      assertThat(numbers(database)).hasSize(2 * expected.size()).containsAll(fed.stored);
      assertThat(fed.sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(expected.size());
    });
  }

  @Test
  void whereAnItemCannotBeStoredItsWorkIsNotEither() {
    onEach(database -> {
      Lane<Long> lane = database.lane(new Fed());
      var works = new ArrayList<Database.Work<Long>>();
      for (long i = 0; i < WORKS; i++) {
        long number = i;
        works.add(transaction -> {
          insert(transaction, number);
          // The last of them is one that is there.
          lane.offerWithin(transaction, number == WORKS - 1 ? 0 : 100 + number);
          return number;
        });
      }
      List<CompletableFuture<Long>> answers = together(database, works);
      assertThatThrownBy(answers.getLast()::join).hasCauseInstanceOf(IllegalStateException.class);
      assertThat(answers.subList(0, WORKS - 1)).allMatch(one -> !one.isCompletedExceptionally());
      assertThat(numbers(database)).hasSize(2 * (WORKS - 1)).doesNotContain(WORKS - 1L);
      long after = database.write(transaction -> insert(transaction, 500));
      assertThat(after).isEqualTo(1);
    });
  }

  @Test
  void whatIsUndoneWithinWorkTakesItsItemsBack() {
    onEach(database -> {
      var fed = new Fed();
      Lane<Long> lane = database.lane(fed);
      database.write(transaction -> {
        lane.offerWithin(transaction, 1L);
        assertThatThrownBy(() ->
                transaction.undoable(part -> {
                  lane.offerWithin(part, 2L);
                  throw new IllegalArgumentException("undone");
                }))
            .hasMessage("undone");
        lane.offerWithin(transaction, 3L);
        return 0;
      });
      assertThat(fed.stored).containsExactly(1L, 3L);
      assertThat(numbers(database)).containsExactly(1L, 3L);
    });
  }
}
