package dev.meshkore.hub.outbound;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The end of one call's time: then its socket is closed under it, whatever it waits for, be it a
/// handshake, a write that nobody reads, or a body of a byte a second. Thread-safe.
final class Deadline implements AutoCloseable {
  private final Set<Deadline> open;
  private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
  private volatile @Nullable Socket socket;
  private volatile @Nullable Future<?> timer;

  private Deadline(Set<Deadline> open) {
    this.open = open;
  }

  /// The end of a call after so much time, kept in the set until the call is done.
  static Deadline after(Duration time, ScheduledExecutorService executor, Set<Deadline> open) {
    var deadline = new Deadline(open);
    open.add(deadline);
    String why = "It took longer than " + Math.max(1, time.toSeconds()) + " seconds";
    deadline.timer =
        executor.schedule(() -> deadline.end(why), time.toNanos(), TimeUnit.NANOSECONDS);
    return deadline;
  }

  /// Closes this socket at the end, instead of the one before.
  void ends(Socket connecting) {
    socket = connecting;
    if (reason.get() != null) {
      closeQuietly(connecting);
    }
  }

  /// Ends the call now.
  void end(String why) {
    reason.compareAndSet(null, why);
    Socket open = socket;
    if (open != null) {
      closeQuietly(open);
    }
  }

  /// Why the call was ended, or null.
  @Nullable String reason() {
    return reason.get();
  }

  @Override
  public void close() {
    Future<?> waiting = timer;
    if (waiting != null) {
      waiting.cancel(false);
    }
    open.remove(this);
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no use any more, whatever it says.
    }
  }
}
