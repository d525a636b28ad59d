package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
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
    static final Share NONE = new Share(0, 0);

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

  /// How much of the last thirty days sellers were online, each since it has first listed a
  /// service.
  static Map<Long, Share> of(Transaction reader, Collection<Long> sellers, long now)
      throws SQLException {
    return since(reader, SqlMeasured.firstListedAt(reader, sellers), now);
  }

  /// The same, each since a time.
  static Map<Long, Share> since(Transaction reader, Map<Long, Long> sellers, long now)
      throws SQLException {
    long last = now / WINDOW_MS;
    long first = sellers.values().stream().mapToLong(since -> first(since, now)).min().orElse(last);
    var wanted = new ArrayList<>(sellers.keySet());
    wanted.add(HUB);
    Map<Long, Map<Long, Long>> looks = new HashMap<>();
    for (SqlMeasured.LookBits one :
        SqlMeasured.looks(reader, wanted, first / Long.SIZE, last / Long.SIZE)) {
      looks.computeIfAbsent(one.seller(), _ -> new HashMap<>()).put(one.part(), one.bits());
    }
    Map<Long, Long> hub = looks.getOrDefault(HUB, Map.of());
    var shares = new HashMap<Long, Share>();
    sellers.forEach((seller, since) ->
        shares.put(
            seller, share(hub, looks.getOrDefault(seller, Map.of()), first(since, now), last)));
    return shares;
  }

  private static long first(long sinceMs, long now) {
    return Math.max(sinceMs, now - KEPT_MS) / WINDOW_MS + 1;
  }

  /// Of the looks from one to another, in parts.
  private static Share share(Map<Long, Long> hub, Map<Long, Long> own, long first, long last) {
    long looks = 0;
    long online = 0;
    for (Map.Entry<Long, Long> one : hub.entrySet()) {
      long part = one.getKey();
      if (part >= first / Long.SIZE && part <= last / Long.SIZE) {
        long from = part == first / Long.SIZE ? -1L << first % Long.SIZE : -1L;
        long until = part == last / Long.SIZE ? -1L >>> (63 - last % Long.SIZE) : -1L;
        long counted = one.getValue() & from & until;
        looks += Long.bitCount(counted);
        online += Long.bitCount(counted & own.getOrDefault(part, 0L));
      }
    }
    return new Share(looks, online);
  }
}
