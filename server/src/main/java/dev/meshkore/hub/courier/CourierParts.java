package dev.meshkore.hub.courier;

import dev.meshkore.hub.identity.Agents;
import java.time.InstantSource;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// What all desks share.
record CourierParts(
    Agents agents,
    SqlTasks tasks,
    A2aWire wire,
    Cards cards,
    StreamSlots slots,
    InstantSource clock,
    ExecutorService threads,
    AtomicBoolean stopping) {

  boolean isStopping() {
    return stopping.get();
  }

  /// Runs on a thread of its own; nothing begins any more when the hub stops.
  void start(Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException _) {
      // What waits is in the inbox and in the tables, and goes on after the next start.
    }
  }
}
