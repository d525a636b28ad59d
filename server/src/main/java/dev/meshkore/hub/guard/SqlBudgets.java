package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/// All SQL of budgets and reservations.
final class SqlBudgets {
  /// What a reservation holds of one budget.
  record Held(String scope, String unit, long windowMs, long amount, long expiresAtMs) {}

  /// What was used in a part of a rolling window.
  record Bucket(long startedAtMs, long used) {}

  private static final String COLUMNS =
      "SELECT scope, unit, window_ms, kind, cap, used, reserved, window_start FROM budget";
  private static final String ONE = " WHERE scope = ? AND unit = ? AND window_ms = ?";

  private SqlBudgets() {}

  static void set(
      Transaction transaction,
      String scope,
      String unit,
      Budget.Window window,
      long cap,
      long windowStart)
      throws SQLException {
    insert(
        transaction,
        "DO UPDATE SET cap = excluded.cap",
        new Budget(scope, unit, window, cap, 0, 0, windowStart));
  }

  /// The windows of which a scope has budgets.
  static Set<Long> windows(Transaction reader, String scope, String unit) throws SQLException {
    return Set.copyOf(
        reader.list(
            "SELECT window_ms FROM budget WHERE scope = ? AND unit = ?",
            row -> row.getLong(1),
            scope,
            unit));
  }

  static void ensure(
      Transaction transaction,
      String scope,
      String unit,
      Budget.Window window,
      long cap,
      long windowStart)
      throws SQLException {
    insert(transaction, "DO NOTHING", new Budget(scope, unit, window, cap, 0, 0, windowStart));
  }

