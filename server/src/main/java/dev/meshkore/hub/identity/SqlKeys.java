package dev.meshkore.hub.identity;

import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The SQL of agents' keys, of challenges, and of what was revoked.
final class SqlKeys {
  /// A key with its agent.
  ///
  /// @param isCurrent false after it was revoked
  record Row(long agent, String agentId, BoundKey bound, boolean isCurrent) {}

  /// Something that was revoked: a key, or where `key` is empty the API key and all tokens of
  /// epochs before this.
  record Revocation(long number, long agent, long epoch, String key) {}

  private static final String COLUMNS =
      """
      SELECT k.agent, a.agent_id, k.type, k.public_key, k.is_odd, k.bound_at, k.revoked_at
      FROM agent_key k JOIN agent a ON a.number = k.agent
      """;

  private SqlKeys() {}

  static Optional<Row> find(Transaction reader, String key) throws SQLException {
    return reader.first(COLUMNS + "WHERE k.public_key = ?", SqlKeys::row, key);
  }

  /// The key of an address on EVM chains.
  static Optional<Row> byAddress(Transaction reader, String address) throws SQLException {
    return reader.first(
        COLUMNS + "JOIN key_address d ON d.public_key = k.public_key WHERE d.address = ?",
        SqlKeys::row,
        address);
  }

  /// The first keys after one, in their order, whose addresses are not kept.
  static List<Key> withoutAddress(Transaction reader, String after, int limit) throws SQLException {
    return reader.list(
        """
        SELECT k.public_key, k.is_odd FROM agent_key k
        WHERE k.public_key > ? AND k.type = ? AND NOT EXISTS (
          SELECT 1 FROM key_address d WHERE d.public_key = k.public_key)
        ORDER BY k.public_key LIMIT ?
        """,
        row -> new Key(KeyType.SECP256K1, row.getString(1), row.getLong(2) == 1),
        after,
        KeyType.SECP256K1.word(),
        limit);
  }

  /// Keeps by which addresses a key is found.
  static void insertAddresses(Transaction transaction, Key key) throws SQLException {
    for (String address : key.evmAddresses()) {
      transaction.update(
          "INSERT INTO key_address (address, public_key) VALUES (?, ?) ON CONFLICT DO NOTHING",
          address,
          key.hex());
    }
  }

  static Optional<Row> byThumbprint(Transaction reader, String thumbprint) throws SQLException {
    return reader.first(
        COLUMNS + "WHERE k.thumbprint = ? AND k.revoked_at IS NULL", SqlKeys::row, thumbprint);
  }

  static Optional<Row> current(Transaction reader, String agentId, KeyType type)
      throws SQLException {
    return reader.first(
        COLUMNS + "WHERE a.agent_id = ? AND k.type = ? AND k.revoked_at IS NULL",
        SqlKeys::row,
        agentId,
        type.word());
  }

  static List<BoundKey> current(Transaction reader, long agent) throws SQLException {
    return reader
        .list(
            COLUMNS + "WHERE k.agent = ? AND k.revoked_at IS NULL ORDER BY k.type",
            SqlKeys::row,
            agent)
        .stream()
        .map(Row::bound)
        .toList();
  }

  /// Whether the agent has a key, or had one that was revoked.
  static boolean hadAny(Transaction reader, long agent) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM agent_key WHERE agent = ?", 0, agent) > 0;
  }

  /// False where the key was bound before.
  static boolean insert(Transaction transaction, long agent, BoundKey bound) throws SQLException {
    Key key = bound.key();
    boolean isNew =
        transaction.update(
                """
                INSERT INTO agent_key (public_key, type, is_odd, thumbprint, agent, bound_at)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (public_key) DO NOTHING
                """,
                key.hex(),
                key.type().word(),
                key.isOdd() ? 1L : 0L,
                key.type() == KeyType.ED25519 ? key.thumbprint() : "",
                agent,
                bound.boundAt().toEpochMilli())
            == 1;
    if (isNew) {
      insertAddresses(transaction, key);
    }
    return isNew;
  }

  /// False where the agent has no such key now.
  static boolean revoke(Transaction transaction, long agent, String key, Instant at)
      throws SQLException {
    int changed =
        transaction.update(
            """
            UPDATE agent_key SET revoked_at = ?
            WHERE public_key = ? AND agent = ? AND revoked_at IS NULL
            """,
            at.toEpochMilli(),
            key,
            agent);
    if (changed == 1) {
      note(transaction, agent, 0, key);
    }
    return changed == 1;
  }

  /// Notes a revocation for the other hubs. Numbers are committed in their order, because the lock
  /// of [SqlAgents#lockVersions] was taken before.
  static void note(Transaction transaction, long agent, long epoch, String key)
      throws SQLException {
    transaction.update(
        "INSERT INTO revocation (agent, epoch, public_key) VALUES (?, ?, ?)", agent, epoch, key);
  }

  static long lastRevocation(Transaction reader) throws SQLException {
    return reader.number("SELECT MAX(number) FROM revocation", 0);
  }

  static List<Revocation> revocationsAfter(Transaction reader, long number, int limit)
      throws SQLException {
    return reader.list(
        """
        SELECT number, agent, epoch, public_key FROM revocation
        WHERE number > ? ORDER BY number LIMIT ?
        """,
        row -> new Revocation(row.getLong(1), row.getLong(2), row.getLong(3), row.getString(4)),
        number,
        limit);
  }

  static long epochOf(Transaction reader, long agent) throws SQLException {
    return reader.number("SELECT epoch FROM agent WHERE number = ?", 0, agent);
  }

  static void insertChallenge(Transaction transaction, byte[] nonceHash, long agent, Instant until)
      throws SQLException {
    transaction.update(
        "INSERT INTO key_challenge (nonce_hash, agent, expires_at) VALUES (?, ?, ?)",
        nonceHash,
        agent,
        until.toEpochMilli());
  }

  /// Forgets an agent's challenges but for the newest ones, and everybody's old ones.
  static void pruneChallenges(Transaction transaction, long agent, int kept, Instant now)
      throws SQLException {
    transaction.update("DELETE FROM key_challenge WHERE expires_at <= ?", now.toEpochMilli());
    transaction.update(
        """
        DELETE FROM key_challenge WHERE agent = ? AND nonce_hash NOT IN (
          SELECT nonce_hash FROM key_challenge WHERE agent = ? ORDER BY expires_at DESC LIMIT ?)
        """,
        agent,
        agent,
        kept);
  }

  /// Takes a challenge once; false where it is not open.
  static boolean takeChallenge(Transaction transaction, byte[] nonceHash, long agent, Instant now)
      throws SQLException {
    return transaction.update(
            "DELETE FROM key_challenge WHERE nonce_hash = ? AND agent = ? AND expires_at > ?",
            nonceHash,
            agent,
            now.toEpochMilli())
        == 1;
  }

  private static Row row(ResultSet row) throws SQLException {
    var key = new Key(KeyType.of("type", row.getString(3)), row.getString(4), row.getLong(5) == 1);
    var bound = new BoundKey(key, Instant.ofEpochMilli(row.getLong(6)));
    boolean isCurrent = row.getString(7) == null;
    return new Row(row.getLong(1), row.getString(2), bound, isCurrent);
  }
}
