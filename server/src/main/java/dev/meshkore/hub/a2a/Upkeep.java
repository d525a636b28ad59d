package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// What is done for tasks from time to time: those that ended long ago are deleted, a few with each
/// commit; and what other hubs on the same database stored is told to those who watch here.
final class Upkeep implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Upkeep.class.getName());
  private static final long EVERY_MS = 250;
  private static final int DELETED_AT_ONCE = 100;
  private static final int COMMITS_MAX = 50;
  private static final int EVENTS_AT_ONCE = 2_000;
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /// Longer than any hub is out of reach of its database and goes on with its streams.
  private static final Duration EVENTS_KEPT = Duration.ofMinutes(10);

  private final Database database;
  private final Feed feed;
  private final Duration tasksKept;
  private final InstantSource clock;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("tasks").factory());
  private long nextSweepMs;

  /// Begins at once. Ended tasks are kept so long; zero is for ever.
  Upkeep(Database database, Feed feed, Duration tasksKept, InstantSource clock) {
    this.database = database;
    this.feed = feed;
    this.tasksKept = tasksKept;
    this.clock = clock;
    var _ = ticks.scheduleWithFixedDelay(this::tick, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      tellOfOtherHubs();
      sweep();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Tasks will be looked after again", failure);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "Tasks could not be looked after", failure);
    }
  }

  private void tellOfOtherHubs() {
    if (!database.dialect().isShared()) {
      return;
    }
    Map<String, Long> watched = feed.watched();
    if (!watched.isEmpty()) {
      Map<String, List<Task.Event>> stored =
          database.read(transaction -> SqlEvents.after(transaction, watched));
      stored.forEach(feed::stored);
    }
  }

  /// Deletes a few with each commit, so that other work comes between; after many it goes on with
  /// the next tick, so that events of other hubs do.
  private void sweep() {
    long now = clock.millis();
    if (now < nextSweepMs) {
      return;
    }
    boolean isMore = true;
    for (int i = 0; isMore && i < COMMITS_MAX && !ticks.isShutdown(); i++) {
      isMore = !tasksKept.isZero() && deleteSome(now - tasksKept.toMillis());
      isMore |= database.dialect().isShared() && deleteEvents(now - EVENTS_KEPT.toMillis());
    }
    if (!isMore) {
      nextSweepMs = now + SWEEP.toMillis();
    }
  }

  private boolean deleteSome(long beforeMs) {
    List<String> ended =
        database.read(transaction -> SqlTasks.endedBefore(transaction, beforeMs, DELETED_AT_ONCE));
    if (!ended.isEmpty()) {
      database.write(transaction -> {
        for (String taskId : ended) {
          SqlTasks.delete(transaction, taskId);
        }
        return ended.size();
      });
    }
    return ended.size() == DELETED_AT_ONCE;
  }

  private boolean deleteEvents(long beforeMs) {
    int deleted =
        database.write(
            transaction -> SqlEvents.deleteBefore(transaction, beforeMs, EVENTS_AT_ONCE));
    return deleted == EVENTS_AT_ONCE;
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
