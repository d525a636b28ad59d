package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What budgets have, too simple to be wrong: what was used when, and what is held under which id.
final class BudgetModel {
  /// One budget.
  static final class One {
    final String scope;
    final String unit;
    final Budget.Window window;
    long cap;

    /// The highest cap that it ever had: more is never used and held.
    long highest;

    long reserved;

    /// Where the window of the calendar began that was the last to begin; a clock that goes back
    /// takes no window back.
    private long start;

    /// By where the part began, or the window.
    private final TreeMap<Long, Long> used = new TreeMap<>();

    /// When what was used.
    private final List<long[]> uses = new ArrayList<>();

    One(String scope, String unit, Budget.Window window, long cap, long now) {
      this.scope = scope;
      this.unit = unit;
      this.window = window;
      this.cap = cap;
      this.highest = cap;
      this.start = window.startOf(now);
    }

    private boolean isRolling() {
      return window.kind() == Budget.Window.Kind.ROLLING;
    }

    /// The first time whose uses count now.
    private long first(long now) {
      return isRolling()
          ? now - window.ms() - window.ms() / Budget.Window.PARTS + 1
          : Math.max(start, window.startOf(now));
    }

    long used(long now) {
      return used.tailMap(first(now)).values().stream().mapToLong(atoms -> atoms).sum();
    }

    boolean has(long amount, long now) {
      return used(now) + reserved + amount <= cap;
    }

    /// What has passed does not come in again.
    void pass(long now) {
      used.headMap(first(now)).clear();
      start = Math.max(start, window.startOf(now));
    }

    void use(long amount, long now) {
      pass(now);
      used.merge(isRolling() ? window.partOf(now) : start, amount, Long::sum);
      uses.add(new long[] {now, amount});
    }

    /// By a clock that went on steadily, no more than the cap was used in any window.
    void checkEveryWindow() {
      for (long[] last : uses) {
        long end = last[0];
        long begin =
            switch (window.kind()) {
              case LIFETIME -> Long.MIN_VALUE;
              case ROLLING -> end - window.ms();
              case FIXED, WEEK, MONTH -> window.startOf(end);
            };
        long sum = 0;
        for (long[] one : uses) {
          sum += one[0] >= begin && one[0] <= end ? one[1] : 0;
        }
        assertThat(sum).as("%s of %s in %s", unit, scope, window).isLessThanOrEqualTo(highest);
      }
    }
  }

  private static final class Held {
    final One budget;
    long amount;

    Held(One budget, long amount) {
      this.budget = budget;
      this.amount = amount;
    }
  }

  private record Reservation(List<Held> held, long until) {}

  final List<One> budgets = new ArrayList<>();
  private final Map<String, Reservation> reservations = new LinkedHashMap<>();

  List<String> reservations() {
    return List.copyOf(reservations.keySet());
  }

  List<One> of(String scope, String unit) {
    return budgets.stream()
        .filter(one -> one.scope.equals(scope) && one.unit.equals(unit))
        .toList();
  }

  void set(String scope, String unit, Budget.Window window, long cap, long now) {
    for (One one : of(scope, unit)) {
      if (one.window.equals(window)) {
        one.cap = cap;
        one.highest = Math.max(one.highest, cap);
        return;
      }
    }
    budgets.add(new One(scope, unit, window, cap, now));
  }

  void remove(One budget) {
    budgets.remove(budget);
    reservations.values().forEach(one -> one.held.removeIf(held -> held.budget == budget));
  }

  /// Whether all have room; those that are asked for and not there are made.
  private boolean take(List<Take> takes, long now, List<Held> taken) {
    var made = new ArrayList<One>();
    var sums = new LinkedHashMap<One, Long>();
    for (Take take : takes) {
      var there = new ArrayList<>(of(take.scope(), take.unit()));
      for (Map.Entry<Budget.Window, Long> cap : take.caps().entrySet()) {
        if (there.stream().noneMatch(one -> one.window.equals(cap.getKey()))) {
          var one = new One(take.scope(), take.unit(), cap.getKey(), cap.getValue(), now);
          budgets.add(one);
          made.add(one);
          there.add(one);
        }
      }
      there.forEach(one -> sums.merge(one, take.amount(), Long::sum));
    }
    if (sums.entrySet().stream().anyMatch(sum -> !sum.getKey().has(sum.getValue(), now))) {
      budgets.removeAll(made);
      return false;
    }
    sums.forEach((one, amount) -> {
      one.pass(now);
      taken.add(new Held(one, amount));
    });
    return true;
  }

  boolean spend(List<Take> takes, long now) {
    var taken = new ArrayList<Held>();
    if (!take(takes, now, taken)) {
      return false;
    }
    taken.forEach(one -> one.budget.use(one.amount, now));
    return true;
  }

  boolean reserve(List<Take> takes, String id, long until, long now) {
    Reservation before = reservations.get(id);
    if (before != null && before.until > now) {
      return true;
    }
    if (before != null) {
      before.held.forEach(one -> one.budget.reserved -= one.amount);
    }
    var taken = new ArrayList<Held>();
    if (!take(takes, now, taken)) {
      if (before != null) {
        before.held.forEach(one -> one.budget.reserved += one.amount);
      }
      return false;
    }
    taken.forEach(one -> one.budget.reserved += one.amount);
    reservations.put(id, new Reservation(taken, until));
    return true;
  }

  /// Ends what an id holds: at most so much of each is used, unless its time has passed.
  boolean end(String id, long most, long now) {
    Reservation ended = reservations.remove(id);
    if (ended == null) {
      return false;
    }
    boolean counts = most > 0 && ended.until > now;
    for (Held one : ended.held) {
      one.budget.reserved -= one.amount;
      long used = counts ? Math.min(one.amount, most) : 0;
      if (used > 0) {
        one.budget.use(used, now);
      }
    }
    return counts || most == 0;
  }

  boolean part(String id, long amount, long now) {
    Reservation of = reservations.get(id);
    if (of == null || of.until <= now) {
      return false;
    }
    for (Held one : of.held) {
      long used = Math.min(one.amount, amount);
      if (used > 0) {
        one.amount -= used;
        one.budget.reserved -= used;
        one.budget.use(used, now);
      }
    }
    return true;
  }

  void expire(long now) {
    for (String id : reservations()) {
      if (reservations.getOrDefault(id, new Reservation(List.of(), 0)).until <= now) {
        end(id, 0, now);
      }
    }
  }
}
