package dev.meshkore.hub.relay;

import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The inboxes that anybody has touched since the start. On SQLite memory has the newest counter,
/// and the table follows with the index. Thread-safe.
final class Inboxes {
  private final Database database;
  private final LongSupplier epoch;
  private final ConcurrentHashMap<Long, Inbox> byAgent = new ConcurrentHashMap<>();

  /// `epoch` answers one before which nothing is that an inbox has not been told of.
  Inboxes(Database database, LongSupplier epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  /// The inbox of an agent; reads the database the first time.
  Inbox of(long agent) {
    Inbox known = byAgent.get(agent);
    if (known != null) {
      return known;
    }
    return database.read(transaction -> of(transaction, agent));
  }

  /// The same, from within a transaction.
  Inbox of(Transaction transaction, long agent) throws SQLException {
    Inbox known = byAgent.get(agent);
    if (known != null) {
      return known;
    }
    // The epoch is asked for before the table is: what the table does not know of comes later.
    long now = epoch.getAsLong();
    SqlInboxes.Row row =
        SqlInboxes.find(transaction, agent).orElseGet(() -> SqlInboxes.Row.empty(now));
    return byAgent.computeIfAbsent(agent, _ -> new Inbox(agent, row));
  }

  /// Refuses a sequence that an inbox has not come to. Other hubs on the same database let it grow
  /// too, so the table is asked before the answer is no; that may read the database.
  ///
  /// @throws Refused under the field's name
  void requireReached(Inbox inbox, String field, long sequence) {
    if (sequence > inbox.head()) {
      database
          .read(transaction -> SqlInboxes.find(transaction, inbox.agent()))
          .ifPresent(row -> inbox.holds(row.head()));
    }
    if (sequence > inbox.head()) {
      throw Refused.field(field, "The inbox ends at " + inbox.head());
    }
  }

  /// The inbox, if it is in memory.
  @Nullable Inbox known(long agent) {
    return byAgent.get(agent);
  }
}
