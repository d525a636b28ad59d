package dev.meshkore.hub.owner;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The SQL of mandates.
final class SqlMandates {
  private static final String COLUMNS =
      """
      SELECT mandate_id, owner, subject, parent, depth, form, grants, token, made_at, not_before,
        expires_at, revoked_at, number
      FROM mandate
      """;

  /// A mandate with its place in the list of them.
  record Numbered(long number, Mandate mandate) {}

  /// What an agent may go by.
  ///
  /// @param owner who holds it
  /// @param mandates their ids
  record Held(long owner, List<String> mandates) {
    private Held and(Held more) {
      return new Held(owner, Stream.concat(mandates.stream(), more.mandates().stream()).toList());
    }
  }

  private SqlMandates() {}

  /// Adds a mandate; false where it was there.
  static boolean insert(Transaction transaction, Mandate mandate) throws SQLException {
    return transaction.update(
            """
            INSERT INTO mandate (mandate_id, owner, subject, parent, depth, form, grants, token,
              made_at, not_before, expires_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (mandate_id) DO NOTHING
            """,
            mandate.id(),
            mandate.owner(),
            mandate.subject(),
            mandate.parent().orElse(null),
            mandate.depth(),
            mandate.form().name(),
            mandate.grants().text(),
            mandate.token(),
            mandate.madeAt().toEpochMilli(),
            mandate.notBefore().toEpochMilli(),
            mandate.expiresAt().toEpochMilli())
        == 1;
  }

  static Optional<Mandate> find(Transaction reader, String id) throws SQLException {
    return reader
        .first(COLUMNS + "WHERE mandate_id = ?", SqlMandates::numbered, id)
        .map(Numbered::mandate);
  }

  /// Who holds an agent, and which of its mandates hold now, oldest first; empty where nobody does.
  static Optional<Held> held(Transaction reader, long agent, Instant now, int limit)
      throws SQLException {
    List<Held> rows =
        reader.list(
            """
            SELECT h.owner, m.mandate_id
            FROM held_agent h LEFT JOIN mandate m
              ON m.subject = h.agent AND m.revoked_at IS NULL AND m.expires_at > ?
                AND m.not_before <= ?
            WHERE h.agent = ? ORDER BY m.number LIMIT ?
            """,
            row -> new Held(row.getLong(1), Stream.ofNullable(row.getString(2)).toList()),
            now.toEpochMilli(),
            now.toEpochMilli(),
            agent,
            limit);
    return rows.stream().reduce(Held::and);
  }

  /// An agent's mandates that hold now, oldest first.
  static List<Mandate> live(Transaction reader, long subject, Instant now, int limit)
      throws SQLException {
    return reader
        .list(
            COLUMNS
                + """
                WHERE subject = ? AND revoked_at IS NULL AND expires_at > ? AND not_before <= ?
                ORDER BY number LIMIT ?
                """,
            SqlMandates::numbered,
            subject,
            now.toEpochMilli(),
            now.toEpochMilli(),
            limit)
        .stream()
        .map(Numbered::mandate)
        .toList();
  }

  /// Newest first, those before a place.
  static List<Numbered> ofOwner(Transaction reader, long owner, long before, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS + "WHERE owner = ? AND number < ? ORDER BY number DESC LIMIT ?",
        SqlMandates::numbered,
        owner,
        before,
        limit);
  }

  /// Newest first, those before a place.
  static List<Numbered> ofSubject(Transaction reader, long subject, long before, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS + "WHERE subject = ? AND number < ? ORDER BY number DESC LIMIT ?",
        SqlMandates::numbered,
        subject,
        before,
        limit);
  }

  static long liveCount(Transaction reader, long subject, Instant now) throws SQLException {
    return reader.number(
        """
        SELECT COUNT(*) FROM mandate
        WHERE subject = ? AND revoked_at IS NULL AND expires_at > ?
        """,
        0,
        subject,
        now.toEpochMilli());
  }

  static long liveChildCount(Transaction reader, String parent, Instant now) throws SQLException {
    return reader.number(
        """
        SELECT COUNT(*) FROM mandate
        WHERE parent = ? AND revoked_at IS NULL AND expires_at > ?
        """,
        0,
        parent,
        now.toEpochMilli());
  }

  static boolean revoke(Transaction transaction, String id, Instant now) throws SQLException {
    return transaction.update(
            "UPDATE mandate SET revoked_at = ? WHERE mandate_id = ? AND revoked_at IS NULL",
            now.toEpochMilli(),
            id)
        == 1;
  }

  private static Numbered numbered(ResultSet row) throws SQLException {
    long revokedAt = row.getLong(12);
    boolean isRevoked = !row.wasNull();
    var mandate =
        new Mandate(
            row.getString(1),
            row.getLong(2),
            row.getLong(3),
            Optional.ofNullable(row.getString(4)),
            row.getInt(5),
            Mandate.Form.valueOf(row.getString(6)),
            Grants.ofText(row.getString(7)),
            row.getString(8),
            Instant.ofEpochMilli(row.getLong(9)),
            Instant.ofEpochMilli(row.getLong(10)),
            Instant.ofEpochMilli(row.getLong(11)),
            isRevoked ? Optional.of(Instant.ofEpochMilli(revokedAt)) : Optional.empty());
    return new Numbered(row.getLong(13), mandate);
  }
}
