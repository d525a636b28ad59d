package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// All SQL of inboxes and of what expires in them.
final class SqlInboxes {
  /// What the table has of an inbox.
  ///
  /// @param head the last sequence given
  /// @param acknowledged up to where the agent has read
  /// @param acknowledgedEpoch an epoch before which nothing unread can be
  /// @param delivered up to where messages were handed over
  record Row(long head, long acknowledged, long acknowledgedEpoch, long delivered) {
    /// Of an inbox that has had no message before this epoch.
    static Row empty(long epoch) {
      return new Row(0, 0, epoch, 0);
    }
  }

  /// A watermark that moved.
  ///
  /// @param agent whose inbox
  /// @param acknowledged up to where it has read
  /// @param delivered up to where it was handed over
  /// @param movedAt the version under which senders ask for it
  record Moved(long agent, long acknowledged, long delivered, long movedAt) {}

  /// A message whose time has passed.
  record Due(long expiresAt, long recipient, long sequence, long sender, String id) {}

  private SqlInboxes() {}

  static Optional<Row> find(Transaction transaction, long agent) throws SQLException {
    return transaction.first(
        "SELECT head, acknowledged, acknowledged_epoch, delivered FROM inbox WHERE agent = ?",
        row -> new Row(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)),
        agent);
  }

  /// The counters of these agents' inboxes. PostgreSQL alone understands this.
  static Map<Long, Long> heads(Transaction transaction, List<Long> agents) throws SQLException {
    String numbers = agents.stream().map(String::valueOf).collect(Collectors.joining(","));
    var heads = new HashMap<Long, Long>();
    transaction
        .list(
            "SELECT agent, head FROM inbox"
                + " WHERE agent = ANY (CAST(string_to_array(?, ',') AS BIGINT[]))",
            row -> Map.entry(row.getLong(1), row.getLong(2)),
            numbers)
        .forEach(head -> heads.put(head.getKey(), head.getValue()));
    return heads;
  }

  /// Adds to the counter of an inbox under its row's lock, and answers where it stands then.
  static long addToHead(Transaction transaction, long agent, int count) throws SQLException {
    return transaction.number(
        "INSERT INTO inbox (agent, head, epoch, acknowledged, acknowledged_epoch, delivered,"
            + " moved_at) VALUES (?, ?, 0, 0, 0, 0, 0)"
            + " ON CONFLICT (agent) DO UPDATE SET head = inbox.head + excluded.head"
            + " RETURNING head",
        0,
        agent,
        count);
  }

  static void setHead(Transaction transaction, long agent, long head, long epoch)
      throws SQLException {
    transaction.update(
        "INSERT INTO inbox (agent, head, epoch, acknowledged, acknowledged_epoch, delivered,"
            + " moved_at) VALUES (?, ?, ?, 0, ?, 0, 0)"
            + " ON CONFLICT (agent) DO UPDATE SET head = excluded.head, epoch = excluded.epoch",
        agent,
        head,
        epoch,
        epoch);
  }

  static void setWatermarks(
      Transaction transaction,
      long agent,
      long acknowledged,
      long acknowledgedEpoch,
      long delivered,
      long movedAt)
      throws SQLException {
    transaction.update(
        "INSERT INTO inbox (agent, head, epoch, acknowledged, acknowledged_epoch, delivered,"
            + " moved_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
            + " ON CONFLICT (agent) DO UPDATE SET"
            + " acknowledged = excluded.acknowledged,"
            + " acknowledged_epoch = excluded.acknowledged_epoch,"
            + " delivered = excluded.delivered, moved_at = excluded.moved_at",
        agent,
        0L,
        acknowledgedEpoch,
        acknowledged,
        acknowledgedEpoch,
        delivered,
        movedAt);
  }

  /// Watermarks, moved after a version, of those to whom `sender` has written.
  static List<Moved> movedSince(Transaction transaction, long sender, long version, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT inbox.agent, acknowledged, delivered, moved_at FROM contact"
            + " JOIN inbox ON inbox.agent = contact.recipient"
            + " WHERE contact.sender = ? AND moved_at > ? ORDER BY moved_at LIMIT ?",
        row -> new Moved(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4)),
        sender,
        version,
        limit);
  }

  /// The version of the watermark that moved last.
  static long newestVersion(Transaction transaction) throws SQLException {
    return transaction.number("SELECT MAX(moved_at) FROM inbox", 0);
  }

  static void insertExpiry(Transaction transaction, Due due) throws SQLException {
    transaction.update(
        "INSERT INTO expiry (expires_at, recipient, sequence, sender, id) VALUES (?, ?, ?, ?, ?)",
        due.expiresAt(),
        due.recipient(),
        due.sequence(),
        due.sender(),
        due.id());
  }

  static List<Due> due(Transaction transaction, long now, int limit) throws SQLException {
    return transaction.list(
        "SELECT expires_at, recipient, sequence, sender, id FROM expiry WHERE expires_at <= ?"
            + " ORDER BY expires_at LIMIT ?",
        row ->
            new Due(
                row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getString(5)),
        now,
        limit);
  }

  static void deleteExpiry(Transaction transaction, Due due) throws SQLException {
    transaction.update(
        "DELETE FROM expiry WHERE recipient = ? AND sequence = ?", due.recipient(), due.sequence());
  }

  static void insertExpired(Transaction transaction, long recipient, long sequence)
      throws SQLException {
    transaction.update(
        "INSERT INTO expired (recipient, sequence) VALUES (?, ?) ON CONFLICT DO NOTHING",
        recipient,
        sequence);
  }

  /// Whether its time has passed and nobody has marked it yet.
  static boolean isDue(Transaction transaction, long recipient, long sequence, long now)
      throws SQLException {
    return transaction.number(
            "SELECT 1 FROM expiry WHERE recipient = ? AND sequence = ? AND expires_at <= ?",
            0,
            recipient,
            sequence,
            now)
        == 1;
  }

  static boolean isExpired(Transaction transaction, long recipient, long sequence)
      throws SQLException {
    return transaction.number(
            "SELECT 1 FROM expired WHERE recipient = ? AND sequence = ?", 0, recipient, sequence)
        == 1;
  }
}
