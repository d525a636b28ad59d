package dev.meshkore.hub.ledger;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The rows of accounts and transfers.
final class SqlLedger {
  static final String COLUMNS =
      """
      t.number, t.transfer_id, t.kind, d.name, d.bounded, c.name, c.bounded, d.asset, t.atoms,
      t.purpose, t.about, t.pending, t.refunds, t.expires_at, t.act, t.made_at, t.digest
      """;
  static final String FROM =
      """
       FROM ledger_transfer t JOIN ledger_account d ON d.number = t.debit
       JOIN ledger_account c ON c.number = t.credit
      """;
  private static final String SUMS =
      "number, debits_pending, debits_posted, credits_pending, credits_posted, debits,"
          + " newest_debit, credits, newest_credit, asset";

  /// What makes one account a payer of another.
  private static final List<String> PAID = List.of(Transfer.PAYMENT, Transfer.CALL);

  private SqlLedger() {}

  /// Accounts are locked in the order of these.
  record Key(Account.Name name, Asset asset) implements Comparable<Key> {
    private static final Comparator<Key> ORDER =
        Comparator.comparing((Key key) -> key.name().text())
            .thenComparing(key -> key.asset().code());

    @Override
    public int compareTo(Key other) {
      return ORDER.compare(this, other);
    }
  }

  /// A transfer, and what was asked for with its id.
  record Known(Transfer transfer, String digest) {}

  /// An id that failed.
  record Miss(String digest, long missing) {}

  static Account lockedOrMade(Transaction transaction, Key key) throws SQLException {
    Optional<Account> found = locked(transaction, key);
    if (found.isPresent()) {
      return found.get();
    }
    transaction.update(
        """
        INSERT INTO ledger_account (name, asset, bounded, debits_pending, debits_posted,
          credits_pending, credits_posted)
        VALUES (?, ?, ?, 0, 0, 0, 0) ON CONFLICT DO NOTHING
        """,
        key.name().text(),
        key.asset().code(),
        key.name().isBounded() ? 1 : 0);
    return locked(transaction, key).orElseThrow();
  }

  private static Optional<Account> locked(Transaction transaction, Key key) throws SQLException {
    String sql = "SELECT " + SUMS + " FROM ledger_account WHERE name = ? AND asset = ?";
    return transaction.first(
        sql + transaction.dialect().choose("", " FOR UPDATE"),
        row -> account(row, key.name()),
        key.name().text(),
        key.asset().code());
  }

  static List<Account> accounts(Transaction reader, Account.Name name) throws SQLException {
    return reader.list(
        "SELECT " + SUMS + " FROM ledger_account WHERE name = ? ORDER BY asset",
        row -> account(row, name),
        name.text());
  }

