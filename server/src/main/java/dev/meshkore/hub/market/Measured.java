package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
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

  /// A service with the promise that its calls are held against.
  ///
  /// @param promisedMs how soon its seller answers, or 0
  record Promised(Listing service, long promisedMs) {
    /// What it says now.
    static Promised of(Listing service) {
      return new Promised(service, service.terms().sla().latencyMs());
    }
  }

  /// What was seen of a service.
  static Measured of(Transaction reader, Promised promised, long now) throws SQLException {
    Map<Long, Measured> measured = of(reader, List.of(promised), now);
    return Objects.requireNonNull(measured.get(promised.service().number()));
  }

  /// What was seen of each of some services, by their numbers: as many statements for a page of
  /// them as for one.
  static Map<Long, Measured> of(Transaction reader, List<Promised> services, long now)
      throws SQLException {
    if (services.isEmpty()) {
      return Map.of();
    }
    var promises = new HashMap<Long, Long>();
    var sellers = new TreeSet<Long>();
    var attended = new TreeSet<Long>();
    for (Promised one : services) {
      promises.put(one.service().number(), one.promisedMs());
      sellers.add(one.service().seller());
      if (one.service().isListed()) {
        attended.add(one.service().seller());
      }
    }
    Map<Long, List<Long>> waits = SqlMeasured.waits(reader, sellers, ANSWERS);
    Map<Long, CallAnswers> calls = CallAnswers.of(reader, promises, now);
    Map<Long, SqlMeasured.Kept> kept = SqlMeasured.kept(reader, promises.keySet());
    Map<Long, Attendance.Share> attendance = Attendance.of(reader, attended, now);
    var measured = new HashMap<Long, Measured>();
    for (Promised one : services) {
      Listing service = one.service();
      List<Long> waited = waits.getOrDefault(service.seller(), List.of());
      var made = kept.getOrDefault(service.number(), SqlMeasured.Kept.NONE);
      Attendance.Share share =
          service.isListed()
              ? attendance.getOrDefault(service.seller(), Attendance.Share.NONE)
              : Attendance.Share.NONE;
      measured.put(
          service.number(),
          new Measured(
              waited.size(),
              middle(waited),
              made.agreements(),
              made.delivered(),
              made.inTime(),
              made.failed(),
              calls.getOrDefault(service.number(), CallAnswers.NONE),
              one.promisedMs(),
              share));
    }
    return measured;
  }

  /// How long one waits for a seller in the middle of its calls, or of its moves where nobody has
  /// called it or it has declined all; 0 where it answered nobody yet.
  static long answerMs(Transaction reader, long seller, long now) throws SQLException {
    CallAnswers calls = CallAnswers.of(reader, seller, now);
    if (calls.count() > calls.declined()) {
      return Math.max(1, calls.typicalMs());
    }
    List<Long> waits =
        SqlMeasured.waits(reader, List.of(seller), ANSWERS).getOrDefault(seller, List.of());
    return waits.isEmpty() ? 0 : Math.max(1, middle(waits));
  }

  private static long middle(List<Long> waits) {
    return waits.isEmpty() ? 0 : waits.stream().sorted().toList().get(waits.size() / 2);
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
