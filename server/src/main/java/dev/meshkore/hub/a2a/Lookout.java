package dev.meshkore.hub.a2a;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Looks at paid tasks when their call has ended, when they are due, and when the hub starts.
/// Thread-safe.
final class Lookout implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Lookout.class.getName());
  private static final long EVERY_MS = 250;
  private static final int LOOKS_AT_ONCE = 100;

  private final Database database;
  private final Settling settling;
  private final InstantSource clock;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("paid").factory());
  private final ExecutorService looks = Executors.newVirtualThreadPerTaskExecutor();

  Lookout(Database database, Settling settling, InstantSource clock) {
    this.database = database;
    this.settling = settling;
    this.clock = clock;
  }

  /// Goes on with what was not known when the hub ended, and looks at what is due from now on.
  void start() {
    long now = clock.millis();
    if (!database.dialect().isShared()) {
      settling.waiting().addAll(database.read(SqlTaskCalls::waiting));
    }
    database.write(transaction -> {
      SqlTaskCalls.lookAtAll(transaction, now);
      return now;
    });
    var _ = ticks.scheduleWithFixedDelay(this::tick, 0, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// A call was answered or declined; returns at once. On a shared database any hub may hear of the
  /// end of any call.
  void ended(String callId) {
    if (settling.waiting().remove(callId) || database.dialect().isShared()) {
      try {
        looks.execute(() ->
            quietly(() -> look(database.read(reader -> SqlTaskCalls.ofCall(reader, callId)))));
      } catch (RejectedExecutionException _) {
        // The hub is closing; it looks when it is open again.
      }
    }
  }

  private void tick() {
    quietly(() -> {
      long now = clock.millis();
      look(database.read(reader -> SqlTaskCalls.due(reader, now, LOOKS_AT_ONCE)));
    });
  }

  /// One that fails holds up no other.
  private void look(List<TaskCall> rows) {
    for (TaskCall row : rows) {
      if (!quietly(() -> settling.look(row))) {
        quietly(() -> settling.later(row));
      }
    }
  }

  private boolean quietly(Runnable work) {
    try {
      work.run();
      return true;
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Paid tasks will be looked at again", failure);
    } catch (RuntimeException failure) {
      // While the hub is closing, work is broken off; it goes on when the hub is open again.
      Level level = ticks.isShutdown() ? Level.DEBUG : Level.ERROR;
      LOG.log(level, "A paid task could not be looked at", failure);
    }
    return false;
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    looks.shutdownNow();
  }
}
