package dev.meshkore.hub.relay;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/// All SQL of channels and their members.
final class SqlChannels {
  private static final String COLUMNS =
      "number, channel_id, description, visibility, made_by, made_at";

  private SqlChannels() {}

  static Optional<Channel> find(Transaction transaction, String id) throws SQLException {
    return transaction.first(
        "SELECT " + COLUMNS + " FROM channel WHERE channel_id = ?", SqlChannels::channel, id);
  }

  static Optional<Channel> find(Transaction transaction, long number) throws SQLException {
    return transaction.first(
        "SELECT " + COLUMNS + " FROM channel WHERE number = ?", SqlChannels::channel, number);
  }

  /// Channels that an agent can see, by id.
  static List<Channel> visible(Transaction transaction, long agent, String afterId, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT "
            + COLUMNS
            + " FROM channel WHERE channel_id > ? AND (visibility = 'open' OR EXISTS (SELECT 1"
            + " FROM channel_member WHERE channel = channel.number AND agent = ?))"
            + " ORDER BY channel_id LIMIT ?",
        SqlChannels::channel,
        afterId,
        agent,
        limit);
  }

  static Optional<Long> insert(Transaction transaction, Channel channel) throws SQLException {
    return transaction.first(
        "INSERT INTO channel (channel_id, description, visibility, made_by, made_at, messages)"
            + " VALUES (?, ?, ?, ?, ?, 0) ON CONFLICT (channel_id) DO NOTHING RETURNING number",
        row -> row.getLong(1),
        channel.id(),
        channel.description(),
        channel.visibility().word(),
        channel.madeBy(),
        channel.madeAtMs());
  }

  /// Lets nobody else, on a shared database, change the members until the end of the transaction:
  /// of two owners who leave at once the second has to see that the first is gone.
  static void lock(Transaction transaction, String id) throws SQLException {
    if (transaction.dialect().isShared()) {
      transaction.number("SELECT number FROM channel WHERE channel_id = ? FOR UPDATE", 0, id);
    }
  }

  static long nextMessage(Transaction transaction, long channel) throws SQLException {
    return transaction.number(
        "UPDATE channel SET messages = messages + 1 WHERE number = ? RETURNING messages",
        0,
        channel);
  }

  static List<Channel.Member> members(Transaction transaction, long channel, int limit)
      throws SQLException {
    return transaction.list(
        "SELECT agent, role FROM channel_member WHERE channel = ? ORDER BY agent LIMIT ?",
        row -> new Channel.Member(row.getLong(1), role(row.getString(2))),
        channel,
        limit);
  }

  static long memberCount(Transaction transaction, long channel) throws SQLException {
    return transaction.number("SELECT COUNT(*) FROM channel_member WHERE channel = ?", 0, channel);
  }

  static Optional<Channel.Role> role(Transaction transaction, long channel, long agent)
      throws SQLException {
    return transaction.first(
        "SELECT role FROM channel_member WHERE channel = ? AND agent = ?",
        row -> role(row.getString(1)),
        channel,
        agent);
  }

  /// The channels that an agent is a member of.
  static List<Long> numbersOf(Transaction transaction, long agent) throws SQLException {
    return transaction.list(
        "SELECT channel FROM channel_member WHERE agent = ?", row -> row.getLong(1), agent);
  }

  static void setRole(
      Transaction transaction, long channel, long agent, Channel.Role role, long joinedAtMs)
      throws SQLException {
    transaction.update(
        "INSERT INTO channel_member (channel, agent, role, joined_at) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (channel, agent) DO UPDATE SET role = excluded.role",
        channel,
        agent,
        role.word(),
        joinedAtMs);
  }

  static void remove(Transaction transaction, long channel, long agent) throws SQLException {
    transaction.update(
        "DELETE FROM channel_member WHERE channel = ? AND agent = ?", channel, agent);
  }

  static long ownerCount(Transaction transaction, long channel) throws SQLException {
    return transaction.number(
        "SELECT COUNT(*) FROM channel_member WHERE channel = ? AND role = 'owner'", 0, channel);
  }

  static ChannelPolicy policy(Transaction transaction, long channel) throws SQLException {
    return transaction
        .first(
            "SELECT post, member_rate FROM channel WHERE number = ?",
            row -> new ChannelPolicy(role(row.getString(1)), row.getInt(2)),
            channel)
        .orElseThrow(() -> new IllegalStateException("There is no channel " + channel));
  }

  static void setPolicy(Transaction transaction, long channel, ChannelPolicy policy)
      throws SQLException {
    transaction.update(
        "UPDATE channel SET post = ?, member_rate = ? WHERE number = ?",
        policy.post().word(),
        policy.memberRatePerMinute(),
        channel);
  }

  static long count(Transaction transaction) throws SQLException {
    return transaction.number("SELECT COUNT(*) FROM channel", 0);
  }

  private static Channel channel(ResultSet row) throws SQLException {
    return new Channel(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        Channel.Visibility.of(row.getString(4)).orElseThrow(),
        row.getLong(5),
        row.getLong(6));
  }

  private static Channel.Role role(String word) {
    return Channel.Role.of(word).orElseThrow();
  }
}
