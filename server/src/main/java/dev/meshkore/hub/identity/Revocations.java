package dev.meshkore.hub.identity;

import dev.meshkore.hub.store.Database;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Which proofs hold no longer. What this hub revokes is known here at once; what another hub on
/// the same database revokes, by [#poll]. Thread-safe.
public final class Revocations {
  private static final int READ_AT_ONCE = 1_000;

  private final Database database;
  private final Map<Long, Long> epochs = new ConcurrentHashMap<>();
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private final AtomicLong changes = new AtomicLong();
  private long known;

  /// The revocations in this database, from now on.
  public Revocations(Database database) {
    this.database = database;
    this.known = database.read(SqlKeys::lastRevocation);
  }

  /// Whether an agent's proof, which held once, holds no longer. Never blocks.
  public boolean isRevoked(long agent, Proof proof) {
    return switch (proof.way()) {
      case HUB -> false;
      case TOKEN, API_KEY -> epochs.getOrDefault(agent, 0L) > proof.epoch();
      case SIGNATURE, NOSTR, DID_WBA -> keys.contains(proof.key());
    };
  }

  /// Grows with everything that is revoked.
  public long changes() {
    return changes.get();
  }

  /// Finds out what other hubs revoked.
  public synchronized void poll() {
    if (!database.dialect().isShared()) {
      return;
    }
    for (SqlKeys.Revocation one :
        database.read(reader -> SqlKeys.revocationsAfter(reader, known, READ_AT_ONCE))) {
      if (one.key().isEmpty()) {
        raised(one.agent(), one.epoch());
      } else {
        revoked(one.key());
      }
      known = one.number();
    }
  }

  /// How often an agent's API key was changed.
  long epochOf(long agent) {
    Long held = epochs.get(agent);
    if (held != null) {
      return held;
    }
    long read = database.read(reader -> SqlKeys.epochOf(reader, agent));
    return epochs.merge(agent, read, Math::max);
  }

  /// An agent's API key was changed, which is durable.
  void raised(long agent, long epoch) {
    epochs.merge(agent, epoch, Math::max);
    changes.incrementAndGet();
  }

  /// A key was revoked, which is durable.
  void revoked(String key) {
    keys.add(key);
    changes.incrementAndGet();
  }

  boolean isRevoked(String key) {
    return keys.contains(key);
  }
}
