package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What owners are told: trips of breakers that concern their agents, and what others did to them.
/// An owner has no inbox, so it reads them here. The newest thousand are kept. Thread-safe.
final class OwnerEvents {
  private static final int KEPT_MAX = 1_000;

  private final Database database;
  private final InstantSource time;

  /// Something an owner is told.
  ///
  /// @param number its place, which only grows, in the order in which an owner's are committed
  /// @param atMs when it was told
  /// @param notice JSON
  record Event(long number, long atMs, byte[] notice) {}

  OwnerEvents(Database database, InstantSource time) {
    this.database = database;
    this.time = time;
  }

  /// Tells an owner, in the transaction of what it is told of. Numbers are given in the order of
  /// commits: who read the later one first would never ask for the earlier.
  void tell(Transaction transaction, long owner, ObjectNode notice) throws SQLException {
    SqlOwners.lock(transaction, owner);
    transaction.update(
        "INSERT INTO owner_event (owner, at, notice) VALUES (?, ?, ?)",
        owner,
        time.millis(),
        notice.toString().getBytes(StandardCharsets.UTF_8));
    transaction.update(
        """
        DELETE FROM owner_event WHERE owner = ? AND number <= (
          SELECT number FROM owner_event WHERE owner = ? ORDER BY number DESC LIMIT 1 OFFSET ?)
        """,
        owner,
        owner,
        KEPT_MAX);
  }

  /// What an owner was told after a place, oldest first.
  List<Event> after(long owner, long place, int limit) {
    return database.read(reader ->
        reader.list(
            """
            SELECT number, at, notice FROM owner_event WHERE owner = ? AND number > ?
            ORDER BY number LIMIT ?
            """,
            row -> new Event(row.getLong(1), row.getLong(2), row.getBytes(3)),
            owner,
            place,
            limit));
  }
}
