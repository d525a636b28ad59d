package dev.meshkore.hub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One open transaction, or one reader's connection. A statement is prepared once per connection
/// and used again. Not thread-safe: it belongs to the work it was handed to, and to no time after.
public final class Transaction {
  /// Reads one row.
  @FunctionalInterface
  public interface Row<T> {
    /// Makes a value of the row on which `row` stands.
    T read(ResultSet row) throws SQLException;
  }

  /// For PostgreSQL, a condition on rows with a column `xact`: no transaction that is open can
  /// bring a row before one of these.
  public static final String SETTLED =
      " xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
          + " + (SELECT base FROM xact_base)";

  private final Connection connection;
  private final Dialect dialect;
  private final Map<String, PreparedStatement> statements = new HashMap<>();
  private final List<HandedOver<?>> handedOver = new ArrayList<>();
  private final List<Runnable> afterwards = new ArrayList<>();
  private Set<Object> counted = new HashSet<>();

  /// An item for a lane.
  record HandedOver<I>(Lane.Work<I> work, I item) {}

  /// How much was handed over up to a moment.
  record Mark(int items, int afterwards) {}

  Transaction(Connection connection, Dialect dialect) {
    this.connection = connection;
    this.dialect = dialect;
  }

  /// Which database this is, for the few statements that must differ.
  public Dialect dialect() {
    return dialect;
  }

  /// Whether the work at hand counts something in memory for the first time. It may run again,
  /// where another writer was first and nothing is left of what it did; what it has counted is
  /// counted, and what it did not come to before is not.
  ///
  /// @param what says what is counted, by its own equality
  public boolean isFirst(Object what) {
    return counted.add(what);
  }

  /// Whether the work at hand has counted something before, when it ran and a race was lost.
  public boolean hasCounted(Object what) {
    return counted.contains(what);
  }

  /// Has something done once all of this is durable, on the writer's thread; it must not block.
  /// What is undone is not followed by it.
  public void afterCommit(Runnable action) {
    afterwards.add(action);
  }

  void handOver(HandedOver<?> one) {
    handedOver.add(one);
  }

  List<HandedOver<?>> handedOver() {
    return handedOver;
  }

  List<Runnable> afterwards() {
    return List.copyOf(afterwards);
  }

  Mark mark() {
    return new Mark(handedOver.size(), afterwards.size());
  }

  /// Takes back what was handed over since.
  void takeBack(Mark mark) {
    handedOver.subList(mark.items(), handedOver.size()).clear();
    afterwards.subList(mark.afterwards(), afterwards.size()).clear();
  }

  /// Another piece of work begins, which has counted this before. A lane whose items count says so
  /// for each.
  public void counts(Set<Object> before) {
    counted = before;
  }

  /// Runs a statement that changes rows and tells how many. Arguments are `Long`, `Integer`,
  /// `String`, `byte[]` or null.
  public int update(String sql, @Nullable Object... arguments) throws SQLException {
    return bound(sql, arguments).executeUpdate();
  }

  /// Every row of a query.
  public <T> List<T> list(String sql, Row<T> row, @Nullable Object... arguments)
      throws SQLException {
    var found = new ArrayList<T>();
    try (ResultSet rows = bound(sql, arguments).executeQuery()) {
      while (rows.next()) {
        found.add(row.read(rows));
      }
    }
    return found;
  }

  /// The first row of a query.
  public <T> Optional<T> first(String sql, Row<T> row, @Nullable Object... arguments)
      throws SQLException {
    try (ResultSet rows = bound(sql, arguments).executeQuery()) {
      return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
    }
  }

  /// The number in the first column of the first row, or `otherwise` where there is none.
  public long number(String sql, long otherwise, @Nullable Object... arguments)
      throws SQLException {
    try (ResultSet rows = bound(sql, arguments).executeQuery()) {
      if (!rows.next()) {
        return otherwise;
      }
      long value = rows.getLong(1);
      return rows.wasNull() ? otherwise : value;
    }
  }

  /// Runs work that can be undone alone: where it throws, what it changed is as it was before, and
  /// the transaction goes on.
  public <T> T undoable(Database.Work<T> work) throws SQLException {
    update("SAVEPOINT part");
    Mark mark = mark();
    T value;
    try {
      value = work.run(this);
    } catch (RuntimeException failure) {
      update("ROLLBACK TO SAVEPOINT part");
      takeBack(mark);
      update("RELEASE SAVEPOINT part");
      throw failure;
    }
    update("RELEASE SAVEPOINT part");
    return value;
  }

  /// To be thrown where another writer was first with what this transaction rests on, as the
  /// database does by itself (SQLSTATE 40001): all of its work is undone and run again.
  public static SQLException raceLost() {
    return new SQLException("Another writer was first", "40001");
  }

  /// Runs a statement that takes no arguments and is not worth keeping.
  void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  Connection connection() {
    return connection;
  }

  private PreparedStatement bound(String sql, @Nullable Object... arguments) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case null -> statement.setNull(i + 1, Types.NULL);
        case Long number -> statement.setLong(i + 1, number);
        case Integer number -> statement.setInt(i + 1, number);
        case String text -> statement.setString(i + 1, text);
        case byte[] bytes -> statement.setBytes(i + 1, bytes);
        case Object other ->
            throw new IllegalArgumentException("No column holds a " + other.getClass().getName());
      }
    }
    return statement;
  }
}
