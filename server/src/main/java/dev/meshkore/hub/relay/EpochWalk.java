package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;

/// Goes through the epochs that have entries of a stream. The database is asked for a few epochs
/// first and for more each time, so that a quiet stream in a long journal costs few questions and a
/// busy one no long answer. For one transaction.
final class EpochWalk {
  /// What [#next] answers when there is no more.
  static final long END = -1;

  private static final int AT_ONCE_FIRST = 4;
  private static final int AT_ONCE_MOST = 1_024;

  private final Transaction transaction;
  private final long stream;
  private final boolean isUpwards;
  private final Deque<Long> found = new ArrayDeque<>();
  private long oldest;
  private long newest;
  private int atOnce = AT_ONCE_FIRST;

  private EpochWalk(
      Transaction transaction, long stream, boolean isUpwards, long oldest, long newest) {
    this.transaction = transaction;
    this.stream = stream;
    this.isUpwards = isUpwards;
    this.oldest = oldest;
    this.newest = newest;
  }

  /// From an epoch to the newest.
  static EpochWalk upwards(Transaction transaction, long stream, long from) throws SQLException {
    return new EpochWalk(transaction, stream, true, from, newest(transaction));
  }

  /// From the newest to the oldest.
  static EpochWalk downwards(Transaction transaction, long stream) throws SQLException {
    return new EpochWalk(transaction, stream, false, 0, newest(transaction));
  }

  private static long newest(Transaction transaction) throws SQLException {
    return SqlJournal.indexed(transaction).epoch() - 1;
  }

  /// The next epoch, or [#END].
  long next() throws SQLException {
    while (found.isEmpty() && oldest <= newest) {
      if (isUpwards) {
        long to = Math.min(newest, oldest + atOnce - 1);
        found.addAll(SqlJournal.epochsOf(transaction, stream, oldest, to));
        oldest = to + 1;
      } else {
        long from = Math.max(oldest, newest - atOnce + 1);
        found.addAll(SqlJournal.epochsOf(transaction, stream, from, newest));
        newest = from - 1;
      }
      atOnce = Math.min(AT_ONCE_MOST, 4 * atOnce);
    }
    if (found.isEmpty()) {
      return END;
    }
    return isUpwards ? found.removeFirst() : found.removeLast();
  }
}
