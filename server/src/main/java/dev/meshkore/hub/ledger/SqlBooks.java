package dev.meshkore.hub.ledger;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// Reckons every account from the transfers again, and compares.
final class SqlBooks {
  private static final String MOVED = "kind IN ('posted', 'post')";
  private static final String HELD =
      "kind = 'pending' AND NOT EXISTS"
          + " (SELECT 1 FROM ledger_transfer e WHERE e.pending = ledger_transfer.number)";

  private SqlBooks() {}

  static List<String> differences(Transaction reader) throws SQLException {
    var found = new ArrayList<String>();
    compare(reader, found, "debit", "debits_posted", MOVED);
    compare(reader, found, "credit", "credits_posted", MOVED);
    compare(reader, found, "debit", "debits_pending", HELD);
    compare(reader, found, "credit", "credits_pending", HELD);
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
              (SELECT COUNT(*) FROM ledger_transfer WHERE %s) AS pending) AS counts
            WHERE holds <> pending
            """
                .formatted(HELD),
            row ->
                row.getLong(1) + " holds are kept, and " + row.getLong(2) + " transfers are held"));
    return found;
  }

  private static void compare(
      Transaction reader, List<String> found, String side, String column, String which)
      throws SQLException {
    found.addAll(
        reader.list(
            """
            SELECT a.name, a.asset, a.%2$s, COALESCE(s.atoms, 0) FROM ledger_account a
            LEFT JOIN (SELECT %1$s AS account, SUM(atoms) AS atoms FROM ledger_transfer
              WHERE %3$s GROUP BY %1$s) AS s ON s.account = a.number
            WHERE a.%2$s <> COALESCE(s.atoms, 0)
            """
                .formatted(side, column, which),
            row ->
                "%s of %s in %s is %d, and its transfers make %d"
                    .formatted(
                        column,
                        row.getString(1),
                        row.getString(2),
                        row.getLong(3),
                        row.getLong(4))));
  }
}
