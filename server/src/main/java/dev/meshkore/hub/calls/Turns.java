package dev.meshkore.hub.calls;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// One at a time of each payer, so that many calls at once are looked at as if they came one after
/// the other. Thread-safe.
final class Turns {
  private static final int WAITING_MAX = 64;

  private final Map<Address, Turn> turns = new HashMap<>();

  /// Who comes, one after the other.
  private record Turn(ReentrantLock lock, int count) {}

  /// Does something of a payer when it is its turn.
  ///
  /// @throws Refused where too many wait for theirs
  <T> T take(Address payer, Supplier<T> work) {
    ReentrantLock lock = enter(payer);
    try {
      lock.lock();
      try {
        return work.get();
      } finally {
        lock.unlock();
      }
    } finally {
      leave(payer);
    }
  }

  private synchronized ReentrantLock enter(Address payer) {
    Turn turn = turns.getOrDefault(payer, new Turn(new ReentrantLock(), 0));
    if (turn.count >= WAITING_MAX) {
      throw Refused.later(ProblemType.TOO_MANY_OPEN, "The payer makes too many calls at once", 5);
    }
    turns.put(payer, new Turn(turn.lock, turn.count + 1));
    return turn.lock;
  }

  private synchronized void leave(Address payer) {
    turns.computeIfPresent(
        payer, (_, turn) -> turn.count == 1 ? null : new Turn(turn.lock, turn.count - 1));
  }
}
