package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Looks once in each five minutes, at a moment that nobody knows, which sellers are online, and
/// keeps it for thirty days. Nothing counts of the time in which no hub ran, and of the first
/// minutes after a start, when sellers come back. Several hubs look together. One thread looks.
final class Attendance {
  /// How much of the time a seller was online.
  ///
  /// @param looks of the hub
  /// @param online those at which it was
  record Share(long looks, long online) {
    /// In hundredths of a per cent, rounded down; 0 where nobody has looked yet.
    long basisPoints() {
      return looks == 0 ? 0 : online * 10_000 / looks;
    }
  }

  private static final long WINDOW_MS = Duration.ofMinutes(5).toMillis();
  private static final long COMING_BACK_MS = Duration.ofMinutes(2).toMillis();
  private static final long KEPT_MS = Duration.ofDays(30).toMillis();
  private static final int WRITTEN_AT_ONCE = 500;
  private static final int FORGOTTEN_AT_ONCE = 1_000;
  private static final long HUB = 0;

  private final MarketParts parts;
  private final long startedAt;
  private long window;
  private long momentMs;
  private boolean hasLooked;

  Attendance(MarketParts parts) {
    this.parts = parts;
    this.startedAt = parts.time().millis();
    enter(startedAt / WINDOW_MS);
  }

  private void enter(long next) {
    window = next;
    momentMs = parts.random().nextLong(WINDOW_MS);
    hasLooked = false;
  }

  /// Looks, where it is time.
  void tick() {
    long now = parts.time().millis();
    if (now / WINDOW_MS != window) {
      enter(now / WINDOW_MS);
    }
    if (hasLooked || now % WINDOW_MS < momentMs) {
      return;
    }
    List<Long> online =
        parts.database().read(SqlMeasured::sellers).stream()
            .filter(seller -> parts.isOnline().test(seller))
            .toList();
    for (int i = 0; i < online.size(); i += WRITTEN_AT_ONCE) {
      write(online.subList(i, Math.min(online.size(), i + WRITTEN_AT_ONCE)));
    }
    // What is lost before this is a look that never was.
    if (now - startedAt >= COMING_BACK_MS) {
      write(List.of(HUB));
    }
    hasLooked = true;
    forget(now);
  }

  private void write(List<Long> sellers) {
    long bit = 1L << window % Long.SIZE;
    parts
        .database()
        .write(transaction -> {
          SqlMeasured.look(transaction, sellers, window / Long.SIZE, bit);
          return true;
        });
  }

  private void forget(long now) {
    long oldest = (now - KEPT_MS) / WINDOW_MS / Long.SIZE;
    int forgotten = FORGOTTEN_AT_ONCE;
    while (forgotten == FORGOTTEN_AT_ONCE) {
      forgotten =
          parts
              .database()
              .write(
                  transaction -> SqlMeasured.forgetLooks(transaction, oldest, FORGOTTEN_AT_ONCE));
    }
  }

  /// How much of the last thirty days a seller was online, since it has first listed a service.
  static Share of(Transaction reader, long seller, long now) throws SQLException {
    return of(reader, seller, SqlMeasured.firstListedAt(reader, seller), now);
  }

  /// The same since a time.
  static Share of(Transaction reader, long seller, long sinceMs, long now) throws SQLException {
    long first = Math.max(sinceMs, now - KEPT_MS) / WINDOW_MS + 1;
    long last = now / WINDOW_MS;
    Map<Long, Long> hub = new HashMap<>();
    Map<Long, Long> own = new HashMap<>();
    for (SqlMeasured.LookBits one :
        SqlMeasured.looks(reader, seller, first / Long.SIZE, last / Long.SIZE)) {
      long from = one.part() == first / Long.SIZE ? -1L << first % Long.SIZE : -1L;
      long until = one.part() == last / Long.SIZE ? -1L >>> (63 - last % Long.SIZE) : -1L;
      (one.seller() == HUB ? hub : own).put(one.part(), one.bits() & from & until);
    }
    long looks = 0;
    long online = 0;
    for (Map.Entry<Long, Long> one : hub.entrySet()) {
      looks += Long.bitCount(one.getValue());
      online += Long.bitCount(one.getValue() & own.getOrDefault(one.getKey(), 0L));
    }
    return new Share(looks, online);
  }
}
