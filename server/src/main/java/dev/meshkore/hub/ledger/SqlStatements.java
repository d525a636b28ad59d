package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// What moved on accounts, by time. Each page is read from an index, in its order, and no more than
/// the page.
final class SqlStatements {
  private static final String MOVED = "kind IN ('posted', 'post')";
  private static final String AFTER = "made_at >= ? AND (made_at > ? OR number > ?)";
  private static final String BEFORE = "made_at <= ? AND (made_at < ? OR number < ?)";
  private static final List<String> SIDES = List.of("debit", "credit");
  private static final Comparator<Transfer> BY_TIME =
      Comparator.comparingLong(Transfer::madeAtMs).thenComparingLong(Transfer::number);

  /// So many numbers are asked for at once; one statement is prepared for all of them.
  private static final int NUMBERS = 64;

  private static final String NUMBER_MARKS = String.join(", ", Collections.nCopies(NUMBERS, "?"));

  private SqlStatements() {}

  static List<Transfer> all(Transaction reader, String column, List<Long> numbers)
      throws SQLException {
    var found = new ArrayList<Transfer>();
    for (int from = 0; from < numbers.size(); from += NUMBERS) {
      var some =
          new ArrayList<Object>(numbers.subList(from, Math.min(from + NUMBERS, numbers.size())));
      while (some.size() < NUMBERS) {
        // No transfer has this number.
        some.add(0L);
      }
      found.addAll(
          reader.list(
              "SELECT "
                  + SqlLedger.COLUMNS
                  + SqlLedger.FROM
                  + " WHERE "
                  + column
                  + " IN ("
                  + NUMBER_MARKS
                  + ")",
              SqlLedger::transfer,
              some.toArray()));
    }
    return found;
  }

  static List<Transfer> moved(
      Transaction reader, Account.Name name, Moment after, long beforeMs, int limit)
      throws SQLException {
    var found = new ArrayList<Transfer>();
    for (Account account : SqlLedger.accounts(reader, name)) {
      for (String side : SIDES) {
        found.addAll(
            reader.list(
                movedSql(side),
                SqlLedger::transfer,
                account.number(),
                after.atMs(),
                after.atMs(),
                after.number(),
                beforeMs,
                limit));
      }
    }
    return first(found, BY_TIME, limit);
  }

  /// @param side `debit` or `credit`
  static String movedSql(String side) {
    return some(side, MOVED + " AND " + AFTER + " AND made_at < ?", "made_at, number");
  }

  static List<Transfer> page(Transaction reader, Account.Name name, long before, int limit)
      throws SQLException {
    long atMs =
        reader.number(
            "SELECT made_at FROM ledger_transfer WHERE number = ?", Long.MAX_VALUE, before);
    var found = new ArrayList<Transfer>();
    for (Account account : SqlLedger.accounts(reader, name)) {
      for (String side : SIDES) {
        found.addAll(
            reader.list(
                pageSql(side), SqlLedger::transfer, account.number(), atMs, atMs, before, limit));
      }
    }
    return first(found, BY_TIME.reversed(), limit);
  }

  static String pageSql(String side) {
    return some(side, BEFORE, "made_at DESC, number DESC");
  }

  private static String some(String side, String which, String order) {
    return """
    SELECT %s %s WHERE t.number IN (SELECT number FROM (
      SELECT number FROM ledger_transfer WHERE %s = ? AND %s ORDER BY %s LIMIT ?) AS page)
    """
        .formatted(SqlLedger.COLUMNS, SqlLedger.FROM, side, which, order);
  }

  private static List<Transfer> first(List<Transfer> found, Comparator<Transfer> order, int limit) {
    return found.stream().sorted(order).limit(limit).toList();
  }

  static List<Ledger.Paid> lastPaid(
      Transaction reader, Account.Name name, String asset, List<String> without, int limit)
      throws SQLException {
    return reader.list(
        "SELECT atoms, made_at FROM ledger_transfer WHERE debit ="
            + " (SELECT number FROM ledger_account WHERE name = ? AND asset = ?)"
            + " AND kind IN ('posted', 'pending') AND purpose NOT IN ("
            + String.join(", ", Collections.nCopies(without.size(), "?"))
            + ") ORDER BY made_at DESC, number DESC LIMIT ?",
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
