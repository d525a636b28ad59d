package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The SQL of requests for offers, and of the offers.
final class SqlWants {
  private static final String COLUMNS =
      """
      SELECT number, request_id, buyer, state, document, deadline, change, made_at
      FROM market_request
      """;
  private static final String OFFER =
      """
      SELECT offer_id, request, seller, state, document, place, ranking, made_at
      FROM market_offer
      """;

  private SqlWants() {}

  static void insert(Transaction transaction, Want want) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_request (request_id, buyer, state, category, document, words, deadline,
          change, made_at, offer_count)
        VALUES (?, ?, 'open', ?, ?, ?, ?, ?, ?, 0)
        """,
        want.id(),
        want.buyer(),
        want.terms().category(),
        want.terms().document(),
        want.terms().words(),
        want.deadlineMs(),
        want.change(),
        want.madeAtMs());
  }

  static Optional<Want> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE request_id = ?", SqlWants::want, id);
  }

  static Optional<Want> get(Transaction reader, long number) throws SQLException {
    return reader.first(COLUMNS + "WHERE number = ?", SqlWants::want, number);
  }

  static long openCount(Transaction reader, long buyer, long now) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM market_request WHERE buyer = ? AND state = 'open' AND deadline > ?",
        0,
        buyer,
        now);
  }

  /// Newest first, those before a number.
  static List<Want> page(
      Transaction reader, String condition, List<Object> given, long before, int limit)
      throws SQLException {
    var arguments = new ArrayList<>(given);
    arguments.add(before);
    arguments.add(limit);
    return reader.list(
        COLUMNS + "WHERE " + condition + " AND number < ? ORDER BY number DESC LIMIT ?",
        SqlWants::want,
        arguments.toArray());
  }

  /// Requests that were made after a change, up to another, in the order of changes.
  static List<Want> made(Transaction reader, long after, long upTo, int limit) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE change > ? AND change <= ? ORDER BY change LIMIT ?",
        SqlWants::want,
        after,
        upTo,
        limit);
  }

  static List<Want> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        COLUMNS + "WHERE state = 'open' AND deadline <= ? ORDER BY deadline LIMIT ?",
        SqlWants::want,
        now,
        limit);
  }

  /// Holds a request that still takes offers until the end of the transaction; false where it takes
  /// none.
  ///
  /// @param more how many offers there are more than before
  static boolean lockOpen(Transaction transaction, long number, long more, long now)
      throws SQLException {
    return transaction.update(
            """
            UPDATE market_request SET offer_count = offer_count + ?
            WHERE number = ? AND state = 'open' AND deadline > ?
            """,
            more,
            number,
            now)
        == 1;
  }

  /// Ends a request that is open; of many that try at once one does.
  static boolean end(Transaction transaction, long number, String state) throws SQLException {
    return transaction.update(
            "UPDATE market_request SET state = ? WHERE number = ? AND state = 'open'",
            state,
            number)
        == 1;
  }

  static long offerCount(Transaction reader, long number) throws SQLException {
    return reader.number("SELECT offer_count FROM market_request WHERE number = ?", 0, number);
  }

  /// Who offers for a request now.
  static List<Long> sellers(Transaction reader, long request) throws SQLException {
    return reader.list(
        "SELECT seller FROM market_offer WHERE request = ? AND state = 'sealed'",
        row -> row.getLong(1),
        request);
  }

  /// The number of the newest request; 0 where there is none.
  static long newest(Transaction reader) throws SQLException {
    return reader.number("SELECT COALESCE(MAX(number), 0) FROM market_request", 0);
  }

  static Optional<SealedOffer> offerOf(Transaction reader, long request, long seller)
      throws SQLException {
    return reader.first(
        OFFER + "WHERE request = ? AND seller = ?", SqlWants::offer, request, seller);
  }

  static Optional<SealedOffer> offer(Transaction reader, String id) throws SQLException {
    return reader.first(OFFER + "WHERE offer_id = ?", SqlWants::offer, id);
  }

  static List<SealedOffer> offers(Transaction reader, long request, String state)
      throws SQLException {
    return reader.list(
        OFFER + "WHERE request = ? AND state = ? ORDER BY place, offer_id",
        SqlWants::offer,
        request,
        state);
  }

  static List<SealedOffer> listed(Transaction reader, long request) throws SQLException {
    return reader.list(
        OFFER + "WHERE request = ? AND place > 0 ORDER BY place", SqlWants::offer, request);
  }

  /// Puts an offer in the place of the one that its seller may have made before.
  static void put(Transaction transaction, SealedOffer offer) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_offer (offer_id, request, seller, state, document, place, ranking,
          made_at)
        VALUES (?, ?, ?, 'sealed', ?, 0, '', ?)
        ON CONFLICT (request, seller) DO UPDATE
        SET state = 'sealed', document = excluded.document, made_at = excluded.made_at
        """,
        offer.id(),
        offer.request(),
        offer.seller(),
        document(offer.link()),
        offer.madeAtMs());
  }

  static void setState(Transaction transaction, String id, String state) throws SQLException {
    transaction.update("UPDATE market_offer SET state = ? WHERE offer_id = ?", state, id);
  }

  /// What was said is forgotten with the offer.
  static void clear(Transaction transaction, String id, String state) throws SQLException {
    transaction.update(
        "UPDATE market_offer SET state = ?, document = '{}' WHERE offer_id = ?", state, id);
  }

  static void setRank(Transaction transaction, String id, long place, String ranking)
      throws SQLException {
    transaction.update(
        "UPDATE market_offer SET state = ?, place = ?, ranking = ? WHERE offer_id = ?",
        place > 0 ? "listed" : "unlisted",
        place,
        ranking,
        id);
  }

  private static String document(Link link) {
    ObjectNode json = Json.object();
    json.set("move", link.move());
    json.set("proof", link.proof());
    return new String(Json.bytes(json), StandardCharsets.UTF_8);
  }

  private static SealedOffer offer(ResultSet row) throws SQLException {
    JsonNode document = Json.own(row.getString(5).getBytes(StandardCharsets.UTF_8));
    long madeAt = row.getLong(8);
    return new SealedOffer(
        row.getString(1),
        row.getLong(2),
        row.getLong(3),
        row.getString(4),
        new Link(document.path("move"), document.path("proof"), madeAt),
        row.getLong(6),
        row.getString(7),
        madeAt);
  }

  private static Want want(ResultSet row) throws SQLException {
    return new Want(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getString(4),
        WantTerms.of(row.getString(5)),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8));
  }
}
