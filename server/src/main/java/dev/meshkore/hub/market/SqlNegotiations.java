package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The SQL of negotiations and their moves.
final class SqlNegotiations {
  private static final String COLUMNS =
      """
      SELECT number, negotiation_id, buyer, seller, opener, service, offer_id, state, turn, head,
        moves, made_at, ends_at, expires_at, taken, agreed_at, closed_at, is_own
      FROM market_negotiation
      """;

  private SqlNegotiations() {}

  /// Adds one; false where its id, or the offer that it accepts, is taken.
  static boolean insert(Transaction transaction, Negotiation one) throws SQLException {
    return transaction.update(
            """
            INSERT INTO market_negotiation (negotiation_id, buyer, seller, opener, service,
              offer_id, state, turn, head, moves, made_at, ends_at, expires_at, taken, agreed_at,
              is_own)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """,
            one.id(),
            one.buyer(),
            one.seller(),
            one.opener(),
            one.service().isPresent() ? one.service().getAsLong() : null,
            one.offerId().orElse(null),
            one.state(),
            one.turn(),
            one.head(),
            one.moves(),
            one.madeAtMs(),
            one.endsAtMs(),
            one.expiresAtMs(),
            one.taken(),
            one.agreedAtMs() == 0 ? null : one.agreedAtMs(),
            one.isOwn() ? 1L : 0L)
        == 1;
  }

  static Optional<Negotiation> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE negotiation_id = ?", SqlNegotiations::negotiation, id);
  }

  static String category(Transaction reader, String id) throws SQLException {
    return reader
        .first(
            """
            SELECT COALESCE(
              (SELECT category FROM market_service WHERE number = market_negotiation.service),
              (SELECT market_request.category FROM market_offer
                JOIN market_request ON market_request.number = market_offer.request
                WHERE market_offer.offer_id = market_negotiation.offer_id),
              '')
            FROM market_negotiation WHERE negotiation_id = ?
            """,
            row -> row.getString(1),
            id)
        .orElse("");
  }

  static Optional<Negotiation> ofOffer(Transaction reader, String offerId) throws SQLException {
    return reader.first(COLUMNS + "WHERE offer_id = ?", SqlNegotiations::negotiation, offerId);
  }

  /// Takes the next move, if the last one is still the last and stands; of many at once one does.
  static boolean advance(Transaction transaction, Negotiation next, String head, long now)
      throws SQLException {
    return transaction.update(
            """
            UPDATE market_negotiation SET state = ?, turn = ?, head = ?, moves = ?, expires_at = ?,
              taken = ?, agreed_at = ?
            WHERE number = ? AND head = ? AND state = 'open' AND expires_at > ?
            """,
            next.state(),
            next.turn(),
            next.head(),
            next.moves(),
            next.expiresAtMs(),
            next.taken(),
            next.agreedAtMs() == 0 ? null : next.agreedAtMs(),
            next.number(),
            head,
            now)
        == 1;
  }

  /// Ends one that is in a state; of many that try, one does.
  static boolean end(Transaction transaction, long number, String from, String to, long now)
      throws SQLException {
    return transaction.update(
            """
            UPDATE market_negotiation SET state = ?, closed_at = ? WHERE number = ? AND state = ?
            """,
            to,
            now,
            number,
            from)
        == 1;
  }

  static void insertMove(
      Transaction transaction, long negotiation, long sequence, long sender, Link link, long waited)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO market_move (negotiation, sequence, sender, kind, move, hash, proof, made_at,
          waited_ms)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        negotiation,
        sequence,
        sender,
        link.move().path("kind").asString(""),
        Canonical.text(link.move()),
        link.hash(),
        link.proof().toString(),
        link.atMs(),
        waited);
  }

  static List<Link> chain(Transaction reader, long negotiation) throws SQLException {
    return reader.list(
        "SELECT move, proof, made_at FROM market_move WHERE negotiation = ? ORDER BY sequence",
        row -> Link.of(row.getString(1), row.getString(2), row.getLong(3)),
        negotiation);
  }

  /// When the last move was made.
  static long lastAt(Transaction reader, long negotiation) throws SQLException {
    return reader.number(
        "SELECT MAX(made_at) FROM market_move WHERE negotiation = ?", 0, negotiation);
  }

  /// The last terms that were put.
  static Optional<Link> lastTerms(Transaction reader, long negotiation) throws SQLException {
    return reader.first(
        """
        SELECT move, proof, made_at FROM market_move
        WHERE negotiation = ? AND kind IN ('propose', 'counter', '') ORDER BY sequence DESC LIMIT 1
        """,
        row -> Link.of(row.getString(1), row.getString(2), row.getLong(3)),
        negotiation);
  }

  /// Newest first, those before a number.
  static List<Negotiation> ofAgent(
      Transaction reader, long agent, String state, long before, int limit) throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE (buyer = ? OR seller = ?) AND number < ? AND (? = '' OR state = ?)
            ORDER BY number DESC LIMIT ?
            """,
        SqlNegotiations::negotiation,
        agent,
        agent,
        before,
        state,
        state,
        limit);
  }

  static long openCount(Transaction reader, long agent) throws SQLException {
    return reader.number(
        """
        SELECT COUNT(*) FROM market_negotiation
        WHERE opener = ? AND state = 'open' AND (buyer = ? OR seller = ?)
        """,
        0,
        agent,
        agent,
        agent);
  }

  /// Those that end by the clock.
  static List<Negotiation> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        COLUMNS
            + """
            WHERE state IN ('open', 'agreed') AND expires_at <= ?
              AND (state = 'open' OR expires_at <= ?)
            ORDER BY expires_at LIMIT ?
            """,
        SqlNegotiations::negotiation,
        now,
        now - Negotiation.GRACE_MS,
        limit);
  }

  private static Negotiation negotiation(ResultSet row) throws SQLException {
    long service = row.getLong(6);
    boolean isOfService = !row.wasNull();
    return new Negotiation(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        isOfService ? OptionalLong.of(service) : OptionalLong.empty(),
        Optional.ofNullable(row.getString(7)),
        row.getString(8),
        row.getLong(9),
        row.getString(10),
        row.getLong(11),
        row.getLong(12),
        row.getLong(13),
        row.getLong(14),
        row.getLong(15),
        row.getLong(16),
        row.getLong(17),
        row.getLong(18) == 1);
  }
}