  /// Adds a budget of which nothing is used.
  private static void insert(Transaction transaction, String otherwise, Budget budget)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO budget (scope, unit, window_ms, kind, cap, used, reserved, window_start)
        VALUES (?, ?, ?, ?, ?, 0, 0, ?)
        ON CONFLICT (scope, unit, window_ms)
        """
            + otherwise,
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        budget.window().kind().name().toLowerCase(Locale.ROOT),
        budget.cap(),
        budget.windowStart());
  }

  static boolean remove(Transaction transaction, String scope, String unit, long windowMs)
      throws SQLException {
    transaction.update("DELETE FROM budget_bucket" + ONE, scope, unit, windowMs);
    transaction.update("DELETE FROM reservation" + ONE, scope, unit, windowMs);
    return transaction.update("DELETE FROM budget" + ONE, scope, unit, windowMs) == 1;
  }

  static List<Budget> ofScope(Transaction transaction, String scope) throws SQLException {
    return transaction.list(
        COLUMNS + " WHERE scope = ? ORDER BY unit, window_ms", SqlBudgets::budget, scope);
  }

  static List<Budget> under(Transaction transaction, String beginning, int most)
      throws SQLException {
    String scope = transaction.dialect().choose("scope", "scope COLLATE \"C\"");
    return transaction.list(
        COLUMNS
            + " WHERE %1$s >= ? AND %1$s < ?".formatted(scope)
            + " ORDER BY cap - used - reserved, scope LIMIT ?",
        SqlBudgets::budget,
        beginning,
        beginning + '\uffff',
        most);
  }

  /// The scopes for which people set budgets. Those of mandates, of which there are many more, come
  /// and go with the mandates, whose own rule asks for them. They are left out as a range of the
  /// key, byte by byte: other orders of PostgreSQL's sort the semicolon before the colon.
  static List<String> scopes(Transaction transaction, String unit) throws SQLException {
    String scope = transaction.dialect().choose("scope", "scope COLLATE \"C\"");
    return transaction.list(
        "SELECT DISTINCT scope FROM budget WHERE unit = ? AND ("
            + (scope + " < 'mandate:' OR " + scope + " >= 'mandate;')"),
        row -> row.getString(1),
        unit);
  }

  /// The budgets of a scope and unit; on a shared database nobody else changes them before the end
  /// of the transaction.
  static List<Budget> locked(Transaction transaction, String scope, String unit)
      throws SQLException {
    return transaction.list(
        COLUMNS
            + " WHERE scope = ? AND unit = ? ORDER BY window_ms"
            + transaction.dialect().choose("", " FOR UPDATE"),
        SqlBudgets::budget,
        scope,
        unit);
  }

  /// The caller has seen that there is room; that the statement finds it, too, is the last guard.
  static void reserve(Transaction transaction, Budget budget, long amount) throws SQLException {
    int changed =
        transaction.update(
            "UPDATE budget SET reserved = reserved + ?" + ONE + " AND used + reserved + ? <= cap",
            amount,
            budget.scope(),
            budget.unit(),
            budget.window().ms(),
            amount);
    if (changed != 1) {
      throw new IllegalStateException("A budget changed under its lock");
    }
  }

  /// The same of all budgets of a scope, and uses it at once.
  ///
  /// @param count how many there are
  static void spend(Transaction transaction, Take take, long count) throws SQLException {
    int changed =
        transaction.update(
            """
            UPDATE budget SET used = used + ?
            WHERE scope = ? AND unit = ? AND used + reserved + ? <= cap
            """,
            take.amount(),
            take.scope(),
            take.unit(),
            take.amount());
    if (changed != count) {
      throw new IllegalStateException("A budget changed under its lock");
    }
  }

  static void unreserve(Transaction transaction, Budget budget, long amount) throws SQLException {
    transaction.update(
        "UPDATE budget SET reserved = reserved - ?" + ONE,
        amount,
        budget.scope(),
        budget.unit(),
        budget.window().ms());
  }

  static void use(Transaction transaction, Budget budget, long amount) throws SQLException {
    transaction.update(
        "UPDATE budget SET reserved = reserved - ?, used = used + ?" + ONE,
        amount,
        amount,
        budget.scope(),
        budget.unit(),
        budget.window().ms());
  }

  static void roll(Transaction transaction, Budget budget) throws SQLException {
    transaction.update(
        "UPDATE budget SET used = ?, window_start = ?" + ONE,
        budget.used(),
        budget.windowStart(),
        budget.scope(),
        budget.unit(),
        budget.window().ms());
  }

  static void addToBucket(Transaction transaction, Budget budget, long startedAtMs, long amount)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO budget_bucket (scope, unit, window_ms, started_at, used) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (scope, unit, window_ms, started_at)
        DO UPDATE SET used = budget_bucket.used + excluded.used
        """,
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        startedAtMs,
        amount);
  }

  static long usedBefore(Transaction transaction, Budget budget, long startedBefore)
      throws SQLException {
    return transaction.number(
        "SELECT CAST(SUM(used) AS BIGINT) FROM budget_bucket" + ONE + " AND started_at < ?",
        0,
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        startedBefore);
  }

  /// Where the first part begins that does not begin before; the end of time where there is none.
  static long firstPart(Transaction transaction, Budget budget, long from) throws SQLException {
    return transaction.number(
        "SELECT MIN(started_at) FROM budget_bucket" + ONE + " AND started_at >= ?",
        Long.MAX_VALUE,
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        from);
  }

  static void beginAt(Transaction transaction, Budget budget, long windowStart)
      throws SQLException {
    transaction.update(
        "UPDATE budget SET window_start = ?" + ONE + " AND window_start > ?",
        windowStart,
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        windowStart);
  }

  static void dropBuckets(Transaction transaction, Budget budget, long startedBefore)
      throws SQLException {
    transaction.update(
        "DELETE FROM budget_bucket" + ONE + " AND started_at < ?",
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        startedBefore);
  }

  /// What was used in each part that does not begin before a time.
  static List<Bucket> buckets(Transaction transaction, Budget budget, long from)
      throws SQLException {
    return transaction.list(
        "SELECT started_at, used FROM budget_bucket"
            + ONE
            + " AND started_at >= ? ORDER BY started_at",
        row -> new Bucket(row.getLong(1), row.getLong(2)),
        budget.scope(),
        budget.unit(),
        budget.window().ms(),
        from);
  }

  static OptionalLong heldUntil(Transaction transaction, String reservationId) throws SQLException {
    return transaction
        .first(
            "SELECT expires_at FROM reservation WHERE reservation_id = ? LIMIT 1",
            row -> OptionalLong.of(row.getLong(1)),
            reservationId)
        .orElse(OptionalLong.empty());
  }

  /// The reservation itself, which holds nothing.
  static void insertReservation(Transaction transaction, String reservationId, long expiresAtMs)
      throws SQLException {
    insert(transaction, reservationId, new Held("", "", 0, 0, expiresAtMs));
  }

  static void insertHeld(
      Transaction transaction, String reservationId, Budget budget, long amount, long expiresAtMs)
      throws SQLException {
    insert(
        transaction,
        reservationId,
        new Held(budget.scope(), budget.unit(), budget.window().ms(), amount, expiresAtMs));
  }

  /// Holds something under an id. Where another hub on the database holds the same since, it was
  /// first, and what this transaction has seen is no more.
  static void insert(Transaction transaction, String reservationId, Held held) throws SQLException {
    int inserted =
        transaction.update(
            """
            INSERT INTO reservation (reservation_id, scope, unit, window_ms, amount, expires_at)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            reservationId,
            held.scope(),
            held.unit(),
            held.windowMs(),
            held.amount(),
            held.expiresAtMs());
    if (inserted == 0) {
      throw Transaction.raceLost();
    }
  }

  /// What a reservation held, in the order of locks; it holds nothing any more.
  static List<Held> take(Transaction transaction, String reservationId) throws SQLException {
    return transaction
        .list(
            """
            DELETE FROM reservation WHERE reservation_id = ?
            RETURNING scope, unit, window_ms, amount, expires_at
            """,
            row ->
                new Held(
                    row.getString(1),
                    row.getString(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)),
            reservationId)
        .stream()
        .sorted(
            Comparator.comparing(Held::scope)
                .thenComparing(Held::unit)
                .thenComparingLong(Held::windowMs))
        .toList();
  }

  static Optional<String> expired(Transaction transaction, long now) throws SQLException {
    return transaction.first(
        "SELECT reservation_id FROM reservation WHERE expires_at <= ? ORDER BY expires_at LIMIT 1",
        row -> row.getString(1),
        now);
  }

  private static Budget budget(ResultSet row) throws SQLException {
    var kind = Budget.Window.Kind.valueOf(row.getString(4).toUpperCase(Locale.ROOT));
    return new Budget(
        row.getString(1),
        row.getString(2),
        new Budget.Window(kind, row.getLong(3)),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8));
  }
}
