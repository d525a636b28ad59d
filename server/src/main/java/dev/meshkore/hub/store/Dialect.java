package dev.meshkore.hub.store;

import java.sql.SQLException;

/// What differs between the two databases. SQL keeps to the subset both speak; where a statement
/// must differ, its two texts stand side by side and this says which.
public enum Dialect {
  /// One file, one process: the hub itself orders all writes.
  SQLITE,
  /// A server that several hubs may share: rows are locked to order writes.
  POSTGRESQL;

  /// True where other processes may write too, so that counters must be read under a lock and
  /// nothing that was kept in memory may be taken for the newest.
  public boolean isShared() {
    return this == POSTGRESQL;
  }

  /// The text for this database.
  public String choose(String sqlite, String postgresql) {
    return this == SQLITE ? sqlite : postgresql;
  }

  /// Makes a writer's connection ready. What a savepoint keeps to undo is small, and is worth no
  /// file; migrations, which sort whole tables, have a connection of their own.
  void prepare(Transaction transaction) throws SQLException {
    if (this == SQLITE) {
      transaction.execute("PRAGMA temp_store = MEMORY");
    }
  }

  void begin(Transaction transaction) throws SQLException {
    if (this == SQLITE) {
      transaction.update("BEGIN IMMEDIATE");
    }
  }

  void commit(Transaction transaction) throws SQLException {
    if (this == SQLITE) {
      transaction.update("COMMIT");
    } else {
      transaction.connection().commit();
    }
  }

  void rollback(Transaction transaction) throws SQLException {
    if (this == SQLITE) {
      transaction.update("ROLLBACK");
    } else {
      transaction.connection().rollback();
    }
  }

  StoreFailure failure(SQLException cause) {
    return this == SQLITE ? sqliteFailure(cause) : postgresqlFailure(cause);
  }

  /// True where the same work can be tried again at once, because another writer won a race.
  boolean isRaceLost(SQLException cause) {
    return this == POSTGRESQL && (isLost(cause) || "40P01".equals(cause.getSQLState()));
  }

  private static boolean isLost(SQLException cause) {
    return "40001".equals(cause.getSQLState());
  }

  private static StoreFailure sqliteFailure(SQLException cause) {
    int primary = cause.getErrorCode() & 0xff;
    return switch (primary) {
      case 13 -> new StoreFailure.Full(cause);
      case 5, 6 ->
          new StoreFailure.Busy(
              "Another process holds the database, " + cause.getErrorCode(), cause);
      default -> new StoreFailure.Broken(cause);
    };
  }

  private static StoreFailure postgresqlFailure(SQLException cause) {
    String state = String.valueOf(cause.getSQLState());
    if (state.equals("53100")) {
      return new StoreFailure.Full(cause);
    }
    boolean isDamaged = state.startsWith("58") || state.startsWith("XX");
    return isDamaged
        ? new StoreFailure.Broken(cause)
        : new StoreFailure.Busy(
            "The database server is out of reach or overloaded, " + state, cause);
  }

  /// True where a failure tells nothing of the disk: a constraint, a wrong statement. The work it
  /// came from is undone, and the rest of its group goes on.
  boolean concernsTheWorkAlone(SQLException cause) {
    if (this == SQLITE) {
      int primary = cause.getErrorCode() & 0xff;
      return isLost(cause)
          || primary == 19
          || primary == 1
          || primary == 20
          || primary == 25
          || primary == 18;
    }
    String state = String.valueOf(cause.getSQLState());
    return state.startsWith("22") || state.startsWith("23") || state.startsWith("42");
  }
}
