package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.OptionalLong;

/// How the windows of budgets pass. Called under the lock of the budget, where it changes anything.
final class Windows {
  private Windows() {}

  /// Stores that a window, or a part of one, has passed. The clock may go back; a window does not.
  static Budget rolled(Transaction transaction, Budget budget, long now) throws SQLException {
    Budget current = asOf(transaction, budget, now);
    if (current.equals(budget)) {
      return budget;
    }
    SqlBudgets.roll(transaction, current);
    if (budget.window().kind() == Budget.Window.Kind.ROLLING) {
      SqlBudgets.dropBuckets(transaction, budget, oldest(budget, now));
    }
    return current;
  }

  /// A budget as it is at a time.
  static Budget asOf(Transaction transaction, Budget budget, long now) throws SQLException {
    return switch (budget.window().kind()) {
      case LIFETIME -> budget;
      case FIXED, WEEK, MONTH -> {
        long start = budget.window().startOf(now);
        yield start > budget.windowStart() ? with(budget, 0, start) : budget;
      }
      case ROLLING -> {
        long oldest = oldest(budget, now);
        if (budget.windowStart() >= oldest) {
          yield budget;
        }
        long gone = SqlBudgets.usedBefore(transaction, budget, oldest);
        long start = SqlBudgets.firstPart(transaction, budget, oldest);
        yield with(budget, budget.used() - gone, Math.min(start, budget.window().partOf(now)));
      }
    };
  }

  private static Budget with(Budget budget, long used, long windowStart) {
    return new Budget(
        budget.scope(),
        budget.unit(),
        budget.window(),
        budget.cap(),
        used,
        budget.reserved(),
        windowStart);
  }

  /// Parts that began before this lie wholly before the window.
  private static long oldest(Budget budget, long now) {
    Budget.Window window = budget.window();
    return now - window.ms() - window.ms() / Budget.Window.PARTS + 1;
  }

  /// When there is room for the amount by time alone; empty where time does not bring it.
  static OptionalLong resetsAt(Transaction transaction, Budget budget, long amount, long now)
      throws SQLException {
    if (amount > budget.cap()) {
      return OptionalLong.empty();
    }
    Budget.Window window = budget.window();
    return window.kind() == Budget.Window.Kind.ROLLING
        ? partsGone(transaction, budget, amount, now)
        : window.endOf(budget.windowStart());
  }

  private static OptionalLong partsGone(
      Transaction transaction, Budget budget, long amount, long now) throws SQLException {
    Budget.Window window = budget.window();
    long missing = amount - (budget.cap() - budget.used() - budget.reserved());
    for (SqlBudgets.Bucket bucket : SqlBudgets.buckets(transaction, budget, oldest(budget, now))) {
      missing -= bucket.used();
      if (missing <= 0) {
        return OptionalLong.of(
            bucket.startedAtMs() + window.ms() / Budget.Window.PARTS + window.ms());
      }
    }
    return OptionalLong.empty();
  }

  /// Counts what was used in the part of a rolling window in which it was.
  static void add(Transaction transaction, Budget budget, long amount, long now)
      throws SQLException {
    if (budget.window().kind() == Budget.Window.Kind.ROLLING) {
      long part = budget.window().partOf(now);
      SqlBudgets.addToBucket(transaction, budget, part, amount);
      if (part < budget.windowStart()) {
        // The clock went back.
        SqlBudgets.beginAt(transaction, budget, part);
      }
    }
  }
}
