package dev.meshkore.hub.a2a;

import com.carrotsearch.hppc.LongLongHashMap;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// Knows a first message that is sent again, and the task that it began. On PostgreSQL an index
/// knows all of them. On SQLite such an index, sorted by hashes, costs a page for each task of a
/// commit; there the newest tasks are known, [#KEPT] at least, from memory. Thread-safe; tasks
/// begin on the writer's thread.
final class FirstMessages {
  /// How many of the newest tasks are known at least, and half of what is known at most.
  static final int KEPT = 1 << 17;

  private static final long HASH_FACTOR = 0x9e3779b97f4a7c15L;

  private final Database database;
  private final boolean isByIndex;
  private final int kept;

  private final Object lock = new Object();
  private LongLongHashMap newer = new LongLongHashMap();
  private LongLongHashMap older = new LongLongHashMap();
  private long newest;

  /// Knows what the database has, as far as it is kept.
  FirstMessages(Database database, int kept) {
    this.database = database;
    this.isByIndex = database.dialect().isShared();
    this.kept = kept;
    if (!isByIndex) {
      List<SqlTasks.First> firsts = database.read(reader -> SqlTasks.newest(reader, kept));
      firsts.reversed().forEach(first -> know(first.number(), first.first()));
    }
  }

  /// Adds the task that a first message begins.
  ///
  /// @return what to do after the commit; empty where the message began a task before
  Optional<Runnable> begin(Transaction transaction, Task task, byte[] body, String first)
      throws SQLException {
    if (isByIndex) {
      boolean isNew = SqlTasks.insertOnce(transaction, task, body, first);
      return isNew ? Optional.of(() -> {}) : Optional.empty();
    }
    long known = numberOf(first);
    boolean isKnown = known != 0 && SqlTasks.isBegunBy(transaction, known, first);
    if (isKnown || SqlTasks.isBegunAfter(transaction, newest(), first)) {
      return Optional.empty();
    }
    long number = SqlTasks.insert(transaction, task, body, first);
    return Optional.of(() -> know(number, first));
  }

  /// The task that a first message began.
  Optional<Task> taskOf(String first) {
    long known = isByIndex ? 0 : numberOf(first);
    return database.read(reader ->
        isByIndex ? SqlTasks.begunBy(reader, first) : SqlTasks.begunBy(reader, known, first));
  }

  private long newest() {
    synchronized (lock) {
      return newest;
    }
  }

  /// The task's number, or 0.
  private long numberOf(String first) {
    long hash = hash(first);
    synchronized (lock) {
      return newer.getOrDefault(hash, older.getOrDefault(hash, 0));
    }
  }

  private void know(long number, String first) {
    synchronized (lock) {
      if (newer.size() >= kept) {
        older = newer;
        newer = new LongLongHashMap();
      }
      newer.put(hash(first), number);
      newest = Math.max(newest, number);
    }
  }

  /// What is found by it is compared whole.
  private static long hash(String first) {
    long hash = 0;
    for (int i = 0; i < first.length(); i++) {
      hash = hash * HASH_FACTOR + first.charAt(i);
    }
    return hash;
  }
}
