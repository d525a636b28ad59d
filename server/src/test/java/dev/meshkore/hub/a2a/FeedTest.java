package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/// Everybody who watches sees every event once, in the order of versions.
final class FeedTest {
  private static Task.Event event(long version) {
    return new Task.Event(version, TaskState.WORKING, new byte[0]);
  }

  @Test
  void eventsComeInOrderHoweverTheyAreTold() {
    Seeds.forAll(
        200,
        random -> {
          var feed = new Feed();
          int count = random.nextInt(1, 20);
          long known = random.nextInt(count);
          var told = new ArrayList<Task.Event>();
          for (long version = 1; version <= count; version++) {
            told.add(random.nextInt(told.size() + 1), event(version));
          }
          int openedAfter = random.nextInt(count + 1);
          var seen = new ArrayList<Long>();
          try (Feed.Watch watch = feed.watch("t")) {
            for (int i = 0; i <= count; i++) {
              if (i == openedAfter) {
                watch.follow(known, one -> seen.add(one.version()));
              }
              if (i < count) {
                feed.happened("t", List.of(told.get(i)));
              }
            }
          }
          var expected = new ArrayList<Long>();
          for (long version = known + 1; version <= count; version++) {
            expected.add(version);
          }
          assertThat(seen).isEqualTo(expected);
        });
  }

  @Test
  void waitingEndsWithTheEventOrTheTime() throws Exception {
    var feed = new Feed();
    try (Feed.Watch watch = feed.watch("t")) {
      assertThat(watch.await(0, 1)).isEmpty();
      feed.happened("other", List.of(event(1)));
      feed.happened("t", List.of(event(1), event(2)));
      assertThat(watch.await(0, 1)).map(Task.Event::version).isEqualTo(Optional.of(1L));
      assertThat(watch.await(1, 1)).map(Task.Event::version).isEqualTo(Optional.of(2L));
      assertThat(watch.await(2, 1)).isEmpty();
    }
  }

  @Test
  void whatWasSeenIsForgotten() throws Exception {
    var feed = new Feed();
    try (Feed.Watch watch = feed.watch("t")) {
      for (long version = 1; version <= 5_000; version++) {
        feed.happened("t", List.of(event(version)));
        assertThat(watch.await(version - 1, 1)).map(Task.Event::version).hasValue(version);
        assertThat(watch.waitingCount()).isEqualTo(1);
      }
      assertThat(watch.await(5_000, 1)).isEmpty();
      assertThat(watch.waitingCount()).isZero();
      feed.happened("t", List.of(event(4_999)));
      assertThat(watch.waitingCount()).isZero();
    }
  }

  @Test
  void whatIsStoredFillsGapsAndIsToldOnce() {
    var feed = new Feed();
    var seen = new ArrayList<Long>();
    try (Feed.Watch watch = feed.watch("t")) {
      watch.follow(2, one -> seen.add(one.version()));
      feed.happened("t", List.of(event(5)));
      assertThat(seen).isEmpty();
      assertThat(feed.watched()).containsExactly(java.util.Map.entry("t", 2L));
      feed.stored("t", List.of(event(3), event(4), event(5)));
      feed.stored("t", List.of(event(4), event(5), event(6)));
      assertThat(seen).containsExactly(3L, 4L, 5L, 6L);
      // What was stored before is gone by now; the rest is told.
      feed.stored("t", List.of(event(9)));
      assertThat(seen).endsWith(6L, 9L);
    }
    assertThat(feed.watched()).isEmpty();
  }

  @Test
  void nobodyWaitsForWhoHasLeft() throws Exception {
    try (Feed.Watch watch = new Feed().watch("t")) {
      Thread.startVirtualThread(watch::giveUp);
      assertThat(watch.await(0, Long.MAX_VALUE)).isEmpty();
    }
  }

  @Test
  void namesOfTasksTellWhatTheyAre() {
    var random = new SplittableRandom(1);
    String task = TaskIds.next(1_795_000_000_000L, random);
    assertThat(task).isLessThan(TaskIds.next(1_795_000_000_001L, random));
    assertThat(task).isNotEqualTo(TaskIds.next(1_795_000_000_000L, random));
    String first = TaskIds.first(1, 2, "m1");
    assertThat(TaskIds.first(1, 2, "m1")).isEqualTo(first);
    assertThat(List.of(TaskIds.first(2, 1, "m1"), TaskIds.first(1, 2, "m2"))).doesNotContain(first);
    assertThat(TaskIds.of(task, null)).isEqualTo(task);
    assertThat(TaskIds.of(null, TaskIds.message(task, "m1"))).isEqualTo(task);
    assertThat(TaskIds.of("thread", TaskIds.cancellation(task))).isEqualTo(task);
    for (String other : List.of("", "a2a-", "a2a-example.org-0123456789ab:17", task + "x", "x")) {
      assertThat(TaskIds.of(other, other)).as(other).isNull();
    }
  }
}
