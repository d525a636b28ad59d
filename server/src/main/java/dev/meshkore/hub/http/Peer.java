package dev.meshkore.hub.http;

import java.net.InetAddress;
import java.util.Optional;

/// Whoever waits for an answer, so that nobody goes on waiting in the place of one who left.
/// Thread-safe.
public interface Peer {
  /// One that is there until it has its answer.
  Peer STAYING =
      new Peer() {
        @Override
        public boolean isGone() {
          return false;
        }

        @Override
        public Runnable onGone(Runnable action) {
          return () -> {};
        }
      };

  /// Where its connection comes from; nothing where the hub itself asks, or it is gone. A proxy in
  /// front of the hub is one address.
  default Optional<InetAddress> address() {
    return Optional.empty();
  }

  /// Whether its connection has ended.
  boolean isGone();

  /// Runs an action when its connection ends, at once when it has ended already; the action must
  /// not block.
  ///
  /// @return what takes this back
  Runnable onGone(Runnable action);
}
