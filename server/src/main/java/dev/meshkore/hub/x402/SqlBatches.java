package dev.meshkore.hub.x402;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// The rows of batches, and which payments they hold.
final class SqlBatches {
  /// So many rows are changed at once; one statement is prepared for all of them.
  private static final int ROWS = 64;

  private static final String ROW_MARKS = String.join(", ", Collections.nCopies(ROWS, "?"));
  private static final String SELECT =
      "SELECT number, statement, nets, nodes, act, closed_at FROM x402_batch";

  private SqlBatches() {}

  /// A batch without its leaves.
  record Said(long number, String statement) {}

  static Optional<Batch> last(Transaction reader) throws SQLException {
    return reader.first(SELECT + " ORDER BY number DESC LIMIT 1", SqlBatches::batch);
  }

  static Optional<Batch> find(Transaction reader, long number) throws SQLException {
    return reader.first(SELECT + " WHERE number = ?", SqlBatches::batch, number);
  }

  /// When a batch was closed, and by which act.
  record Closed(long act, long atMs) {}

  static Closed closed(Transaction reader, long number) throws SQLException {
    return reader
        .first(
            "SELECT act, closed_at FROM x402_batch WHERE number = ?",
            row -> new Closed(row.getLong(1), row.getLong(2)),
            number)
        .orElseThrow();
  }

  /// What was said of the newest below a number.
  static List<Said> page(Transaction reader, long below, int limit) throws SQLException {
    return reader.list(
        "SELECT number, statement FROM x402_batch WHERE number < ? ORDER BY number DESC LIMIT ?",
        row -> new Said(row.getLong(1), row.getString(2)),
        below,
        limit);
  }

  static long lastClosedAt(Transaction reader) throws SQLException {
    return reader.number(
        "SELECT closed_at FROM x402_batch ORDER BY number DESC LIMIT 1", Long.MIN_VALUE);
  }

  /// How many payments wait for a batch; those beyond `most` are not counted.
  static long waiting(Transaction reader, int most) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM (SELECT 1 FROM x402_payment WHERE batch IS NULL LIMIT ?) AS counted",
        0,
        most);
  }

  /// Stores a batch; false where another hub has closed one of this number.
  static boolean insert(
      Transaction transaction,
      long number,
      String statement,
      String nets,
      byte[] nodes,
      long closedAtMs)
      throws SQLException {
    int count =
        transaction.update(
            """
            INSERT INTO x402_batch (number, statement, nets, nodes, act, closed_at)
            VALUES (?, ?, ?, ?, 0, ?) ON CONFLICT DO NOTHING
            """,
            number,
            statement,
            nets,
            nodes,
            closedAtMs);
    return count == 1;
  }

  static void setAct(Transaction transaction, long number, long act) throws SQLException {
    transaction.update("UPDATE x402_batch SET act = ? WHERE number = ?", act, number);
  }

  /// Puts payments that no batch has into one, and tells how many were.
  static int put(Transaction transaction, long batch, List<Long> transfers) throws SQLException {
    int count = 0;
    for (int from = 0; from < transfers.size(); from += ROWS) {
      var arguments = new ArrayList<Object>();
      arguments.add(batch);
      arguments.addAll(transfers.subList(from, Math.min(from + ROWS, transfers.size())));
      while (arguments.size() <= ROWS) {
        // No transfer has this number.
        arguments.add(0L);
      }
      count +=
          transaction.update(
              "UPDATE x402_payment SET batch = ? WHERE batch IS NULL AND transfer IN ("
                  + ROW_MARKS
                  + ")",
              arguments.toArray());
    }
    return count;
  }

  /// Which leaf of its batch a payment is.
  static int position(Transaction reader, SqlX402.Row payment) throws SQLException {
    return (int)
        reader.number(
            "SELECT COUNT(*) FROM x402_payment WHERE batch = ? AND transfer < ?",
            0,
            payment.batch(),
            payment.transfer());
  }

  private static Batch batch(ResultSet row) throws SQLException {
    return new Batch(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getBytes(4),
        row.getLong(5),
        row.getLong(6));
  }
}
