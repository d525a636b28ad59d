package dev.meshkore.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Tells on standard error that something is still going on, from the second second on.
final class Progress implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);

  private Progress() {}

  static Progress of(Surroundings here, String what) {
    var progress = new Progress();
    var started = here.clock().millis();
    Thread.ofVirtual().start(() -> progress.tell(here, what, started));
    return progress;
  }

  @Override
  public void close() {
    done.countDown();
  }

  private void tell(Surroundings here, String what, long started) {
    try {
      var wait = 2;
      while (!done.await(wait, TimeUnit.SECONDS)) {
        var seconds = (here.clock().millis() - started) / 1000;
        here.err().println(here.dim(what + ", " + seconds + " s"));
        wait = 3;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
