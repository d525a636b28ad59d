package dev.meshkore.hub.a2a;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  /// Tells what was committed; returns at once.
  void happened(String taskId, List<Task.Event> events) {
    Set<Watch> watches = byTask.get(taskId);
    if (watches != null) {
      watches.forEach(watch -> watch.add(events));
    }
  }

  /// Tells what is stored, in order and without a gap, whoever stored it. What came before is not
  /// stored any more, so nobody waits for it.
  void stored(String taskId, List<Task.Event> events) {
    Set<Watch> watches = byTask.get(taskId);
    if (watches != null) {
      long before = events.getFirst().version() - 1;
      watches.forEach(watch -> watch.addAfter(before, events));
    }
  }

  /// The tasks that somebody watches, and the last event of each that all who watch it know of.
  Map<String, Long> watched() {
    var known = new HashMap<String, Long>();
    byTask.forEach((task, watches) ->
        known.put(task, watches.stream().mapToLong(Watch::last).min().orElse(Long.MAX_VALUE)));
    return known;
  }

  /// Somebody who watches a task. Events wait here in the order of their versions until they are
  /// taken, since several writers may tell of theirs at once.
  final class Watch implements AutoCloseable {
    private final String taskId;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final TreeMap<Long, Task.Event> waiting = new TreeMap<>();
    private long last;
    private boolean isGivenUp;
    private @Nullable Consumer<Task.Event> sink;

    private Watch(String taskId) {
      this.taskId = taskId;
    }

    private void add(List<Task.Event> events) {
      lock.lock();
      try {
        for (Task.Event event : events) {
          if (event.version() > last) {
            waiting.put(event.version(), event);
          }
        }
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

    private void addAfter(long before, List<Task.Event> events) {
      lock.lock();
      try {
        forgetTo(before);
      } finally {
        lock.unlock();
      }
      add(events);
    }

    private long last() {
      lock.lock();
      try {
        return last;
      } finally {
        lock.unlock();
      }
    }

    /// Ends the wait of [#await]: nobody wants to know any more. Any thread may call.
    void giveUp() {
      lock.lock();
      try {
        isGivenUp = true;
        arrived.signalAll();
      } finally {
        lock.unlock();
      }
    }

    /// Waits until something after this version happened, and answers it; empty when the time has
    /// passed or nobody wants to know. What is not after this version is forgotten.
    Optional<Task.Event> await(long version, long nanos) throws InterruptedException {
      lock.lock();
      try {
        long left = nanos;
        forgetTo(version);
        while (waiting.isEmpty()) {
          if (left <= 0 || isGivenUp) {
            return Optional.empty();
          }
          left = arrived.awaitNanos(left);
        }
        return Optional.of(waiting.firstEntry().getValue());
      } finally {
        lock.unlock();
      }
    }

    /// Hands over what happened after this version, and all that will. Runs on the writers'
    /// threads, so it must not block.
    void follow(long version, Consumer<Task.Event> taker) {
      lock.lock();
      try {
        forgetTo(version);
        sink = taker;
        handOver();
      } finally {
        lock.unlock();
      }
    }

    private void forgetTo(long version) {
      last = Math.max(last, version);
      waiting.headMap(last, true).clear();
    }

    /// How many events wait.
    int waitingCount() {
      lock.lock();
      try {
        return waiting.size();
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
