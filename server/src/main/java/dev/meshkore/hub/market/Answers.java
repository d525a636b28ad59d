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
record Answers(long count, long answered, long declined, long inTime, long middleMs, long slowMs) {
  /// So long calls count.
  static final Duration KEPT = Duration.ofDays(30);

  private static final int LOOKED_AT = 500;
  private static final int COUNTED = 100;
  private static final int OF_ONE_BUYER = 10;
  private static final int SLOW_PERCENT = 95;

  /// Those of a service, beside what its seller promises.
  static Answers of(Transaction reader, Listing service, long now) throws SQLException {
    long since = now - KEPT.toMillis();
    return of(
        SqlMeasured.ofService(reader, service.id(), since, LOOKED_AT),
        service.terms().sla().latencyMs(),
        now);
  }

  /// Those of all services of a seller.
  static Answers of(Transaction reader, long seller, long now) throws SQLException {
    long since = now - KEPT.toMillis();
    return of(SqlMeasured.ofSeller(reader, seller, since, LOOKED_AT), 0, now);
  }

  /// Of calls, the newest first.
  static Answers of(List<SqlMeasured.Seen> seen, long promisedMs, long now) {
    Map<Long, Integer> ofBuyers = new HashMap<>();
    var waits = new ArrayList<Long>();
    long count = 0;
    long declined = 0;
    for (SqlMeasured.Seen one : seen) {
      boolean isOpen = one.end() == SqlMeasured.End.WAITING && one.expiresAtMs() > now;
      if (isOpen
          || count == COUNTED
          || ofBuyers.merge(one.buyer(), 1, Integer::sum) > OF_ONE_BUYER) {
        continue;
      }
      count++;
      switch (one.end()) {
        case ANSWERED -> waits.add(one.waitedMs());
        case DECLINED -> declined++;
        case WAITING -> {
          // Its time has passed.
        }
      }
    }
    waits.sort(null);
    long inTime = waits.stream().filter(wait -> wait <= promisedMs).count();
    return new Answers(
        count, waits.size(), declined, inTime, at(waits, 50), at(waits, SLOW_PERCENT));
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
