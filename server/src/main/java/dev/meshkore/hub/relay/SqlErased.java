package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The SQL of what was erased. Numbers are given under the lock of one row, so that none becomes
/// visible after a higher one.
final class SqlErased {
  /// A message that was erased.
  ///
  /// @param number its place among all that were
  /// @param position the journal's row
  /// @param offset where in the row its content begins
  record One(long number, long position, int offset) {}

  private SqlErased() {}

  static void insert(Transaction transaction, long position, int offset) throws SQLException {
    long number =
        transaction.number(
            "UPDATE erased_count SET count = count + 1 WHERE one = 1 RETURNING count", 0);
    transaction.update(
        "INSERT INTO erased (number, position, place) VALUES (?, ?, ?)", number, position, offset);
  }

  static long count(Transaction reader) throws SQLException {
    return reader.number("SELECT count FROM erased_count WHERE one = 1", 0);
  }

  static List<One> after(Transaction reader, long number, int limit) throws SQLException {
    return reader.list(
        "SELECT number, position, place FROM erased WHERE number > ? ORDER BY number LIMIT ?",
        row -> new One(row.getLong(1), row.getLong(2), row.getInt(3)),
        number,
        limit);
  }
}
