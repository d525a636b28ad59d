package dev.meshkore.hub.a2a;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Tells whoever watches a task what happens to it, everybody in the same order. Thread-safe.
final class Feed {
  /// How long a stream waits for the agent's first word before it shows the task as it is.
  static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int WAITING_MAX = 1_000;

  private final ConcurrentHashMap<String, Set<Watch>> byTask = new ConcurrentHashMap<>();

  /// Watches a task from now on, whether it is there yet or not.
  Watch watch(String taskId) {
    var watch = new Watch(taskId);
    byTask.compute(
        taskId,
        (_, watches) -> {
          Set<Watch> of = watches == null ? ConcurrentHashMap.newKeySet() : watches;
          of.add(watch);
          return of;
        });
    return watch;
  }

  /// Tells what was committed; returns at once. Who watches a task that has ended is forgotten,
  /// since nothing follows.
  void happened(String taskId, List<Task.Event> events) {
    boolean isEnd = !events.isEmpty() && events.getLast().state().isEnd();
    Set<Watch> watches = isEnd ? byTask.remove(taskId) : byTask.get(taskId);
    if (watches != null) {
      watches.forEach(watch -> watch.add(events));
    }
  }

  /// Somebody who watches a task. Events wait here in the order of their versions until they are
  /// taken, since several writers may tell of theirs at once.
  final class Watch implements AutoCloseable {
    private final String taskId;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final TreeMap<Long, Task.Event> waiting = new TreeMap<>();
    private long last = -1;
    private @Nullable Consumer<Task.Event> sink;

    private Watch(String taskId) {
      this.taskId = taskId;
    }

    private void add(List<Task.Event> events) {
      lock.lock();
      try {
        events.forEach(event -> waiting.put(event.version(), event));
        handOver();
        if (waiting.size() > WAITING_MAX) {
          // Whoever asked for this left before the stream began.
          waiting.clear();
          close();
        }
        arrived.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /// Waits until something after this version happened, and answers it; empty when the time has
    /// passed.
    Optional<Task.Event> await(long version, long nanos) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        while (waiting.higherEntry(version) == null) {
          if (left <= 0) {
            return Optional.empty();
          }
          left = arrived.awaitNanos(left);
        }
        return Optional.of(waiting.higherEntry(version).getValue());
      } finally {
        lock.unlock();
      }
    }

    /// Hands over what happened after this version, and all that will. Runs on the writers'
    /// threads, so it must not block.
    void follow(long version, Consumer<Task.Event> taker) {
      lock.lock();
      try {
        last = version;
        sink = taker;
        waiting.headMap(version, true).clear();
        handOver();
      } finally {
        lock.unlock();
      }
    }

    private void handOver() {
      Consumer<Task.Event> taker = sink;
      while (taker != null && !waiting.isEmpty() && waiting.firstKey() <= last + 1) {
        Task.Event event = waiting.pollFirstEntry().getValue();
        if (event.version() == last + 1) {
          last++;
          taker.accept(event);
        }
      }
    }

    @Override
    public void close() {
      byTask.computeIfPresent(
          taskId,
          (_, watches) -> {
            watches.remove(this);
            return watches.isEmpty() ? null : watches;
          });
    }
  }
}
