package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/// What moved on accounts, by time.
final class SqlStatements {
  private static final String MOVED = "kind IN ('posted', 'post')";
  private static final String AFTER = "(made_at > ? OR (made_at = ? AND number > ?))";

  private SqlStatements() {}

  static List<Transfer> moved(
      Transaction reader, Account.Name name, Moment after, long beforeMs, int limit)
      throws SQLException {
    String some =
        "SELECT * FROM (SELECT number FROM ledger_transfer WHERE %s IN"
            + " (SELECT number FROM ledger_account WHERE name = ?) AND "
            + MOVED
            + " AND made_at < ? AND "
            + AFTER
            + " ORDER BY made_at, number LIMIT ?) AS %s";
    return reader.list(
        "SELECT "
            + SqlLedger.COLUMNS
            + SqlLedger.FROM
            + " WHERE t.number IN ("
            + some.formatted("debit", "paid")
            + " UNION "
            + some.formatted("credit", "got")
            + ") ORDER BY t.made_at, t.number LIMIT ?",
        SqlLedger::transfer,
        name.text(),
        beforeMs,
        after.atMs(),
        after.atMs(),
        after.number(),
        limit,
        name.text(),
        beforeMs,
        after.atMs(),
        after.atMs(),
        after.number(),
        limit,
        limit);
  }

  static List<Ledger.Paid> lastPaid(
      Transaction reader, Account.Name name, String asset, List<String> without, int limit)
      throws SQLException {
    return reader.list(
        "SELECT atoms, made_at FROM ledger_transfer WHERE debit ="
            + " (SELECT number FROM ledger_account WHERE name = ? AND asset = ?)"
            + " AND kind IN ('posted', 'pending') AND purpose NOT IN ("
            + String.join(", ", Collections.nCopies(without.size(), "?"))
            + ") ORDER BY number DESC LIMIT ?",
        row -> new Ledger.Paid(row.getLong(1), row.getLong(2)),
        Stream.of(Stream.of(name.text(), asset), without.stream(), Stream.of(limit))
            .flatMap(all -> all)
            .toArray());
  }

  /// What came in less what went out.
  static long sumAfter(Transaction reader, long account, Moment after) throws SQLException {
    return side(reader, "credit", account, after) - side(reader, "debit", account, after);
  }

  private static long side(Transaction reader, String side, long account, Moment after)
      throws SQLException {
    return reader.number(
        "SELECT CAST(SUM(atoms) AS BIGINT) FROM ledger_transfer WHERE "
            + side
            + " = ? AND "
            + MOVED
            + " AND "
            + AFTER,
        0,
        account,
        after.atMs(),
        after.atMs(),
        after.number());
  }
}
