package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

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

  private record Count(long messages, long lastAtMs) {
    Count plus(Count more) {
      return new Count(messages + more.messages, Math.max(lastAtMs, more.lastAtMs));
    }
  }

  private static final int KNOWN_MAX = 100_000;
  private static final Comparator<Pair> IN_ORDER =
      Comparator.comparingLong(Pair::sender).thenComparingLong(Pair::recipient);

  private final Database database;
  private final ReentrantLock storing = new ReentrantLock();
  private final Map<Pair, Count> counts = new ConcurrentHashMap<>();
  private final Set<Pair> known = ConcurrentHashMap.newKeySet();
  private final AtomicLong total;

  Contacts(Database database) {
    this.database = database;
    this.total = new AtomicLong(database.read(SqlJournal::messageCount));
  }

  /// Stores the pair if it is new, within the transaction of its message. The hub's own notices are
  /// no contact.
  void note(Transaction transaction, long sender, long recipient, long atMs) throws SQLException {
    if (sender != Agents.HUB && !known.contains(new Pair(sender, recipient))) {
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
    var pair = new Pair(sender, recipient);
    counts.merge(pair, new Count(1, atMs), Count::plus);
    if (known.size() >= KNOWN_MAX) {
      known.clear();
    }
    known.add(pair);
    total.incrementAndGet();
  }

  /// Counts a channel's message after its commit; how many there are is stored with the channel.
  void countInChannel() {
    total.incrementAndGet();
  }

  /// Stores what was counted since the last time. One thread at a time; counting goes on meanwhile.
  void store() {
    storing.lock();
    try {
      var changed = new TreeMap<Pair, Count>(IN_ORDER);
      for (Pair pair : List.copyOf(counts.keySet())) {
        Count count = counts.remove(pair);
        if (count != null) {
          changed.put(pair, count);
        }
      }
      if (!changed.isEmpty()) {
        store(changed);
      }
    } finally {
      storing.unlock();
    }
  }

  private void store(Map<Pair, Count> changed) {
    try {
      database.write(transaction -> {
        for (Map.Entry<Pair, Count> change : changed.entrySet()) {
          transaction.update(
              "UPDATE contact SET messages = messages + ?, last_at = ?"
                  + " WHERE sender = ? AND recipient = ?",
              change.getValue().messages(),
              change.getValue().lastAtMs(),
              change.getKey().sender(),
              change.getKey().recipient());
        }
        return changed.size();
      });
    } catch (RuntimeException failure) {
      changed.forEach((pair, count) -> counts.merge(pair, count, Count::plus));
      throw failure;
    }
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

  private static Edge edge(java.sql.ResultSet row) throws SQLException {
    return new Edge(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
  }
}
