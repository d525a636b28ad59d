package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The links between movements of an account, and the pages that they make: no index by accounts is
/// kept, so a transfer is written to the end of its table and nowhere else. Whoever reads starts at
/// the newest movement, or at the end of a page, and goes back.
final class SqlChains {
  /// Such a table as of a step back: `number`, the number `before`, and how many there were.
  private static final String WALK =
      """
      WITH RECURSIVE walk (number, before, step) AS (
        SELECT number, %1$s_before, 1 FROM ledger_transfer WHERE number = ?
        UNION ALL
        SELECT t.number, t.%1$s_before, w.step + 1
        FROM walk w JOIN ledger_transfer t ON t.number = w.before WHERE w.step < ?)
      """;

  private static final String READ =
      WALK
          + "SELECT %2$s, w.before FROM walk w JOIN ledger_transfer t ON t.number = w.number"
          + " JOIN ledger_account d ON d.number = t.debit"
          + " JOIN ledger_account c ON c.number = t.credit ORDER BY w.step";

  private static final String END_PAGE =
      "INSERT INTO ledger_page (account, side, newest, earliest, latest, atoms) "
          + WALK
          + """
          SELECT t.%1$s, '%1$s', MAX(t.number), MIN(t.made_at), MAX(t.made_at),
            CAST(SUM(CASE WHEN t.kind IN ('posted', 'post') THEN t.atoms ELSE 0 END) AS BIGINT)
          FROM walk w JOIN ledger_transfer t ON t.number = w.number GROUP BY t.%1$s
          """;

  /// A movement, and the number of the one before it on the same side of the account, or 0.
  record Step(Transfer transfer, long before) {}

  /// The end of a page, and the earliest of its times.
  record Page(long newest, long earliest) {}

  private SqlChains() {}

  /// The account with a transfer that was just stored; ends the page where it is full.
  static Account and(Transaction transaction, Account account, Chain.Side side, long transfer)
      throws SQLException {
    Account after = account.and(side, transfer);
    if (after.chain(side).endsPage()) {
      transaction.update(END_PAGE.formatted(side.column()), transfer, Chain.PAGE);
    }
    return after;
  }

  /// So many movements on a side, from one on, the newest first.
  static List<Step> back(Transaction reader, Chain.Side side, long from, int count)
      throws SQLException {
    return count == 0
        ? List.of()
        : reader.list(
            backSql(side), row -> new Step(SqlLedger.transfer(row), row.getLong(18)), from, count);
  }

  static String backSql(Chain.Side side) {
    return READ.formatted(side.column(), SqlLedger.COLUMNS);
  }

  /// Where the page ends in which a number lies, or would; the newest where it lies in none.
  static long endOfPage(Transaction reader, Account account, Chain.Side side, long number)
      throws SQLException {
    Chain chain = account.chain(side);
    return number > chain.newest()
        ? chain.newest()
        : reader.number(
            """
            SELECT newest FROM ledger_page WHERE account = ? AND side = ? AND newest >= ?
              AND newest <= ? ORDER BY newest LIMIT 1
            """,
            chain.newest(),
            account.number(),
            side.column(),
            number,
            chain.newest());
  }

  /// So many pages in which something was moved, and which have to do with a time, by their
  /// earliest time, after one of them.
  static List<Page> pages(
      Transaction reader,
      Account account,
      Chain.Side side,
      long fromMs,
      long beforeMs,
      Page after,
      int count)
      throws SQLException {
    return reader.list(
        """
        SELECT newest, earliest FROM ledger_page
        WHERE account = ? AND side = ? AND newest <= ? AND latest >= ? AND earliest < ?
          AND atoms > 0
          AND (earliest > ? OR earliest = ? AND newest > ?)
        ORDER BY earliest, newest LIMIT ?
        """,
        row -> new Page(row.getLong(1), row.getLong(2)),
        account.number(),
        side.column(),
        account.chain(side).newest(),
        fromMs,
        beforeMs,
        after.earliest(),
        after.earliest(),
        after.newest(),
        count);
  }

  /// What was moved in all pages of which nothing is as early as this.
  static long sumAfter(Transaction reader, Account account, Chain.Side side, long atMs)
      throws SQLException {
    return reader.number(
        """
        SELECT CAST(SUM(atoms) AS BIGINT) FROM ledger_page
        WHERE account = ? AND side = ? AND newest <= ? AND earliest > ?
        """,
        0,
        account.number(),
        side.column(),
        account.chain(side).newest(),
        atMs);
  }
}
