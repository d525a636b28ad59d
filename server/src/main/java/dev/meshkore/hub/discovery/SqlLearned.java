package dev.meshkore.hub.discovery;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The SQL of requests that agents have done.
final class SqlLearned {
  private SqlLearned() {}

  /// Adds a request; one that is there stays as it is, whoever asks for the same again.
  static void add(
      Transaction transaction, long agent, String request, Learned.Buyer buyer, long now)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO learned (agent, request, buyer, is_stranger, learned_at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        agent,
        request,
        buyer.name(),
        buyer.isStranger() ? 1L : 0L,
        now);
  }

  /// Drops the oldest of one buyer's beyond `most`.
  static void keepOfBuyer(Transaction transaction, long agent, String buyer, int most)
      throws SQLException {
    transaction.update(
        """
        DELETE FROM learned WHERE agent = ? AND buyer = ? AND request NOT IN (
          SELECT request FROM learned WHERE agent = ? AND buyer = ?
          ORDER BY learned_at DESC, request LIMIT ?)
        """,
        agent,
        buyer,
        agent,
        buyer,
        most);
  }

  /// Drops the oldest of all strangers' beyond `most`.
  static void keepOfStrangers(Transaction transaction, long agent, int most) throws SQLException {
    transaction.update(
        """
        DELETE FROM learned WHERE agent = ? AND is_stranger = 1 AND request NOT IN (
          SELECT request FROM learned WHERE agent = ? AND is_stranger = 1
          ORDER BY learned_at DESC, request LIMIT ?)
        """,
        agent,
        agent,
        most);
  }

  /// Drops the oldest of all beyond `most`.
  static void keep(Transaction transaction, long agent, int most) throws SQLException {
    transaction.update(
        """
        DELETE FROM learned WHERE agent = ? AND request NOT IN (
          SELECT request FROM learned WHERE agent = ? ORDER BY learned_at DESC, request LIMIT ?)
        """,
        agent,
        agent,
        most);
  }

  /// Drops all of an agent's.
  static void forget(Transaction transaction, long agent) throws SQLException {
    transaction.update("DELETE FROM learned WHERE agent = ?", agent);
  }

  static List<String> of(Transaction reader, long agent) throws SQLException {
    return reader.list(
        "SELECT request FROM learned WHERE agent = ? ORDER BY learned_at DESC, request",
        row -> row.getString(1),
        agent);
  }
}
