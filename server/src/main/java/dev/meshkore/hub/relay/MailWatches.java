package dev.meshkore.hub.relay;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/// Who wants to know that an inbox grew, besides its sessions. Thread-safe.
final class MailWatches {
  private final ConcurrentHashMap<Long, Set<Watch>> byAgent = new ConcurrentHashMap<>();
  private final Executor executor;

  /// Runs what was asked for on this executor.
  MailWatches(Executor executor) {
    this.executor = executor;
  }

  /// Runs an action after the inbox grew: once for as much as came while it did not run yet.
  ///
  /// @return what ends the watch
  Runnable add(long agent, Runnable action) {
    var watch = new Watch(action, new AtomicBoolean());
    byAgent.compute(
        agent,
        (_, watches) -> {
          Set<Watch> of = watches == null ? ConcurrentHashMap.newKeySet() : watches;
          of.add(watch);
          return of;
        });
    return () ->
        byAgent.computeIfPresent(
            agent,
            (_, watches) -> {
              watches.remove(watch);
              return watches.isEmpty() ? null : watches;
            });
  }

  void grew(long agent) {
    if (byAgent.isEmpty()) {
      return;
    }
    Set<Watch> watches = byAgent.get(agent);
    if (watches != null) {
      watches.forEach(watch -> watch.run(executor));
    }
  }

  private record Watch(Runnable action, AtomicBoolean isDue) {
    void run(Executor executor) {
      if (isDue.compareAndSet(false, true)) {
        executor.execute(() -> {
          isDue.set(false);
          action.run();
        });
      }
    }
  }
}
