package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;

/// All SQL of the ids that senders chose, and of channel messages' ids: the first result of each.
final class SqlMessageIds {
  /// What an id stands for.
  ///
  /// @param recipient the agent, or the negative number of a channel
  /// @param sequence the sequence in the agent's inbox, or the journal position of a channel's
  ///   message
  /// @param sentAtMs when it was first accepted
  record First(long recipient, long sequence, long sentAtMs) {}

  private SqlMessageIds() {}

  static Optional<First> find(Transaction transaction, String id, long sender) throws SQLException {
    return transaction.first(
        "SELECT recipient, sequence, sent_at FROM message_id WHERE id = ? AND sender = ?",
        row -> new First(row.getLong(1), row.getLong(2), row.getLong(3)),
        id,
        sender);
  }

  /// Notes the first result of an id. Another hub may have stored the same id since it was looked
  /// for: then the whole group is run again, and finds it.
  static void insert(Transaction transaction, String id, long sender, First first)
      throws SQLException {
    String insert =
        "INSERT INTO message_id (id, sender, recipient, sequence, sent_at) VALUES (?, ?, ?, ?, ?)";
    int added =
        transaction.update(
            transaction.dialect().choose(insert, insert + " ON CONFLICT (id, sender) DO NOTHING"),
            id,
            sender,
            first.recipient(),
            first.sequence(),
            first.sentAtMs());
    if (added == 0) {
      throw Transaction.raceLost();
    }
  }
}
