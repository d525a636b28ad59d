package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// All SQL of the journal and its index.
final class SqlJournal {
  /// Where the index has come to.
  ///
  /// @param position the last journal row that is indexed
  /// @param epoch the epoch of the next entries; what is there already is of a run that a crash cut
  record Indexed(long position, long epoch) {}

  /// A row of the journal.
  ///
  /// @param position its place
  /// @param body its records
  record Row(long position, byte[] body) {}

  private SqlJournal() {}

  static long append(Transaction transaction, byte[] body) throws SQLException {
    return transaction.number(
        "INSERT INTO journal (body) VALUES (?) RETURNING position", 0, (Object) body);
  }

  static List<Row> rowsAfter(Transaction transaction, long position, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT position, body FROM journal WHERE position > ? ORDER BY position LIMIT ?",
        row -> new Row(row.getLong(1), row.getBytes(2)),
        position,
        limit);
  }

  static byte[] body(Transaction transaction, long position) throws SQLException {
    return transaction
        .first("SELECT body FROM journal WHERE position = ?", row -> row.getBytes(1), position)
        .orElseThrow(() -> new IllegalStateException("The journal has no row " + position));
  }

  static Optional<byte[]> rowIfThere(Transaction transaction, long position) throws SQLException {
    return transaction.first(
        "SELECT body FROM journal WHERE position = ?", row -> row.getBytes(1), position);
  }

  static long newest(Transaction transaction) throws SQLException {
    return transaction.number("SELECT MAX(position) FROM journal", 0);
  }

  /// A row with the transaction that wrote it; 0 on SQLite.
  record Settled(long xact, long position, byte[] body) {}

  /// Rows in an order in which none comes in between later, up to so many and so many bytes, one at
  /// least. On PostgreSQL several write at once; see `audit/SqlAudit.java`.
  static List<Settled> settledAfter(
      Transaction reader, long xact, long position, int rows, long bytes) throws SQLException {
    String from =
        reader
            .dialect()
            .choose(
                "SELECT 0, position, %s FROM journal WHERE ? = 0 AND position > ?"
                    + " ORDER BY position LIMIT ?",
                "SELECT xact, position, %s FROM journal WHERE (xact, position) > (?, ?) AND"
                    + Transaction.SETTLED
                    + " ORDER BY xact, position LIMIT ?");
    List<Long> lengths =
        reader.list(from.formatted("length(body)"), row -> row.getLong(3), xact, position, rows);
    int count = 0;
    long sum = 0;
    while (count < lengths.size() && (count == 0 || sum + lengths.get(count) <= bytes)) {
      sum += lengths.get(count);
      count++;
    }
    return count == 0
        ? List.of()
        : reader.list(
            from.formatted("body"),
            row -> new Settled(row.getLong(1), row.getLong(2), row.getBytes(3)),
            xact,
            position,
            count);
  }

  /// Whether any row is stored after a mark, also where others may still come in before it.
  static boolean hasAfter(Transaction reader, long xact, long position) throws SQLException {
    String any =
        reader
            .dialect()
            .choose(
                "SELECT position FROM journal WHERE ? = 0 AND position > ? LIMIT 1",
                "SELECT position FROM journal WHERE (xact, position) > (?, ?) LIMIT 1");
    return reader.first(any, row -> row.getLong(1), xact, position).isPresent();
  }

  /// A row, to put another in its place: no other hub on the database does so meanwhile.
  static byte[] bodyToChange(Transaction transaction, long position) throws SQLException {
    String lock = transaction.dialect().choose("", " FOR UPDATE");
    return transaction
        .first(
            "SELECT body FROM journal WHERE position = ?" + lock, row -> row.getBytes(1), position)
        .orElseThrow(() -> new IllegalStateException("The journal has no row " + position));
  }

  /// Puts a row of the same length in the place of one.
  static void replace(Transaction transaction, long position, byte[] body) throws SQLException {
    transaction.update("UPDATE journal SET body = ? WHERE position = ?", body, position);
  }

  /// A part of a row, counted from 0.
  static byte[] part(Transaction transaction, long position, int offset, int length)
      throws SQLException {
    return transaction
        .first(
            "SELECT substr(body, ?, ?) FROM journal WHERE position = ?",
            row -> row.getBytes(1),
            offset + 1,
            length,
            position)
        .orElseThrow(() -> new IllegalStateException("The journal has no row " + position));
  }

  static void insertEntry(
      Transaction transaction, long epoch, long stream, long last, byte[] slices)
      throws SQLException {
    transaction.update(
        "INSERT INTO entry (epoch, stream, last, slices) VALUES (?, ?, ?, ?)",
        epoch,
        stream,
        last,
        slices);
  }

  /// Drops the entries from an epoch on.
  static void dropEntriesFrom(Transaction transaction, long epoch) throws SQLException {
    transaction.update("DELETE FROM entry WHERE epoch >= ?", epoch);
  }

  /// The epochs between two, both included, that have entries of a stream, oldest first.
  static List<Long> epochsOf(Transaction transaction, long stream, long oldest, long newest)
      throws SQLException {
    return transaction.list(
        "WITH RECURSIVE walk (epoch) AS (SELECT CAST(? AS BIGINT) UNION ALL"
            + " SELECT epoch + 1 FROM walk WHERE epoch < ?)"
            + " SELECT epoch FROM walk WHERE EXISTS (SELECT 1 FROM entry"
            + " WHERE entry.epoch = walk.epoch AND entry.stream = ?) ORDER BY epoch",
        row -> row.getLong(1),
        oldest,
        newest,
        stream);
  }

  /// The entries of an epoch whose last message lies after `after`, oldest first.
  static List<byte[]> entriesAfter(
      Transaction transaction, long epoch, long stream, long after, int limit) throws SQLException {
    return transaction.list(
        "SELECT slices FROM entry WHERE epoch = ? AND stream = ? AND last > ?"
            + " ORDER BY last LIMIT ?",
        row -> row.getBytes(1),
        epoch,
        stream,
        after,
        limit);
  }

  /// The entries of an epoch whose last message lies before `before`, newest first.
  static List<byte[]> entriesBefore(
      Transaction transaction, long epoch, long stream, long before, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT slices FROM entry WHERE epoch = ? AND stream = ? AND last < ?"
            + " ORDER BY last DESC LIMIT ?",
        row -> row.getBytes(1),
        epoch,
        stream,
        before,
        limit);
  }

  static Indexed indexed(Transaction transaction) throws SQLException {
    return transaction
        .first(
            "SELECT position, epoch FROM indexed WHERE one = 1",
            row -> new Indexed(row.getLong(1), row.getLong(2)))
        .orElseThrow();
  }

  static void setIndexed(Transaction transaction, Indexed indexed) throws SQLException {
    transaction.update(
        "UPDATE indexed SET position = ?, epoch = ? WHERE one = 1",
        indexed.position(),
        indexed.epoch());
  }

  static long messageCount(Transaction transaction) throws SQLException {
    return transaction.number("SELECT SUM(messages) FROM contact", 0)
        + transaction.number("SELECT SUM(messages) FROM channel", 0);
  }
}
