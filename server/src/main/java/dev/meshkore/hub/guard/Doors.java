package dev.meshkore.hub.guard;

import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// From whom agents take direct messages, in memory: of most, everybody, and those cost nothing.
/// Thread-safe.
final class Doors {
  /// What an agent lets in.
  record Door(Consent.Policy policy, Set<Long> blocked) {
    private boolean isWideOpen() {
      return policy == Consent.Policy.OPEN && blocked.isEmpty();
    }
  }

  private static final Door WIDE_OPEN = new Door(Consent.Policy.OPEN, Set.of());

  /// How long a change may take from its time to its commit, and clocks of hubs differ.
  private static final long OVERLAP_MS = 10_000;

  private final Database database;
  private final InstantSource clock;
  private final Map<Long, Door> doors = new ConcurrentHashMap<>();
  private volatile long refreshedAtMs;

  /// Knows nothing before the first [#refresh].
  Doors(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  /// Reads what was changed since the last time that succeeded, also by other hubs: what came while
  /// the database was out of reach must not be passed over.
  void refresh() {
    long since = Math.max(0, refreshedAtMs - OVERLAP_MS);
    long now = clock.millis();
    database.read(reader -> SqlConsent.changedSince(reader, since)).forEach(this::reload);
    refreshedAtMs = now;
  }

  Door of(long agent) {
    return doors.getOrDefault(agent, WIDE_OPEN);
  }

  boolean isWideOpen(long agent) {
    return !doors.containsKey(agent);
  }

  /// One at a time, so that what is older never replaces what is newer.
  synchronized void reload(long agent) {
    Door door =
        database.read(reader ->
            new Door(
                SqlConsent.state(reader, agent, 0)
                    .map(Consent.Policy::of)
                    .orElse(Consent.Policy.OPEN),
                SqlConsent.blocked(reader, agent)));
    if (door.isWideOpen()) {
      doors.remove(agent);
    } else {
      doors.put(agent, door);
    }
  }
}
