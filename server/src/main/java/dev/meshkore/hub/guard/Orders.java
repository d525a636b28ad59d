package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What people ordered and every storing transaction goes by: kept in memory, and as new as the
/// transaction itself. No transaction that commits after an order's commit was checked without it:
/// on one database file all changes are made by this process, one after the other; on a shared one
/// an order takes a lock that every storing transaction holds until its commit. Thread-safe.
final class Orders {
  /// What was stopped.
  ///
  /// @param scope `hub`, `agent:` and an id, or `owner:` and an id
  /// @param agent the agent's number, 0 for the hub, or below 0 for an owner
  record Stop(String scope, long agent, String reason, String by, long atMs) {
    /// In place of an agent's number, where all agents of an owner are stopped.
    static final long OF_OWNER = -1;
  }

  /// What holds now.
  ///
  /// @param hub the stop of all
  /// @param stops by agent
  /// @param owners stops of all agents of an owner, by the owner's scope
  /// @param holds kinds of action that wait for a person, by agent
  /// @param budgetScopes scopes that have budgets of messages
  /// @param hasOwnerBudgets whether some of them are owners'
  record Now(
      @Nullable Stop hub,
      Map<Long, Stop> stops,
      Map<String, Stop> owners,
      Map<Long, Set<String>> holds,
      Set<String> budgetScopes,
      boolean hasOwnerBudgets) {
    /// What stops an agent by itself or with all; an owner's stop may stop it besides.
    @Nullable Stop stopOf(long agent) {
      return hub == null ? stops.get(agent) : hub;
    }
  }

  private record Loaded(long version, Now now) {}

  private static final String SHARE = "SELECT pg_advisory_xact_lock_shared(7302)";
  private static final String EXCLUDE = "SELECT pg_advisory_xact_lock(7302)";

  private final Database database;
  private final AtomicLong version = new AtomicLong();
  private volatile Loaded loaded =
      new Loaded(-1, new Now(null, Map.of(), Map.of(), Map.of(), Set.of(), false));

  Orders(Database database) {
    this.database = database;
    refresh();
  }

  /// What holds. On a writer's thread after [#begin], all that was ordered before; elsewhere, on a
  /// shared database, up to a second old.
  Now now() {
    return loaded.now();
  }

  /// Sees to it that [#now] is as new as this transaction.
  void begin(Transaction transaction) throws SQLException {
    boolean isShared = transaction.dialect().isShared();
    if (isShared) {
      transaction.first(SHARE, _ -> true);
    }
    long current = isShared ? epoch(transaction) : version.get();
    if (loaded.version() != current) {
      keep(new Loaded(current, read(transaction)));
    }
  }

  /// Changes what holds, and returns after that is durable and seen.
  <T> T change(Database.Work<T> work) {
    return change(work, _ -> true);
  }

  /// The same for work that answers whether it changed anything; where it did not, nobody has to
  /// read again what holds.
  boolean changeIfAny(Database.Work<Boolean> work) {
    return change(work, isChange -> isChange);
  }

  private <T> T change(Database.Work<T> work, Predicate<T> isChange) {
    boolean mayHaveChanged = true;
    try {
      T value =
          database.write(transaction -> {
            if (transaction.dialect().isShared()) {
              transaction.first(EXCLUDE, _ -> true);
            }
            T done = work.run(transaction);
            if (isChange.test(done)) {
              transaction.update("UPDATE guard_epoch SET epoch = epoch + 1 WHERE one = 1");
              version.incrementAndGet();
            }
            return done;
          });
      mayHaveChanged = isChange.test(value);
      return value;
    } finally {
      if (mayHaveChanged) {
        version.incrementAndGet();
        forget();
        refresh();
      }
    }
  }

  /// Reads what other hubs changed. Through a writer, so that nothing is seen before its commit.
  void refresh() {
    database.write(transaction -> {
      begin(transaction);
      return true;
    });
  }

  /// What was read never replaces what is newer.
  private synchronized void keep(Loaded fresh) {
    if (fresh.version() > loaded.version()) {
      loaded = fresh;
    }
  }

  /// What was read within a transaction that was undone afterwards must be read again.
  private synchronized void forget() {
    loaded = new Loaded(-1, loaded.now());
  }

  private static long epoch(Transaction reader) throws SQLException {
    return reader.number("SELECT epoch FROM guard_epoch WHERE one = 1", 0);
  }

  private static Now read(Transaction reader) throws SQLException {
    Stop hub = null;
    var stops = new HashMap<Long, Stop>();
    var owners = new HashMap<String, Stop>();
    for (Stop stop : SqlOrders.stops(reader)) {
      if (stop.agent() == 0) {
        hub = stop;
      } else if (stop.agent() < 0) {
        owners.put(stop.scope(), stop);
      } else {
        stops.put(stop.agent(), stop);
      }
    }
    Set<String> budgets = Set.copyOf(SqlBudgets.scopes(reader, Limits.UNIT));
    return new Now(
        hub,
        Map.copyOf(stops),
        Map.copyOf(owners),
        SqlOrders.holds(reader),
        budgets,
        budgets.stream().anyMatch(scope -> scope.startsWith(Scopes.OWNER)));
  }
}
