package dev.meshkore.hub.guard;

import static java.util.stream.Collectors.toSet;

import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Limits of what may be used, over any number of scopes at once. What is wanted is reserved before
/// it is done, and committed or released after; a reservation that is neither is released when its
/// time has passed. Everything happens within the caller's transaction, under locks that are taken
/// in one order, so that no budget is ever over its cap, whoever else uses it and whenever the hub
/// is stopped. Time is the hub's clock. Thread-safe.
public final class Budgets {
  private static final Comparator<Take> IN_ORDER =
      Comparator.comparing(Take::scope).thenComparing(Take::unit);

  private final InstantSource clock;

  /// Budgets by this clock.
  public Budgets(InstantSource clock) {
    this.clock = clock;
  }

  /// Sets the cap of one budget, or makes it. What is used and reserved stays as it is, so that a
  /// lower cap may be used up at once.
  public void set(
      Transaction transaction, String scope, String unit, Budget.Window window, long cap)
      throws SQLException {
    if (cap < 0) {
      throw new IllegalArgumentException("A cap is not negative");
    }
    SqlBudgets.set(transaction, scope, unit, window, cap, window.startOf(clock.millis()));
  }

  /// Makes budgets of a scope where there are none; what there is stays as it is.
  ///
  /// @param caps of each window
  public void ensure(
      Transaction transaction, String scope, String unit, Map<Budget.Window, Long> caps)
      throws SQLException {
    Set<Long> there = SqlBudgets.windows(transaction, scope, unit);
    for (Map.Entry<Budget.Window, Long> one : caps.entrySet()) {
      Budget.Window window = one.getKey();
      if (!there.contains(window.ms())) {
        long start = window.startOf(clock.millis());
        SqlBudgets.ensure(transaction, scope, unit, window, one.getValue(), start);
      }
    }
  }

  /// Takes one budget away; what it holds is forgotten.
  public boolean remove(Transaction transaction, String scope, String unit, long windowMs)
      throws SQLException {
    return SqlBudgets.remove(transaction, scope, unit, windowMs);
  }

  /// The budgets of a scope as they are now.
  public List<Budget> of(Transaction transaction, String scope) throws SQLException {
    long now = clock.millis();
    var current = new ArrayList<Budget>();
    for (Budget budget : SqlBudgets.ofScope(transaction, scope)) {
      current.add(Windows.asOf(transaction, budget, now));
    }
    return current;
  }

  /// The budgets of all scopes that begin so, as they are now, those with the least left first.
  public List<Budget> under(Transaction transaction, String beginning, int most)
      throws SQLException {
    long now = clock.millis();
    var current = new ArrayList<Budget>();
    for (Budget budget : SqlBudgets.under(transaction, beginning, most)) {
      current.add(Windows.asOf(transaction, budget, now));
    }
    return current;
  }

  /// When time alone frees something of what is used; empty where nothing is, or it does not.
  public OptionalLong freesAt(Transaction transaction, Budget budget) throws SQLException {
    return budget.used() <= 0
        ? OptionalLong.empty()
        : Windows.resetsAt(
            transaction, budget, Math.min(budget.cap(), budget.remaining() + 1), clock.millis());
  }

  /// Holds what is wanted of every budget of these scopes and units, or of none. A scope without a
  /// budget of the unit has no limit of it. The same id again changes nothing, if it still holds.
  ///
  /// @throws Refused when any budget has too little left; it says which, how much, and until when
  public void reserve(
      Transaction transaction, List<Take> takes, String reservationId, Instant expiresAt)
      throws SQLException {
    long now = clock.millis();
    OptionalLong heldUntil = SqlBudgets.heldUntil(transaction, reservationId);
    if (heldUntil.isPresent()) {
      if (heldUntil.getAsLong() > now) {
        return;
      }
      end(transaction, reservationId, 0);
    }
    long until = expiresAt.toEpochMilli();
    SqlBudgets.insertReservation(transaction, reservationId, until);
    for (Room.Taken one : lockedWithRoom(transaction, takes, now)) {
      SqlBudgets.reserve(transaction, one.budget(), one.amount());
      SqlBudgets.insertHeld(transaction, reservationId, one.budget(), one.amount(), until);
    }
  }

