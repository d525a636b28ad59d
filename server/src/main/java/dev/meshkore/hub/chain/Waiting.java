package dev.meshkore.hub.chain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Those who wait until their payment is decided. Of all that ask for one payment, one is told that
/// it is final: first the request that handed it in, as long as it waits. How many wait is bounded,
/// and those who ask again take no place of those who hand in. Thread-safe.
final class Waiting implements AutoCloseable {
  /// How many may wait for one payment.
  static final int FOR_ONE_MAX = 4;

  /// How many may wait who handed a payment in.
  static final int FIRST_MAX = 512;

  /// How many may wait for what was handed in before.
  static final int AGAIN_MAX = 128;

  private static final String PENDING = "settlement_pending";

  private final ChainParts parts;
  private final ChainSettings settings;
  private final SqlSettlings rows;
  private final Map<String, Integer> byPayment = new HashMap<>();
  private int firstCount;
  private int againCount;
  private volatile CountDownLatch pulse = new CountDownLatch(1);
  private volatile boolean isClosed;

  Waiting(ChainParts parts, ChainSettings settings, SqlSettlings rows) {
    this.parts = parts;
    this.settings = settings;
    this.rows = rows;
  }

  /// What somebody who waits is told.
  sealed interface Outcome {
    /// The money has moved, and nobody was told before.
    record Settled(String transaction) implements Outcome {}

    /// It has not, or not yet, or somebody else is told.
    record Not(String reason) implements Outcome {}
  }

  /// Room to wait, until it is closed.
  final class Place implements AutoCloseable {
    private final String payment;
    private final boolean isFirst;

    private Place(String payment, boolean isFirst) {
      this.payment = payment;
      this.isFirst = isFirst;
    }

    @Override
    public void close() {
      leave(this);
    }
  }

  /// Where nobody can wait any more who waited in a hub that ended, they are told no more. Hubs on
  /// a database together do not know that of each other; there the time of who waited passes first.
  void begin() {
    if (!parts.database().dialect().isShared()) {
      parts
          .database()
          .write(transaction -> {
            rows.leaveAll(transaction);
            return true;
          });
    }
  }

  /// Room for somebody to wait; empty where too many do.
  ///
  /// @param payment by which it is known
  /// @param isFirst whether it is still to be handed in
  synchronized Optional<Place> enter(String payment, boolean isFirst) {
    int those = byPayment.getOrDefault(payment, 0);
    boolean isFull = isFirst ? firstCount >= FIRST_MAX : againCount >= AGAIN_MAX;
    if (isFull || those >= FOR_ONE_MAX) {
      return Optional.empty();
    }
    byPayment.put(payment, those + 1);
    if (isFirst) {
      firstCount++;
    } else {
      againCount++;
    }
    return Optional.of(new Place(payment, isFirst));
  }

  private synchronized void leave(Place place) {
    byPayment.computeIfPresent(place.payment, (_, those) -> those > 1 ? those - 1 : null);
    if (place.isFirst) {
      firstCount--;
    } else {
      againCount--;
    }
  }

  /// Waits until a payment is decided, or for as long as callers wait.
  Outcome await(long number, Asker asker) {
    Outcome outcome = waited(number, asker);
    if (outcome instanceof Outcome.Not && !isClosed) {
      leaveSeat(number, asker);
    }
    return outcome;
  }

  private Outcome waited(long number, Asker asker) {
    long deadline = parts.nanoTime().getAsLong() + settings.patience().toNanos();
    while (true) {
      CountDownLatch next = pulse;
      Settling one = parts.database().read(reader -> rows.find(reader, number)).orElseThrow();
      if (one.state() == State.FINAL && !one.deed().kind().isAuthorized()) {
        // Nothing is sold for it, so all are told.
        return new Outcome.Settled(one.transaction());
      }
      if (one.state() == State.FINAL && one.telling().isDone()) {
        return new Outcome.Not(Settler.USED);
      }
      if (one.state() == State.FINAL && isTold(one, asker)) {
        return new Outcome.Settled(one.transaction());
      }
      if (!one.reason().isEmpty()) {
        return new Outcome.Not(one.reason());
      }
      long left = deadline - parts.nanoTime().getAsLong();
      if (left <= 0 || isClosed) {
        return new Outcome.Not(PENDING);
      }
      try {
        var _ = next.await(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Outcome.Not(PENDING);
      }
    }
  }

  /// Takes down that somebody is told, before it is; nobody is served twice for one payment.
  private boolean isTold(Settling one, Asker asker) {
    return one.telling().isFor(asker, parts.time().millis())
        && parts
            .database()
            .write(transaction ->
                rows.answer(transaction, one.number(), asker, parts.time().millis()));
  }

  private void leaveSeat(long number, Asker asker) {
    boolean hasSeat =
        parts
            .database()
            .read(reader -> rows.find(reader, number))
            .filter(one -> one.telling().seat().equals(asker.seat()))
            .isPresent();
    if (hasSeat) {
      parts
          .database()
          .write(transaction -> {
            rows.leave(transaction, number, asker);
            return true;
          });
      wake();
    }
  }

  /// Has all look again.
  synchronized void wake() {
    CountDownLatch waiting = pulse;
    pulse = new CountDownLatch(1);
    waiting.countDown();
  }

  /// Has nobody wait any more.
  @Override
  public void close() {
    isClosed = true;
    wake();
  }
}
