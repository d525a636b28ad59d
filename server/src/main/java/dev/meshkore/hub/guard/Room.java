package dev.meshkore.hub.guard;

import java.util.List;

/// What is wanted of budgets that have room for it: until the transaction ends, or more is taken of
/// them. Immutable.
public final class Room {
  /// What is taken of one budget.
  record Taken(Budget budget, long amount) {
    boolean isOf(Take take) {
      return budget.scope().equals(take.scope()) && budget.unit().equals(take.unit());
    }
  }

  private final List<Take> takes;
  private final List<Taken> taken;
  private final long now;

  Room(List<Take> takes, List<Taken> taken, long now) {
    this.takes = takes;
    this.taken = taken;
    this.now = now;
  }

  List<Take> takes() {
    return takes;
  }

  List<Taken> taken() {
    return taken;
  }

  long now() {
    return now;
  }
}
