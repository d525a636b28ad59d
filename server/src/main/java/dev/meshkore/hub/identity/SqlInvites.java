package dev.meshkore.hub.identity;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The SQL of invites.
final class SqlInvites {
  private static final String COLUMNS =
      """
      SELECT invite_id, label, made_by, lets_in, max_uses, uses, made_at, expires_at
      FROM invite
      """;

  private SqlInvites() {}

  static void insert(Transaction transaction, Invite invite, byte[] nonceHash) throws SQLException {
    transaction.update(
        """
        INSERT INTO invite
          (invite_id, nonce_hash, label, made_by, lets_in, max_uses, uses, made_at, expires_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        invite.id(),
        nonceHash,
        invite.label(),
        invite.madeBy(),
        invite.letsIn().word(),
        invite.maxUses(),
        invite.uses(),
        invite.madeAt().toEpochMilli(),
        invite.expiresAt().toEpochMilli());
  }

  /// Takes one use; false where the invite is unknown, expired or used up.
  static boolean use(Transaction transaction, byte[] nonceHash, Instant now) throws SQLException {
    return transaction.update(
            """
            UPDATE invite SET uses = uses + 1
            WHERE nonce_hash = ? AND uses < max_uses AND expires_at > ?
            """,
            nonceHash,
            now.toEpochMilli())
        == 1;
  }

  static Optional<Invite> find(Transaction reader, byte[] nonceHash) throws SQLException {
    return reader.first(COLUMNS + "WHERE nonce_hash = ?", SqlInvites::invite, nonceHash);
  }

  /// Newest first, those made before one invite.
  static List<Invite> page(Transaction reader, long madeAt, String id, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE made_at < ? OR (made_at = ? AND invite_id < ?)
            ORDER BY made_at DESC, invite_id DESC LIMIT ?
            """,
        SqlInvites::invite,
        madeAt,
        madeAt,
        id,
        limit);
  }

  static boolean delete(Transaction transaction, String id) throws SQLException {
    return transaction.update("DELETE FROM invite WHERE invite_id = ?", id) == 1;
  }

  private static Invite invite(ResultSet row) throws SQLException {
    return new Invite(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        Invite.LetsIn.of(row.getString(4)),
        row.getLong(5),
        row.getLong(6),
        Instant.ofEpochMilli(row.getLong(7)),
        Instant.ofEpochMilli(row.getLong(8)));
  }
}
