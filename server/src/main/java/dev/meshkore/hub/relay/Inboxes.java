package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The inboxes that anybody has touched since the start. On SQLite memory has the newest counter,
/// and the table follows with the index. Thread-safe.
final class Inboxes {
  private final Database database;
  private final ConcurrentHashMap<Long, Inbox> byAgent = new ConcurrentHashMap<>();

  Inboxes(Database database) {
    this.database = database;
  }

  /// The inbox of an agent; reads the database the first time.
  Inbox of(long agent) {
    Inbox known = byAgent.get(agent);
    if (known != null) {
      return known;
    }
    SqlInboxes.Row row =
        database.read(
            transaction -> SqlInboxes.find(transaction, agent).orElse(SqlInboxes.Row.EMPTY));
    return byAgent.computeIfAbsent(agent, _ -> new Inbox(agent, row));
  }

  /// The same, from within a transaction.
  Inbox of(Transaction transaction, long agent) throws SQLException {
    Inbox known = byAgent.get(agent);
    if (known != null) {
      return known;
    }
    SqlInboxes.Row row = SqlInboxes.find(transaction, agent).orElse(SqlInboxes.Row.EMPTY);
    return byAgent.computeIfAbsent(agent, _ -> new Inbox(agent, row));
  }

  /// The inbox, if it is in memory.
  @Nullable Inbox known(long agent) {
    return byAgent.get(agent);
  }
}
