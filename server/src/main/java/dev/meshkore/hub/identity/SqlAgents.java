package dev.meshkore.hub.identity;

import dev.meshkore.hub.store.Transaction;
import java.net.URI;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The SQL of agents.
final class SqlAgents {
  /// Whose key it is, and what is kept of the key.
  record Keyed(long number, String id, ApiKeyHash key, long epoch) {}

  private static final String COLUMNS =
      """
      SELECT number, agent_id, description, capabilities, status, joined_at, last_seen, version,
        remote, keys, public_key, practice
      FROM agent
      """;
  private static final long LOCK = 0x6d65736b_6167656eL;

  private SqlAgents() {}

  /// Inserts an agent; empty where the id is taken.
  static OptionalLong insert(
      Transaction transaction, AgentId id, ApiKeyHash key, Profile profile, Instant joinedAt)
      throws SQLException {
    lockVersions(transaction);
    long number =
        transaction.number(
            """
            INSERT INTO agent (agent_id, key_hash, key_salt, public_key, description,
              capabilities, status, joined_at, last_seen, practice, version)
            VALUES (?, ?, ?, ?, ?, ?, 'available', ?, ?, ?,
              (SELECT COALESCE(MAX(version), 0) + 1 FROM agent))
            ON CONFLICT (agent_id) DO NOTHING
            RETURNING number
            """,
            -1,
            id.value(),
            key.hash(),
            key.salt(),
            profile.publicKey(),
            profile.description(),
            joined(profile.capabilities()),
            joinedAt.toEpochMilli(),
            joinedAt.toEpochMilli(),
            profile.practice().stored());
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  /// Inserts an agent outside, which has no key; empty where the id or the address is taken.
  static OptionalLong insertOutside(
      Transaction transaction, String id, String remote, long namedBy, long now)
      throws SQLException {
    lockVersions(transaction);
    long number =
        transaction.number(
            """
            INSERT INTO agent (agent_id, key_hash, description, capabilities, status, joined_at,
              last_seen, version, remote, named_by)
            VALUES (?, ?, '', '', 'available', ?, ?,
              (SELECT COALESCE(MAX(version), 0) + 1 FROM agent), ?, ?)
            ON CONFLICT DO NOTHING
            RETURNING number
            """,
            -1,
            id,
            new byte[0],
            now,
            now,
            remote,
            namedBy);
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  static Optional<OutsideAgents.Outside> outside(Transaction reader, String remote)
      throws SQLException {
    return reader.first(
        "SELECT number, agent_id, remote FROM agent WHERE remote = ?", SqlAgents::outside, remote);
  }

  static List<OutsideAgents.Outside> outsideAfter(Transaction reader, long number, int limit)
      throws SQLException {
    return reader.list(
        """
        SELECT number, agent_id, remote FROM agent
        WHERE remote IS NOT NULL AND number > ? ORDER BY number LIMIT ?
        """,
        SqlAgents::outside,
        number,
        limit);
  }

  static long countNamedBy(Transaction reader, long number) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM agent WHERE named_by = ?", 0, number);
  }

  static void update(
      Transaction transaction,
      long number,
      @Nullable String description,
      @Nullable String capabilities,
      @Nullable String status)
      throws SQLException {
    lockVersions(transaction);
    transaction.update(
        """
        UPDATE agent SET description = COALESCE(CAST(? AS TEXT), description),
          capabilities = COALESCE(CAST(? AS TEXT), capabilities),
          status = COALESCE(CAST(? AS TEXT), status),
          version = (SELECT MAX(version) + 1 FROM agent)
        WHERE number = ?
        """,
        description,
        capabilities,
        status,
        number);
  }

  /// Stores how it works; its version was counted on.
  static void practise(Transaction transaction, long number, Practice practice)
      throws SQLException {
    transaction.update("UPDATE agent SET practice = ? WHERE number = ?", practice.stored(), number);
  }

  /// Puts another API key in the place of the one there is, and answers the new epoch.
  static long changeKey(Transaction transaction, long number, ApiKeyHash key) throws SQLException {
    return transaction.number(
        """
        UPDATE agent SET key_hash = ?, key_salt = ?, epoch = epoch + 1 WHERE number = ?
        RETURNING epoch
        """,
        0,
        key.hash(),
        key.salt(),
        number);
  }

  /// Repeats the keys of an agent beside it; who follows the agents hears of it.
  static void setKeys(Transaction transaction, long number, String keys) throws SQLException {
    transaction.update(
        "UPDATE agent SET keys = ?, version = (SELECT MAX(version) + 1 FROM agent)"
            + " WHERE number = ?",
        keys,
        number);
  }

  static void seen(Transaction transaction, long number, Instant at) throws SQLException {
    transaction.update(
        "UPDATE agent SET last_seen = ? WHERE number = ? AND last_seen < ?",
        at.toEpochMilli(),
        number,
        at.toEpochMilli());
  }

  static String joined(List<String> capabilities) {
    return String.join("\n", capabilities);
  }

  static Optional<Agent> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE agent_id = ?", SqlAgents::agent, id);
  }

