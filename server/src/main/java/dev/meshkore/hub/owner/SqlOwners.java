package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// The SQL of owners and of the agents they hold.
final class SqlOwners {
  private static final String COLUMNS =
      """
      SELECT number, owner_id, name, public_key, nostr_key, mandates, made_at, p256_key
      FROM owner
      """;

  private SqlOwners() {}

  static long insert(
      Transaction transaction, String id, OwnerFields fields, byte[] keyHash, Instant now)
      throws SQLException {
    return transaction.number(
        """
        INSERT INTO owner (owner_id, name, key_hash, public_key, nostr_key, mandates, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        RETURNING number
        """,
        -1,
        id,
        fields.name(),
        keyHash,
        fields.publicKey(),
        fields.nostrKey(),
        word(fields.requiresMandates()),
        now.toEpochMilli());
  }

  /// Lets other changes of an owner, and what else it is told, wait for this one.
  static void lock(Transaction transaction, long number) throws SQLException {
    transaction.update("UPDATE owner SET number = number WHERE number = ?", number);
  }

  static void update(Transaction transaction, long number, OwnerFields fields) throws SQLException {
    transaction.update(
        """
        UPDATE owner SET name = ?, public_key = ?, nostr_key = ?, p256_key = ?, mandates = ?
        WHERE number = ?
        """,
        fields.name(),
        fields.publicKey(),
        fields.nostrKey(),
        fields.p256Key(),
        word(fields.requiresMandates()),
        number);
  }

  static void setKey(Transaction transaction, long number, byte[] keyHash) throws SQLException {
    transaction.update("UPDATE owner SET key_hash = ? WHERE number = ?", keyHash, number);
  }

  static Optional<Owner> get(Transaction reader, long number) throws SQLException {
    return reader.first(COLUMNS + "WHERE number = ?", SqlOwners::owner, number);
  }

  static Optional<Owner> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE owner_id = ?", SqlOwners::owner, id);
  }

  static Optional<Owner> byKey(Transaction reader, byte[] keyHash) throws SQLException {
    return reader.first(COLUMNS + "WHERE key_hash = ?", SqlOwners::owner, keyHash);
  }

  static Optional<Owner> byNostrKey(Transaction reader, byte[] key) throws SQLException {
    return reader.first(
        COLUMNS + "WHERE nostr_key = ? ORDER BY number LIMIT 1", SqlOwners::owner, key);
  }

  /// Lets an owner hold an agent; false where it has an owner already.
  static boolean hold(Transaction transaction, long agent, long owner, Instant now)
      throws SQLException {
    boolean isHeld =
        transaction.update(
                """
                INSERT INTO held_agent (agent, owner, since) VALUES (?, ?, ?)
                ON CONFLICT (agent) DO NOTHING
                """,
                agent,
                owner,
                now.toEpochMilli())
            == 1;
    if (isHeld) {
      transaction.update("DELETE FROM owner_offer WHERE agent = ?", agent);
      transaction.update("DELETE FROM released_agent WHERE agent = ? AND owner = ?", agent, owner);
    }
    return isHeld;
  }

  /// Every agent that is held, with its owner's id.
  static Map<Long, String> heldAgents(Transaction reader) throws SQLException {
    var held = new HashMap<Long, String>();
    reader.list(
        """
        SELECT held_agent.agent, owner.owner_id FROM held_agent
        JOIN owner ON owner.number = held_agent.owner
        """,
        row -> held.put(row.getLong(1), row.getString(2)));
    return held;
  }

  /// The id of an agent, also of one that joins in this transaction.
  static String agentId(Transaction reader, long agent) throws SQLException {
    return reader
        .first("SELECT agent_id FROM agent WHERE number = ?", row -> row.getString(1), agent)
        .orElseThrow(() -> new NoSuchElementException("No agent has number " + agent));
  }

  /// Remembers that an owner gave an agent up by its own wish.
  static void released(Transaction transaction, long agent, long owner, Instant now)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO released_agent (agent, owner, released_at) VALUES (?, ?, ?)
        ON CONFLICT (agent, owner) DO UPDATE SET released_at = excluded.released_at
        """,
        agent,
        owner,
        now.toEpochMilli());
  }

  static boolean isReleased(Transaction reader, long agent, long owner) throws SQLException {
    return reader.number(
            "SELECT 1 FROM released_agent WHERE agent = ? AND owner = ?", 0, agent, owner)
        == 1;
  }

  static boolean release(Transaction transaction, long agent, long owner) throws SQLException {
    return transaction.update("DELETE FROM held_agent WHERE agent = ? AND owner = ?", agent, owner)
        == 1;
  }

  static OptionalLong ownerOf(Transaction reader, long agent) throws SQLException {
    long owner = reader.number("SELECT owner FROM held_agent WHERE agent = ?", -1, agent);
    return owner < 0 ? OptionalLong.empty() : OptionalLong.of(owner);
  }

  /// Numbers of the agents an owner holds that come after one.
  static List<Long> heldBy(Transaction reader, long owner, long after, int limit)
      throws SQLException {
    return reader.list(
        "SELECT agent FROM held_agent WHERE owner = ? AND agent > ? ORDER BY agent LIMIT ?",
        row -> row.getLong(1),
        owner,
        after,
        limit);
  }

  /// Every agent whose owner requires mandates.
  static List<Long> ruled(Transaction reader) throws SQLException {
    return reader.list(
        """
        SELECT held_agent.agent FROM held_agent JOIN owner ON owner.number = held_agent.owner
        WHERE owner.mandates = 'required'
        """,
        row -> row.getLong(1));
  }

  static long offerCount(Transaction reader, long owner) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM owner_offer WHERE owner = ?", 0, owner);
  }

  static void offer(Transaction transaction, long agent, long owner, Instant now)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO owner_offer (agent, owner, made_at) VALUES (?, ?, ?)
        ON CONFLICT (agent, owner) DO NOTHING
        """,
        agent,
        owner,
        now.toEpochMilli());
  }

  static boolean withdraw(Transaction transaction, long agent, long owner) throws SQLException {
    return transaction.update("DELETE FROM owner_offer WHERE agent = ? AND owner = ?", agent, owner)
        == 1;
  }

  static boolean isOffered(Transaction reader, long agent, long owner) throws SQLException {
    return reader.number("SELECT 1 FROM owner_offer WHERE agent = ? AND owner = ?", 0, agent, owner)
        == 1;
  }

  static List<Owner> offersTo(Transaction reader, long agent, int limit) throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE number IN (SELECT owner FROM owner_offer WHERE agent = ?)
            ORDER BY number LIMIT ?
            """,
        SqlOwners::owner,
        agent,
        limit);
  }

  private static String word(boolean requiresMandates) {
    return requiresMandates ? "required" : "optional";
  }

  private static Owner owner(ResultSet row) throws SQLException {
    byte @Nullable [] publicKey = row.getBytes(4);
    byte @Nullable [] nostrKey = row.getBytes(5);
    return new Owner(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        publicKey,
        nostrKey,
        row.getBytes(8),
        row.getString(6).equals("required"),
        Instant.ofEpochMilli(row.getLong(7)));
  }
}
