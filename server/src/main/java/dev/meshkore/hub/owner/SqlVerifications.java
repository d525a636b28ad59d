package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The SQL of verifications and of whom the operator vouches for.
final class SqlVerifications {
  private static final String COLUMNS =
      """
      SELECT verification_id, owner, agent, method, name, proof, expected, status, reason, made_at,
        verified_at, checked_at, check_at
      FROM verification
      """;

  /// Those of an agent and of its owner.
  private static final String OF_AGENT =
      """
      WHERE (agent = ? OR owner = (SELECT owner FROM held_agent WHERE agent = ?))
        AND status = 'verified'
      """;

  private SqlVerifications() {}

  static void insert(Transaction transaction, Verification one) throws SQLException {
    transaction.update(
        """
        INSERT INTO verification (verification_id, owner, agent, method, name, proof, expected,
          status, reason, made_at, check_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        one.id(),
        one.subject() instanceof Verification.Subject.OfOwner(long owner) ? owner : null,
        one.subject() instanceof Verification.Subject.OfAgent(long agent) ? agent : null,
        one.method().word(),
        one.name(),
        one.proof(),
        one.expected(),
        one.status().word(),
        one.reason(),
        one.madeAt().toEpochMilli(),
        one.checkAt().map(Instant::toEpochMilli).orElse(null));
  }

  /// Stores the outcome of a check, unless somebody stored one since.
  static boolean update(Transaction transaction, Verification before, Verification after)
      throws SQLException {
    return transaction.update(
            """
            UPDATE verification SET status = ?, reason = ?, verified_at = ?, checked_at = ?,
              check_at = ?
            WHERE verification_id = ? AND COALESCE(checked_at, 0) = ?
            """,
            after.status().word(),
            after.reason(),
            after.verifiedAt().map(Instant::toEpochMilli).orElse(null),
            after.checkedAt().map(Instant::toEpochMilli).orElse(null),
            after.checkAt().map(Instant::toEpochMilli).orElse(null),
            before.id(),
            before.checkedAt().map(Instant::toEpochMilli).orElse(0L))
        == 1;
  }

  static boolean delete(Transaction transaction, String id) throws SQLException {
    return transaction.update("DELETE FROM verification WHERE verification_id = ?", id) == 1;
  }

  static Optional<Verification> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE verification_id = ?", SqlVerifications::verification, id);
  }

  static List<Verification> of(Transaction reader, Verification.Subject subject)
      throws SQLException {
    return switch (subject) {
      case Verification.Subject.OfOwner(long owner) ->
          reader.list(
              COLUMNS + "WHERE owner = ? ORDER BY made_at, verification_id",
              SqlVerifications::verification,
              owner);
      case Verification.Subject.OfAgent(long agent) ->
          reader.list(
              COLUMNS + "WHERE agent = ? ORDER BY made_at, verification_id",
              SqlVerifications::verification,
              agent);
    };
  }

  /// Those that hold for an agent: its own and its owner's.
  static List<Verification> holdingFor(Transaction reader, long agent) throws SQLException {
    return reader.list(
        COLUMNS + OF_AGENT + "ORDER BY verified_at, verification_id",
        SqlVerifications::verification,
        agent,
        agent);
  }

  static List<Verification> due(Transaction reader, Instant now, int limit) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE check_at <= ? ORDER BY check_at LIMIT ?",
        SqlVerifications::verification,
        now.toEpochMilli(),
        limit);
  }

  /// Numbers of the agents for which something holds, of those that are asked about or of all.
  static List<Long> agentsWithStanding(Transaction reader) throws SQLException {
    return reader.list(
        """
        SELECT agent FROM verification WHERE status = 'verified' AND agent IS NOT NULL
        UNION
        SELECT held_agent.agent FROM held_agent JOIN verification
          ON verification.owner = held_agent.owner
        WHERE verification.status = 'verified'
        UNION
        SELECT number FROM agent
        WHERE ('agent:' || agent_id) IN (SELECT subject FROM vouched)
        UNION
        SELECT held_agent.agent FROM held_agent JOIN owner ON owner.number = held_agent.owner
        WHERE ('owner:' || owner.owner_id) IN (SELECT subject FROM vouched)
        """,
        row -> row.getLong(1));
  }

  static boolean isVouchedFor(Transaction reader, long agent) throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM vouched
            WHERE subject = (SELECT 'agent:' || agent_id FROM agent WHERE number = ?)
              OR subject = (
                SELECT 'owner:' || owner.owner_id FROM held_agent
                JOIN owner ON owner.number = held_agent.owner WHERE held_agent.agent = ?)
            LIMIT 1
            """,
            0,
            agent,
            agent)
        == 1;
  }

  static void vouch(Transaction transaction, String subject, Instant now) throws SQLException {
    transaction.update(
        "INSERT INTO vouched (subject, since) VALUES (?, ?) ON CONFLICT (subject) DO NOTHING",
        subject,
        now.toEpochMilli());
  }

  static void unvouch(Transaction transaction, String subject) throws SQLException {
    transaction.update("DELETE FROM vouched WHERE subject = ?", subject);
  }

  private static Verification verification(ResultSet row) throws SQLException {
    long owner = row.getLong(2);
    boolean isAgent = row.wasNull();
    return new Verification(
        row.getString(1),
        isAgent
            ? new Verification.Subject.OfAgent(row.getLong(3))
            : new Verification.Subject.OfOwner(owner),
        Verification.Method.ofWord(row.getString(4)),
        row.getString(5),
        row.getString(6),
        row.getString(7),
        Verification.Status.ofWord(row.getString(8)),
        row.getString(9),
        Instant.ofEpochMilli(row.getLong(10)),
        time(row, 11),
        time(row, 12),
        time(row, 13));
  }

  private static Optional<Instant> time(ResultSet row, int column) throws SQLException {
    long time = row.getLong(column);
    return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(time));
  }
}