  static Optional<Agent> get(Transaction reader, long number) throws SQLException {
    return reader.first(COLUMNS + "WHERE number = ?", SqlAgents::agent, number);
  }

  static OptionalLong numberOf(Transaction reader, String id) throws SQLException {
    long number = reader.number("SELECT number FROM agent WHERE agent_id = ?", -1, id);
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  static List<Agent> changedSince(Transaction reader, long version, int limit) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE version > ? ORDER BY version LIMIT ?", SqlAgents::agent, version, limit);
  }

  static List<Agent> page(Transaction reader, String afterId, int limit) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE agent_id > ? ORDER BY agent_id LIMIT ?", SqlAgents::agent, afterId, limit);
  }

  /// One statement for any count of numbers, so that it is prepared once.
  static List<Agent> byNumbers(Transaction reader, Collection<Long> numbers) throws SQLException {
    String list = numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    return switch (reader.dialect()) {
      case SQLITE ->
          reader.list(
              COLUMNS + "WHERE number IN (SELECT value FROM json_each(?)) ORDER BY number",
              SqlAgents::agent,
              "[" + list + "]");
      case POSTGRESQL ->
          reader.list(
              COLUMNS
                  + "WHERE number = ANY(CAST(string_to_array(?, ',') AS BIGINT[]))"
                  + " ORDER BY number",
              SqlAgents::agent,
              list);
    };
  }

  static long count(Transaction reader) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM agent", 0);
  }

  static Optional<Keyed> keyed(Transaction reader, String id) throws SQLException {
    return reader.first(
        "SELECT number, agent_id, key_hash, key_salt, epoch FROM agent WHERE agent_id = ?",
        SqlAgents::keyed,
        id);
  }

  static Optional<Keyed> byMadeKey(Transaction reader, byte[] hash) throws SQLException {
    return reader.first(
        """
        SELECT number, agent_id, key_hash, key_salt, epoch FROM agent
        WHERE key_hash = ? AND key_salt IS NULL
        """,
        SqlAgents::keyed,
        hash);
  }

  static boolean hasChosenKeys(Transaction reader) throws SQLException {
    return reader.number("SELECT 1 FROM agent WHERE key_salt IS NOT NULL LIMIT 1", 0) == 1;
  }

  /// Where several hubs share a database, the versions must be committed in their order: whoever
  /// has read up to one version has then seen all before it.
  static void lockVersions(Transaction transaction) throws SQLException {
    if (transaction.dialect().isShared()) {
      transaction.number("SELECT 1 FROM pg_advisory_xact_lock(?)", 0, LOCK);
    }
  }

  private static @Nullable String hexOrNull(byte @Nullable [] bytes) {
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }

  private static OutsideAgents.Outside outside(ResultSet row) throws SQLException {
    return new OutsideAgents.Outside(
        row.getLong(1), row.getString(2), URI.create(row.getString(3)));
  }

  private static Keyed keyed(ResultSet row) throws SQLException {
    return new Keyed(
        row.getLong(1),
        row.getString(2),
        new ApiKeyHash(row.getBytes(3), row.getBytes(4)),
        row.getLong(5));
  }

  private static Agent agent(ResultSet row) throws SQLException {
    String capabilities = row.getString(4);
    return new Agent(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        capabilities.isEmpty() ? List.of() : List.of(capabilities.split("\n")),
        row.getString(5),
        Instant.ofEpochMilli(row.getLong(6)),
        Instant.ofEpochMilli(row.getLong(7)),
        row.getLong(8),
        row.getString(9),
        BoundKey.read(row.getString(10)),
        hexOrNull(row.getBytes(11)),
        Practice.read(row.getString(12)));
  }
}