  /// Uses what was reserved. False where nothing is held under the id any more: it was committed or
  /// released before, or its time had passed; then nothing is used.
  public boolean commit(Transaction transaction, String reservationId) throws SQLException {
    return end(transaction, reservationId, Long.MAX_VALUE);
  }

  /// Uses a part of what was reserved, of every budget at most so much, and gives back the rest.
  public boolean commit(Transaction transaction, String reservationId, long most)
      throws SQLException {
    return end(transaction, reservationId, most);
  }

  /// Uses so much of what was reserved, of every budget, and keeps the rest reserved. False where
  /// nothing is held under the id any more.
  public boolean commitPart(Transaction transaction, String reservationId, long amount)
      throws SQLException {
    long now = clock.millis();
    boolean isHeld = false;
    for (SqlBudgets.Held held : SqlBudgets.take(transaction, reservationId)) {
      boolean counts = held.expiresAtMs() > now;
      isHeld |= counts;
      long used = counts ? Math.min(held.amount(), amount) : 0;
      for (Budget stored : SqlBudgets.locked(transaction, held.scope(), held.unit())) {
        if (used > 0 && stored.window().ms() == held.windowMs()) {
          use(transaction, Windows.rolled(transaction, stored, now), used, now);
        }
      }
      SqlBudgets.insert(
          transaction,
          reservationId,
          new SqlBudgets.Held(
              held.scope(),
              held.unit(),
              held.windowMs(),
              held.amount() - used,
              held.expiresAtMs()));
    }
    return isHeld;
  }

  /// Gives back what was reserved. False where nothing is held under the id any more.
  public boolean release(Transaction transaction, String reservationId) throws SQLException {
    return end(transaction, reservationId, 0);
  }

  /// Uses at once what is wanted, of every budget or of none: for what is done in the same
  /// transaction.
  ///
  /// @throws Refused when any budget has too little left
  public void spend(Transaction transaction, List<Take> takes) throws SQLException {
    use(transaction, room(transaction, takes));
  }

  /// Sees that every budget has room for what is wanted, and locks them, so that it can be used
  /// until the transaction ends, before anything else is taken of them.
  ///
  /// @throws Refused when any budget has too little left
  public Room room(Transaction transaction, List<Take> takes) throws SQLException {
    long now = clock.millis();
    return new Room(summed(takes), lockedWithRoom(transaction, takes, now), now);
  }

  /// Uses what there was room for.
  public void use(Transaction transaction, Room room) throws SQLException {
    for (Take take : room.takes()) {
      long count = room.taken().stream().filter(one -> one.isOf(take)).count();
      if (count > 0) {
        SqlBudgets.spend(transaction, take, count);
      }
    }
    for (Room.Taken one : room.taken()) {
      Windows.add(transaction, one.budget(), one.amount(), room.now());
    }
  }

  /// Whether there is a reservation whose time has passed.
  boolean hasExpired(Transaction reader) throws SQLException {
    return SqlBudgets.expired(reader, clock.millis()).isPresent();
  }

  /// Releases one reservation whose time has passed; false where there is none. One for each
  /// transaction, so that locks are taken in order.
  public boolean releaseExpired(Transaction transaction) throws SQLException {
    Optional<String> expired = SqlBudgets.expired(transaction, clock.millis());
    if (expired.isPresent()) {
      end(transaction, expired.get(), 0);
    }
    return expired.isPresent();
  }

  /// A budget that has too little left, until a time, or for ever.
  private record Lack(Budget budget, long amount, long untilMs) {}