  private static Account account(ResultSet row, Account.Name name) throws SQLException {
    return new Account(
        row.getLong(1),
        name,
        asset(row.getString(10)),
        row.getLong(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        new Chain(row.getLong(6), row.getLong(7)),
        new Chain(row.getLong(8), row.getLong(9)));
  }

  static void update(Transaction transaction, Account account) throws SQLException {
    transaction.update(
        """
        UPDATE ledger_account SET debits_pending = ?, debits_posted = ?, credits_pending = ?,
          credits_posted = ?, debits = ?, newest_debit = ?, credits = ?, newest_credit = ?
        WHERE number = ?
        """,
        account.debitsPending(),
        account.debitsPosted(),
        account.creditsPending(),
        account.creditsPosted(),
        account.debits().length(),
        account.debits().newest(),
        account.credits().length(),
        account.credits().newest(),
        account.number());
  }

  /// Stores a transfer; another hub that stores the same id at once is first or last.
  ///
  /// @param payer what pays, before this
  /// @param payee what is paid, before this
  static Transfer insert(
      Transaction transaction, Transfer transfer, String digest, Account payer, Account payee)
      throws SQLException {
    long number =
        transaction.number(
            """
            INSERT INTO ledger_transfer (transfer_id, digest, kind, debit, credit, atoms, purpose,
              about, pending, refunds, expires_at, act, made_at, debit_before, credit_before)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING RETURNING number
            """,
            0,
            transfer.id(),
            digest,
            transfer.kind().word(),
            payer.number(),
            payee.number(),
            transfer.amount().atoms(),
            transfer.purpose(),
            transfer.about(),
            orNull(transfer.pending()),
            orNull(transfer.refunds()),
            transfer.expiresAtMs(),
            transfer.act(),
            transfer.madeAtMs(),
            payer.debits().newest(),
            payee.credits().newest());
    if (number == 0) {
      throw Transaction.raceLost();
    }
    if (transfer.kind() == Transfer.Kind.PENDING) {
      transaction.update(
          "INSERT INTO ledger_hold (number, expires_at) VALUES (?, ?)",
          number,
          transfer.expiresAtMs());
    }
    if (transfer.isMoved() && PAID.contains(transfer.purpose())) {
      transaction.update(
          "INSERT INTO ledger_payee (debit, credit, first) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
          payer.number(),
          payee.number(),
          number);
    }
    return new Transfer(
        number,
        transfer.id(),
        transfer.kind(),
        transfer.debit(),
        transfer.credit(),
        transfer.amount(),
        transfer.purpose(),
        transfer.about(),
        transfer.pending(),
        transfer.refunds(),
        transfer.expiresAtMs(),
        transfer.act(),
        transfer.madeAtMs());
  }

  private static @Nullable Object orNull(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : null;
  }

  static void insertFailed(Transaction transaction, Order order, long missing, long now)
      throws SQLException {
    int count =
        transaction.update(
            """
            INSERT INTO ledger_failed (transfer_id, digest, missing, made_at) VALUES (?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            order.id(),
            order.digest(),
            missing,
            now);
    if (count == 0) {
      throw Transaction.raceLost();
    }
  }

  /// Whether an id has moved money or failed: nearly none has, so one look is enough.
  static boolean isUsed(Transaction reader, String id) throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM ledger_transfer WHERE transfer_id = ?
            UNION ALL SELECT 1 FROM ledger_failed WHERE transfer_id = ? LIMIT 1
            """,
            0,
            id,
            id)
        == 1;
  }

  static Optional<Miss> failed(Transaction reader, String id) throws SQLException {
    return reader.first(
        "SELECT digest, missing FROM ledger_failed WHERE transfer_id = ?",
        row -> new Miss(row.getString(1), row.getLong(2)),
        id);
  }

  static Optional<Known> known(Transaction reader, String id) throws SQLException {
    return reader.first(
        "SELECT " + COLUMNS + FROM + " WHERE t.transfer_id = ?",
        row -> new Known(transfer(row), row.getString(17)),
        id);
  }

  static Optional<Transfer> find(Transaction reader, long number) throws SQLException {
    return reader.first(
        "SELECT " + COLUMNS + FROM + " WHERE t.number = ?", SqlLedger::transfer, number);
  }

  static Optional<Transfer> endOf(Transaction reader, long number) throws SQLException {
    return reader.first(
        "SELECT " + COLUMNS + FROM + " WHERE t.pending = ?", SqlLedger::transfer, number);
  }

  static List<Transfer> due(Transaction reader, long now, int most) throws SQLException {
    return reader.list(
        "SELECT "
            + COLUMNS
            + FROM
            + " JOIN ledger_hold h ON h.number = t.number WHERE h.expires_at <= ?"
            + " ORDER BY h.expires_at LIMIT ?",
        SqlLedger::transfer,
        now,
        most);
  }

  static boolean deleteHold(Transaction transaction, long number) throws SQLException {
    return transaction.update("DELETE FROM ledger_hold WHERE number = ?", number) == 1;
  }

  static boolean hasPaidBefore(Transaction reader, Transfer transfer) throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM ledger_transfer own JOIN ledger_payee p ON p.debit = own.debit
              AND p.credit = own.credit
            WHERE own.number = ? AND p.first < own.number
            """,
            0,
            transfer.number())
        == 1;
  }

  static boolean hasPaid(Transaction reader, Account.Name debit, Account.Name credit)
      throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM ledger_payee p JOIN ledger_account d ON d.number = p.debit
              JOIN ledger_account c ON c.number = p.credit
            WHERE d.name = ? AND c.name = ? LIMIT 1
            """,
            0,
            debit.text(),
            credit.text())
        == 1;
  }

  static long refundCount(Transaction reader, long number) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM ledger_transfer WHERE refunds = ?", 0, number);
  }

  static List<Account> issued(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT " + SUMS + ", name FROM ledger_account WHERE bounded = 0 ORDER BY name, asset",
        row -> account(row, new Account.Name(row.getString(11), false)));
  }

  static long refunded(Transaction reader, long number) throws SQLException {
    return reader.number("SELECT SUM(atoms) FROM ledger_transfer WHERE refunds = ?", 0, number);
  }

  static Transfer transfer(ResultSet row) throws SQLException {
    return new Transfer(
        row.getLong(1),
        row.getString(2),
        Transfer.Kind.valueOf(row.getString(3).toUpperCase(Locale.ROOT)),
        new Account.Name(row.getString(4), row.getLong(5) == 1),
        new Account.Name(row.getString(6), row.getLong(7) == 1),
        new Money(asset(row.getString(8)), row.getLong(9)),
        row.getString(10),
        row.getString(11),
        number(row, 12),
        number(row, 13),
        row.getLong(14),
        row.getLong(15),
        row.getLong(16));
  }

  private static OptionalLong number(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static Asset asset(String code) {
    return Asset.find(code).orElseThrow();
  }
}
