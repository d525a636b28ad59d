package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Who has written to whom. That a pair exists is stored with its first message; how often is
/// counted in memory and stored every second, so the figures may trail by that after a crash.
/// Thread-safe.
final class Contacts {
  /// A direction between two agents.
  ///
  /// @param sender who wrote
  /// @param recipient to whom
  /// @param messages how often
  /// @param lastAtMs when last
  record Edge(long sender, long recipient, long messages, long lastAtMs) {}

  private record Pair(long sender, long recipient) {}

  private static final class Count {
    final AtomicLong messages = new AtomicLong();
    volatile long lastAtMs;
  }

  private final Database database;
  private final Map<Pair, Count> counts = new ConcurrentHashMap<>();
  private final AtomicLong total;

  Contacts(Database database) {
    this.database = database;
    this.total = new AtomicLong(database.read(SqlJournal::messageCount));
  }

  /// Stores the pair if it is new, within the transaction of its message.
  void note(Transaction transaction, long sender, long recipient, long atMs) throws SQLException {
    if (!counts.containsKey(new Pair(sender, recipient))) {
      transaction.update(
          "INSERT INTO contact (sender, recipient, messages, last_at) VALUES (?, ?, 0, ?)"
              + " ON CONFLICT DO NOTHING",
          sender,
          recipient,
          atMs);
    }
  }

  /// Counts a message after its commit.
  void count(long sender, long recipient, long atMs) {
    Count count = counts.computeIfAbsent(new Pair(sender, recipient), _ -> new Count());
    count.messages.incrementAndGet();
    count.lastAtMs = atMs;
    total.incrementAndGet();
  }

  /// Counts a channel's message after its commit; how many there are is stored with the channel.
  void countInChannel() {
    total.incrementAndGet();
  }

  /// Stores what was counted since the last time.
  void store() {
    var changed = new HashMap<Pair, Long>();
    counts.forEach((pair, count) -> {
      long messages = count.messages.get();
      if (messages > 0) {
        changed.put(pair, messages);
      }
    });
    if (changed.isEmpty()) {
      return;
    }
    database.write(transaction -> {
      for (Map.Entry<Pair, Long> change : changed.entrySet()) {
        transaction.update(
            "UPDATE contact SET messages = messages + ?, last_at = ?"
                + " WHERE sender = ? AND recipient = ?",
            change.getValue(),
            lastAtMs(change.getKey()),
            change.getKey().sender(),
            change.getKey().recipient());
      }
      return changed.size();
    });
    changed.forEach((pair, messages) ->
        counts.computeIfPresent(
            pair,
            (_, count) -> {
              count.messages.addAndGet(-messages);
              return count;
            }));
  }

  /// Messages accepted since the database was made.
  long total() {
    return total.get();
  }

  /// The edges of one agent, or of all where `agent` is 0; the most recent first.
  List<Edge> edges(long agent, int limit) {
    storeIfPossible();
    String all = "SELECT sender, recipient, messages, last_at FROM contact";
    return database.read(transaction ->
        agent == 0
            ? transaction.list(all + " ORDER BY last_at DESC LIMIT ?", Contacts::edge, limit)
            : transaction.list(
                all + " WHERE sender = ? OR recipient = ? ORDER BY last_at DESC LIMIT ?",
                Contacts::edge,
                agent,
                agent,
                limit));
  }

  /// Reading goes on where nothing can be written; the figures trail until it can.
  private void storeIfPossible() {
    try {
      store();
    } catch (StoreFailure.Full | StoreFailure.Busy _) {
      // They stay counted in memory and are stored with the next tick that can.
    }
  }

  private long lastAtMs(Pair pair) {
    Count count = counts.get(pair);
    return count == null ? 0 : count.lastAtMs;
  }

  private static Edge edge(java.sql.ResultSet row) throws SQLException {
    return new Edge(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
  }
}
