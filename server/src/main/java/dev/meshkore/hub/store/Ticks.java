package dev.meshkore.hub.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Does some things again and again on a thread of its own, one after the other. What fails in one
/// keeps nothing from the others, and is tried again. Thread-safe.
public final class Ticks implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Ticks.class.getName());

  private final long everyMs;
  private final ScheduledExecutorService thread;

  /// Does nothing yet.
  ///
  /// @param name of the thread
  /// @param everyMs how long it pauses in between
  public Ticks(String name, long everyMs) {
    this.everyMs = everyMs;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name + "-", 0).daemon().factory());
  }

  /// Does this from now on.
  public void start(List<Runnable> stages) {
    var _ =
        thread.scheduleWithFixedDelay(
            () -> stages.forEach(Ticks::quietly), everyMs, everyMs, TimeUnit.MILLISECONDS);
  }

  private static void quietly(Runnable stage) {
    try {
      stage.run();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "This could not be done; the hub tries again", failure);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
