package dev.meshkore.hub.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One thread that gathers the work that waits, runs it in one transaction, commits with fsync, and
/// only then answers. One failure undoes itself alone.
final class Writer implements AutoCloseable {
  /// A piece of work that waits: an item of a lane, and what it rests on.
  record Item<I>(Lane.Work<I> work, I value, long bytes, @Nullable Premise premise) {
    boolean isGroundless() {
      return premise != null && premise.failure() != null;
    }
  }

  /// Opens the connection to write on, at start and after a server was out of reach.
  interface Opener {
    Transaction open() throws SQLException;
  }

  private static final Logger LOG = System.getLogger(Writer.class.getName());

  /// Something to do with the writer's connection while no transaction is open.
  interface Between {
    /// Does it; what it throws is as bad as a failed commit.
    void run(Transaction transaction) throws SQLException;
  }

  private static final int WAITING_MAX = 65_536;
  private static final int GROUP_MAX = 4_096;

  /// As much may wait, and as much again be in the group that is being written. Where the heap is
  /// small it is a part of it: PostgreSQL has four writers.
  static final long WAITING_BYTES_MAX = Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 16);

  private static final int RACES_MAX = 20;
  private static final Transaction.Mark NOTHING = new Transaction.Mark(0, 0);

  private final Opener opener;
  private final Dialect dialect;
  private final WriterMeter meter;
  private final Runnable onBroken;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private ArrayList<Item<?>> waiting = new ArrayList<>();
  private long waitingBytes;
  private volatile @Nullable Between between;
  private boolean idle;
  private boolean closed;

  /// Whether the disk failed. Used by the writer's thread alone.
  private boolean isBroken;

  private @Nullable Transaction transaction;

  Writer(String name, Opener opener, Dialect dialect, WriterMeter meter, Runnable onBroken)
      throws SQLException {
    this.opener = opener;
    this.dialect = dialect;
    this.meter = meter;
    this.onBroken = onBroken;
    this.transaction = opener.open();
    this.thread = Thread.ofPlatform().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  <I> void offer(Lane.Work<I> work, I value) {
    long bytes = work.bytes(value);
    lock.lock();
    try {
      if (closed) {
        throw new StoreFailure.Closed();
      }
      boolean isHeavy = waitingBytes + bytes > WAITING_BYTES_MAX && waitingBytes > 0;
      if (waiting.size() >= WAITING_MAX || isHeavy) {
        throw new StoreFailure.Busy("The hub has more work waiting than it may hold", null);
      }
      waiting.add(new Item<>(work, value, bytes, Premise.current()));
      waitingBytes += bytes;
      if (idle) {
        idle = false;
        arrived.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Has something done after the group that is being written; what was asked before and is not
  /// done is forgotten.
  void betweenGroups(Between action) {
    between = action;
  }

  /// Stops taking work, finishes what waits, and ends the thread.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      arrived.signal();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// A failure that nobody foresaw ends the hub: a writer that is gone would let callers wait.
  private void run() {
    try {
      List<Item<?>> group = next();
      while (!group.isEmpty()) {
        commit(group);
        doBetween();
        group = next();
      }
    } catch (RuntimeException | Error failure) {
      LOG.log(Level.ERROR, "The writer failed", failure);
      stopForGood();
    } finally {
      disconnect();
    }
  }

  /// Waits for work; an empty list says that the writer is closed and all is done.
  private List<Item<?>> next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        idle = true;
        arrived.awaitUninterruptibly();
      }
      idle = false;
      if (waiting.size() <= GROUP_MAX) {
        List<Item<?>> group = waiting;
        waiting = new ArrayList<>(Math.max(16, group.size()));
        waitingBytes = 0;
        return group;
      }
      List<Item<?>> head = waiting.subList(0, GROUP_MAX);
      List<Item<?>> group = List.copyOf(head);
      head.clear();
      for (Item<?> item : group) {
        waitingBytes -= item.bytes();
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void commit(List<Item<?>> given) {
    if (isBroken) {
      given.forEach(item -> fail(item, new StoreFailure.Closed()));
      return;
    }
    List<Item<?>> group = given.stream().anyMatch(Item::isGroundless) ? grounded(given) : given;
    if (group.isEmpty()) {
      return;
    }
    List<Runnable> after = new ArrayList<>();
    try {
      attemptUntilDone(group, after);
    } catch (Batch.OneFailedAmongMany _) {
      group.forEach(item -> commit(List.of(item)));
      return;
    } catch (Batch.HandedOverFailed failure) {
      group.forEach(item -> fail(item, failure.reason));
      return;
    } catch (StoreFailure failure) {
      giveUp(group, failure);
      return;
    }
    after.forEach(Writer::tell);
  }

  /// Those of which the premise was not given up; the others are told.
  private static List<Item<?>> grounded(List<Item<?>> group) {
    var grounded = new ArrayList<Item<?>>();
    for (Item<?> item : group) {
      Premise premise = item.premise();
      RuntimeException failure = premise == null ? null : premise.failure();
      if (failure == null) {
        grounded.add(item);
      } else {
        fail(item, failure);
      }
    }
    return grounded;
  }

  private void doBetween() {
    Between action = between;
    Transaction open = transaction;
    if (action == null || open == null || isBroken) {
      return;
    }
    between = null;
    try {
      action.run(open);
    } catch (SQLException cause) {
      if (dialect.failure(cause) instanceof StoreFailure.Broken) {
        LOG.log(Level.ERROR, "The disk failed", cause);
        stopForGood();
      }
    }
  }

  /// What is stored is stored: somebody who cannot be told of it must not end the writer.
  private static void tell(Runnable answer) {
    try {
      answer.run();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "Somebody could not be told what became of their work", failure);
    }
  }

  private void attemptUntilDone(List<Item<?>> group, List<Runnable> after) {
    for (int race = 0; !attempt(group, after); race++) {
      after.clear();
      if (race == RACES_MAX) {
        throw new StoreFailure.Busy("Other writers were always first", null);
      }
    }
  }

  /// Runs and commits the group; false says that a race was lost and the group may be run again.
  private boolean attempt(List<Item<?>> group, List<Runnable> after) {
    try {
      Transaction open = connected();
      open.takeBack(NOTHING);
      dialect.begin(open);
      write(open, group, after);
      long started = meter.now();
      commit(open);
      meter.committed(group.size(), meter.now() - started);
      return true;
    } catch (SQLException cause) {
      rollBack();
      if (dialect.isRaceLost(cause)) {
        return false;
      }
      throw dialect.failure(cause);
    } catch (StoreFailure | Batch.OneFailedAmongMany | Batch.HandedOverFailed failure) {
      rollBack();
      throw failure;
    }
  }

  /// Lanes that other work feeds come last, once for all of their items. What was handed over is
  /// seen by whoever is told of the work that did.
  private void write(Transaction open, List<Item<?>> group, List<Runnable> after)
      throws SQLException {
    boolean isAlone = group.size() == 1;
    Map<Lane.Work<?>, Batch<?>> batches = batches(group);
    var answers = new ArrayList<Runnable>();
    for (Batch<?> batch : batches.values()) {
      if (!batch.isFed()) {
        batch.write(open, dialect, answers, isAlone);
      }
    }
    open.handedOver().forEach(one -> feed(batches, one));
    for (Batch<?> batch : batches.values()) {
      if (batch.isFed()) {
        batch.write(open, dialect, after, isAlone);
      }
    }
    after.addAll(open.afterwards());
    after.addAll(answers);
  }

  /// A server that goes away now may have committed; a file cannot.
  private void commit(Transaction open) throws SQLException {
    try {
      dialect.commit(open);
    } catch (SQLException cause) {
      if (dialect.isShared() && dialect.failure(cause) instanceof StoreFailure.Busy) {
        throw new StoreFailure.Unsure(cause);
      }
      throw cause;
    }
  }

  private void giveUp(List<Item<?>> group, StoreFailure failure) {
    if (failure instanceof StoreFailure.Broken) {
      stopForGood();
    }
    group.forEach(item -> fail(item, failure));
  }

  private void stopForGood() {
    isBroken = true;
    List<Item<?>> rest;
    lock.lock();
    try {
      closed = true;
      rest = waiting;
      waiting = new ArrayList<>();
    } finally {
      lock.unlock();
    }
    rest.forEach(item -> fail(item, new StoreFailure.Closed()));
    onBroken.run();
  }

  private Transaction connected() throws SQLException {
    Transaction open = transaction;
    if (open == null) {
      open = opener.open();
      transaction = open;
    }
    return open;
  }

  private void rollBack() {
    Transaction open = transaction;
    if (open == null) {
      return;
    }
    try {
      dialect.rollback(open);
    } catch (SQLException _) {
      disconnect();
    }
  }

  private void disconnect() {
    Transaction open = transaction;
    transaction = null;
    if (open != null) {
      try {
        open.connection().close();
      } catch (SQLException _) {
        // The connection is gone either way, and nothing uncommitted was promised.
      }
    }
  }

  private static Map<Lane.Work<?>, Batch<?>> batches(List<Item<?>> group) {
    Map<Lane.Work<?>, Batch<?>> byWork = new LinkedHashMap<>();
    for (Item<?> item : group) {
      gather(byWork, item);
    }
    return byWork;
  }

  @SuppressWarnings("unchecked")
  private static <I> void gather(Map<Lane.Work<?>, Batch<?>> byWork, Item<I> item) {
    var batch = (Batch<I>) byWork.computeIfAbsent(item.work(), _ -> new Batch<>(item.work()));
    batch.add(item.value());
  }

  @SuppressWarnings("unchecked")
  private static <I> void feed(
      Map<Lane.Work<?>, Batch<?>> byWork, Transaction.HandedOver<I> handed) {
    var batch = (Batch<I>) byWork.computeIfAbsent(handed.work(), _ -> new Batch<>(handed.work()));
    batch.feed(handed.item());
  }

  private static <I> void fail(Item<I> item, RuntimeException cause) {
    tell(() -> item.work().failed(item.value(), cause));
  }
}