  /// Locks every budget that is wanted, in one order, and sees that all have room before any is
  /// changed. Where several have too little, the one is named that time frees last, if ever.
  private List<Room.Taken> lockedWithRoom(Transaction transaction, List<Take> takes, long now)
      throws SQLException {
    var taken = new ArrayList<Room.Taken>();
    Lack worst = null;
    for (Take take : summed(takes)) {
      for (Budget stored : locked(transaction, take)) {
        Budget budget = Windows.rolled(transaction, stored, now);
        if (!budget.has(take.amount())) {
          OptionalLong resetsAt = Windows.resetsAt(transaction, budget, take.amount(), now);
          var lack = new Lack(budget, take.amount(), resetsAt.orElse(Long.MAX_VALUE));
          worst = worst == null || lack.untilMs() > worst.untilMs() ? lack : worst;
        }
        taken.add(new Room.Taken(budget, take.amount()));
      }
    }
    if (worst != null) {
      throw exhausted(worst, now);
    }
    return taken;
  }

  private List<Budget> locked(Transaction transaction, Take take) throws SQLException {
    List<Budget> stored = SqlBudgets.locked(transaction, take.scope(), take.unit());
    var there = stored.stream().map(one -> one.window().ms()).collect(toSet());
    if (take.caps().keySet().stream().allMatch(window -> there.contains(window.ms()))) {
      return stored;
    }
    ensure(transaction, take.scope(), take.unit(), take.caps());
    return SqlBudgets.locked(transaction, take.scope(), take.unit());
  }

  /// One take for each scope and unit, in the order of locks.
  private static List<Take> summed(List<Take> takes) {
    var sums = new TreeMap<Take, Long>(IN_ORDER);
    for (Take take : takes) {
      sums.merge(take, take.amount(), Math::addExact);
    }
    return sums.entrySet().stream().map(sum -> sum.getKey().of(sum.getValue())).toList();
  }

  private boolean end(Transaction transaction, String reservationId, long mostUsed)
      throws SQLException {
    long now = clock.millis();
    boolean isUsed = mostUsed > 0;
    boolean isHeld = false;
    for (SqlBudgets.Held held : SqlBudgets.take(transaction, reservationId)) {
      boolean counts = isUsed && held.expiresAtMs() > now;
      isHeld |= counts || !isUsed;
      for (Budget stored : SqlBudgets.locked(transaction, held.scope(), held.unit())) {
        if (stored.window().ms() != held.windowMs()) {
          continue;
        }
        long used = counts ? Math.min(held.amount(), mostUsed) : 0;
        if (used > 0) {
          use(transaction, Windows.rolled(transaction, stored, now), used, now);
        }
        if (used < held.amount()) {
          SqlBudgets.unreserve(transaction, stored, held.amount() - used);
        }
      }
    }
    return isHeld;
  }

  /// Turns what is reserved into what is used; both count against the cap, so there is room.
  private static void use(Transaction transaction, Budget budget, long amount, long now)
      throws SQLException {
    SqlBudgets.use(transaction, budget, amount);
    Windows.add(transaction, budget, amount, now);
  }

  private static Refused exhausted(Lack lack, long now) {
    Budget budget = lack.budget();
    var members = new LinkedHashMap<String, Object>();
    members.put("scope", budget.scope());
    members.put("unit", budget.unit());
    members.put("limit", budget.cap());
    members.put("remaining", budget.remaining());
    if (lack.untilMs() < Long.MAX_VALUE) {
      members.put("resets_at", Rfc3339.text(lack.untilMs()));
      members.put("retry_after", Math.max(1, Math.ceilDiv(lack.untilMs() - now, 1_000)));
    }
    return new Refused(
        ProblemType.BUDGET_EXHAUSTED,
        "The budget of "
            + budget.scope()
            + " has "
            + budget.remaining()
            + " of "
            + budget.cap()
            + " "
            + budget.unit()
            + " left; "
            + lack.amount()
            + " were wanted",
        members);
  }
}
