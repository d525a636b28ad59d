package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/// What the hub itself saw of a seller, and of one of its services. Nothing counts that agents of
/// one owner did with each other.
///
/// @param answerCount how many answers the time is of
/// @param answerMs how long the seller took to answer a move, in the middle of its last fifty
/// @param agreements about this service that were made
/// @param delivered those of which the buyer said that they were kept
/// @param deliveredInTime those of them that were within the time that was agreed
/// @param failed those of which the buyer said that they were not kept
/// @param calls how calls of it were answered
/// @param promisedMs how soon its seller promises to answer them, or 0
/// @param attendance how much of the time its seller was online
record Measured(
    long answerCount,
    long answerMs,
    long agreements,
    long delivered,
    long deliveredInTime,
    long failed,
    CallAnswers calls,
    long promisedMs,
    Attendance.Share attendance) {
  private static final int ANSWERS = 50;

  /// What was seen of a service.
  ///
  /// @param promisedMs the promise that calls are held against
  static Measured of(Transaction reader, Listing service, long promisedMs, long now)
      throws SQLException {
    List<Long> waits = waits(reader, service.seller());
    CallAnswers calls = CallAnswers.of(reader, service, promisedMs, now);
    Attendance.Share attendance =
        service.isListed()
            ? Attendance.of(reader, service.seller(), now)
            : new Attendance.Share(0, 0);
    return reader
        .first(
            """
            SELECT COUNT(agreed_at), SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END),
              SUM(CASE WHEN state = 'delivered' AND closed_at <= expires_at THEN 1 ELSE 0 END),
              SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END)
            FROM market_negotiation WHERE service = ? AND seller = ? AND is_own = 0
            """,
            row ->
                new Measured(
                    waits.size(),
                    middle(waits),
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    calls,
                    promisedMs,
                    attendance),
            service.number(),
            service.seller())
        .orElseThrow();
  }

  /// How long one waits for a seller in the middle of its calls, or of its moves where nobody has
  /// called it or it has declined all; 0 where it answered nobody yet.
  static long answerMs(Transaction reader, long seller, long now) throws SQLException {
    CallAnswers calls = CallAnswers.of(reader, seller, now);
    if (calls.count() > calls.declined()) {
      return Math.max(1, calls.typicalMs());
    }
    List<Long> waits = waits(reader, seller);
    return waits.isEmpty() ? 0 : Math.max(1, middle(waits));
  }

  private static long middle(List<Long> waits) {
    return waits.isEmpty() ? 0 : waits.get(waits.size() / 2);
  }

  private static List<Long> waits(Transaction reader, long seller) throws SQLException {
    return reader
        .list(
            """
            SELECT m.waited_ms FROM market_move m
            JOIN market_negotiation n ON n.number = m.negotiation
            WHERE m.sender = ? AND n.seller = ? AND m.sequence > 0 AND n.is_own = 0
              AND n.opener <> m.sender
            ORDER BY m.made_at DESC LIMIT ?
            """,
            row -> row.getLong(1),
            seller,
            seller,
            ANSWERS)
        .stream()
        .sorted()
        .toList();
  }

  /// Whether the seller is one that is online at all; others are woken.
  boolean isSeenOnline() {
    return attendance.online() > 0;
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("answers", answerCount);
    if (answerCount > 0) {
      json.put("answer_ms", answerMs);
    }
    json.put("agreements", agreements);
    json.put("delivered", delivered);
    json.put("delivered_in_time", deliveredInTime);
    json.put("failed", failed);
    calls.addTo(json, promisedMs > 0);
    if (isSeenOnline()) {
      json.put("looks", attendance.looks());
      json.put("online_basis_points", attendance.basisPoints());
    }
    return json;
  }
}
