package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/// How calls of services were answered: the last hundred of thirty days, no more than ten of one
/// buyer among them, so that nobody makes a seller fast or slow alone. Those that still wait in
/// time are not counted.
///
/// @param count all of them
/// @param answered those that were answered, whatever became of the money
/// @param declined those that the seller gave back; all others had no answer in time
/// @param inTime those that were answered within what the seller promises
/// @param middleMs how long answers took, in the middle
/// @param slowMs how long 95 of 100 took at most
/// @param typicalMs how long one waits, in the middle of what was not declined; what had no answer
///   is longer than all
record CallAnswers(
    long count,
    long answered,
    long declined,
    long inTime,
    long middleMs,
    long slowMs,
    long typicalMs) {
  static final CallAnswers NONE = new CallAnswers(0, 0, 0, 0, 0, 0, 0);

  /// So long calls count.
  static final Duration KEPT = Duration.ofDays(30);

  /// So many calls of one buyer count.
  static final int OF_ONE_BUYER = 10;

  private static final int READ_MOST = 500;
  private static final int COUNTED = 100;
  private static final int MIDDLE_PERCENT = 50;
  private static final int SLOW_PERCENT = 95;
  private static final long UNANSWERED_MS = Duration.ofDays(1).toMillis();

  /// Those of services, by their numbers; none where there were none.
  ///
  /// @param promisedMs how soon the seller of each promises to answer, or 0
  static Map<Long, CallAnswers> of(Transaction reader, Map<Long, Long> promisedMs, long now)
      throws SQLException {
    long since = now - KEPT.toMillis();
    var answers = new HashMap<Long, CallAnswers>();
    SqlMeasured.ofServices(reader, promisedMs.keySet(), now, COUNTED)
        .forEach((service, seen) -> {
          List<SqlMeasured.Seen> kept =
              seen.stream().filter(one -> one.madeAtMs() >= since).toList();
          answers.put(service, of(kept, promisedMs.getOrDefault(service, 0L), now));
        });
    return answers;
  }

  /// Those of all services of a seller.
  static CallAnswers of(Transaction reader, long seller, long now) throws SQLException {
    long since = now - KEPT.toMillis();
    return of(SqlMeasured.ofSeller(reader, seller, since, READ_MOST), 0, now);
  }

  /// Of calls, the newest first.
  static CallAnswers of(List<SqlMeasured.Seen> seen, long promisedMs, long now) {
    Map<String, Integer> ofBuyers = new HashMap<>();
    var waits = new ArrayList<Long>();
    long count = 0;
    long declined = 0;
    for (SqlMeasured.Seen one : seen) {
      if (!hasEnded(one, now)
          || count == COUNTED
          || ofBuyers.merge(one.buyer(), 1, Integer::sum) > OF_ONE_BUYER) {
        continue;
      }
      count++;
      switch (one.end()) {
        case ANSWERED -> waits.add(one.waitedMs());
        case DECLINED -> declined++;
        case WAITING, UNMEASURED -> {
          // Its time has passed.
        }
      }
    }
    waits.sort(null);
    long answered = waits.size();
    long inTime = waits.stream().filter(wait -> wait <= promisedMs).count();
    long middle = at(waits, MIDDLE_PERCENT);
    long slow = at(waits, SLOW_PERCENT);
    for (long i = answered + declined; i < count; i++) {
      waits.add(UNANSWERED_MS);
    }
    long typical = at(waits, MIDDLE_PERCENT);
    return new CallAnswers(count, answered, declined, inTime, middle, slow, typical);
  }

  private static boolean hasEnded(SqlMeasured.Seen one, long now) {
    return switch (one.end()) {
      case ANSWERED, DECLINED -> true;
      case WAITING -> one.expiresAtMs() <= now;
      case UNMEASURED -> false;
    };
  }

  private static long at(List<Long> sorted, int percent) {
    return sorted.isEmpty() ? 0 : sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }

  /// Adds what is known.
  void addTo(ObjectNode json, boolean isLatencyPromised) {
    if (count == 0) {
      return;
    }
    json.put("calls", count);
    json.put("calls_answered", answered);
    json.put("calls_declined", declined);
    if (isLatencyPromised) {
      json.put("calls_in_time", inTime);
    }
    if (answered > 0) {
      json.put("call_ms", middleMs);
      json.put("call_ms_95", slowMs);
    }
  }
}
