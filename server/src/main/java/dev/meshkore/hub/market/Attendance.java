package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Looks every five minutes which sellers are online, and keeps it for thirty days. Nothing counts
/// of the time in which no hub ran, and of the first minutes after a start, when sellers come back.
/// Several hubs look together. One thread looks.
final class Attendance {
  /// How much of the time a seller was online.
  ///
  /// @param looks after it, one in five minutes
  /// @param online those at which it was
  record Share(long looks, long online) {
    /// In hundredths of a per cent, rounded down; 0 where nobody has looked yet.
    long basisPoints() {
      return looks == 0 ? 0 : online * 10_000 / looks;
    }
  }

  private static final long LOOK_MS = Duration.ofMinutes(5).toMillis();
  private static final long COMING_BACK_MS = Duration.ofMinutes(2).toMillis();
  private static final long KEPT_MS = Duration.ofDays(30).toMillis();
  private static final int AT_ONCE = 200;
  private static final long HUB = 0;

  private final MarketParts parts;
  private final long startedAt;
  private long looked;

  Attendance(MarketParts parts) {
    this.parts = parts;
    this.startedAt = parts.time().millis();
    this.looked = startedAt / LOOK_MS;
  }

  /// Looks, where it is time.
  void tick() {
    long now = parts.time().millis();
    long look = now / LOOK_MS;
    if (look == looked) {
      return;
    }
    List<Long> online =
        parts.database().read(SqlMeasured::sellers).stream()
            .filter(seller -> parts.isOnline().test(seller))
            .toList();
    for (int i = 0; i < online.size(); i += AT_ONCE) {
      write(online.subList(i, Math.min(online.size(), i + AT_ONCE)), look);
    }
    if (now - startedAt >= COMING_BACK_MS) {
      write(List.of(HUB), look);
    }
    looked = look;
  }

  private void write(List<Long> sellers, long look) {
    long part = look / Long.SIZE;
    long oldest = part - KEPT_MS / LOOK_MS / Long.SIZE - 1;
    parts
        .database()
        .write(transaction -> {
          for (long seller : sellers) {
            SqlMeasured.look(
                transaction, new SqlMeasured.Part(seller, part, 1L << look % Long.SIZE));
            SqlMeasured.forgetLooks(transaction, seller, oldest);
          }
          return sellers.size();
        });
  }

  /// How much of the last thirty days a seller was online, since it has sold something.
  static Share of(Transaction reader, long seller, long sinceMs, long now) throws SQLException {
    long first = Math.max(sinceMs, now - KEPT_MS) / LOOK_MS + 1;
    Map<Long, Long> hub = new TreeMap<>();
    Map<Long, Long> own = new TreeMap<>();
    for (SqlMeasured.Part one : SqlMeasured.looks(reader, seller, first / Long.SIZE)) {
      long from = one.part() == first / Long.SIZE ? -1L << first % Long.SIZE : -1L;
      (one.seller() == HUB ? hub : own).put(one.part(), one.looks() & from);
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
