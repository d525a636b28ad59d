package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Reckons every account from the transfers again, with its links and pages, and compares.
final class SqlBooks {
  private static final String HELD =
      "t.kind = 'pending' AND NOT EXISTS"
          + " (SELECT 1 FROM ledger_transfer e WHERE e.pending = t.number)";

  /// What each account has of a side, and what its transfers make: `one` has the transfers with
  /// what counts of each, `ended` how far pages go.
  private static final String SIDE =
      """
      WITH ended AS (
        SELECT account, COUNT(*) AS pages, MAX(newest) AS newest, SUM(atoms) AS atoms
        FROM ledger_page WHERE side = '%1$s' GROUP BY account),
      one AS (
        SELECT t.number, t.%1$s AS account, t.%1$s_before AS before,
          CASE WHEN t.kind IN ('posted', 'post') THEN t.atoms ELSE 0 END AS moved,
          CASE WHEN @HELD@ THEN t.atoms ELSE 0 END AS held
        FROM ledger_transfer t),
      made AS (
        SELECT one.account, COUNT(*) AS length, COUNT(DISTINCT one.before) AS links,
          MAX(one.number) AS newest, SUM(one.moved) AS posted, SUM(one.held) AS pending,
          SUM(CASE WHEN one.number > ended.newest THEN 0 ELSE one.moved END) AS paged
        FROM one LEFT JOIN ended ON ended.account = one.account GROUP BY one.account)
      SELECT a.name, a.asset, a.%1$ss_posted, COALESCE(made.posted, 0), a.%1$ss_pending,
        COALESCE(made.pending, 0), a.%1$ss, COALESCE(made.length, 0), COALESCE(made.links, 0),
        a.newest_%1$s, COALESCE(made.newest, 0), COALESCE(ended.pages, 0), a.%1$ss / %2$d,
        COALESCE(ended.atoms, 0), CASE WHEN ended.account IS NULL THEN 0 ELSE made.paged END
      FROM ledger_account a LEFT JOIN made ON made.account = a.number
      LEFT JOIN ended ON ended.account = a.number
      """
          .replace("@HELD@", HELD);

  private SqlBooks() {}

  static List<String> differences(Transaction reader) throws SQLException {
    var found = new ArrayList<String>();
    for (Chain.Side side : Chain.Side.values()) {
      compare(reader, found, side);
    }
    found.addAll(
        reader.list(
            """
            SELECT asset FROM ledger_account GROUP BY asset
            HAVING SUM(debits_posted - credits_posted) <> 0
              OR SUM(debits_pending - credits_pending) <> 0
            """,
            row -> row.getString(1) + " does not come out even"));
    found.addAll(
        reader.list(
            """
            SELECT name, asset FROM ledger_account
            WHERE bounded = 1 AND debits_pending + debits_posted > credits_posted
            """,
            row -> row.getString(1) + " has paid more " + row.getString(2) + " than it had"));
    // In one statement, as all of these: between two something may be held.
    found.addAll(
        reader.list(
            """
            SELECT holds, pending FROM (SELECT (SELECT COUNT(*) FROM ledger_hold) AS holds,
              (SELECT COUNT(*) FROM ledger_transfer t WHERE %s) AS pending) AS counts
            WHERE holds <> pending
            """
                .formatted(HELD),
            row ->
                row.getLong(1) + " holds are kept, and " + row.getLong(2) + " transfers are held"));
    return found;
  }

  /// Reads all transfers once for a side: their sums, their links and what pages say of them.
  private static void compare(Transaction reader, List<String> found, Chain.Side side)
      throws SQLException {
    found.addAll(
        reader.list(SIDE.formatted(side.column(), Chain.PAGE), row -> wrong(row, side)).stream()
            .flatMap(List::stream)
            .toList());
    long astray =
        reader.number(
            """
            SELECT COUNT(*) FROM ledger_transfer t
            LEFT JOIN ledger_transfer b ON b.number = t.%1$s_before
            WHERE t.%1$s_before <> 0
              AND (b.number IS NULL OR b.%1$s <> t.%1$s OR b.number >= t.number)
            """
                .formatted(side.column()),
            0);
    if (astray > 0) {
      found.add(
          astray + " transfers name none of their account's as the " + side.column() + " before");
    }
  }

  private static List<String> wrong(ResultSet row, Chain.Side side) throws SQLException {
    var wrong = new ArrayList<String>();
    String one = side.column();
    String account = " of " + row.getString(1) + " in " + row.getString(2) + " ";
    differ(wrong, one + "s_posted" + account + "is", row.getLong(3), row.getLong(4));
    differ(wrong, one + "s_pending" + account + "is", row.getLong(5), row.getLong(6));
    differ(wrong, one + "s" + account + "is", row.getLong(7), row.getLong(8));
    differ(wrong, "links of " + one + "s" + account + "are", row.getLong(9), row.getLong(8));
    differ(wrong, "newest_" + one + account + "is", row.getLong(10), row.getLong(11));
    differ(wrong, "pages of " + one + "s" + account + "are", row.getLong(12), row.getLong(13));
    differ(wrong, one + "s_posted in pages" + account + "is", row.getLong(14), row.getLong(15));
    return wrong;
  }

  private static void differ(List<String> wrong, String what, long is, long made) {
    if (is != made) {
      wrong.add("%s %d, and its transfers make %d".formatted(what, is, made));
    }
  }
}
