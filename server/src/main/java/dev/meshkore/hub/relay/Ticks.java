package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.StoreFailure;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Does things from time to time, and again when they failed.
final class Ticks implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Ticks.class.getName());

  private final ScheduledExecutorService threads =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().name("relay-", 0).factory());

  void every(long ms, String name, Runnable action) {
    var _ =
        threads.scheduleWithFixedDelay(() -> quietly(name, action), ms, ms, TimeUnit.MILLISECONDS);
  }

  static void quietly(String name, Runnable action) {
    try {
      action.run();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Will try again: " + name, failure);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "This went wrong and will be tried again: " + name, failure);
    }
  }

  /// Waits for what is being done.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(5, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
