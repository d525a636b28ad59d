package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Revocations;
import org.jspecify.annotations.Nullable;

/// Ends live sessions whose proof was revoked. A session that opens meanwhile looks for itself,
/// after it can be seen here, so that none slips through.
final class RevokedSessions {
  static final long EVERY_MS = 200;

  private final Presence presence;
  private volatile @Nullable Revocations revocations;
  private long heeded;

  RevokedSessions(Presence presence) {
    this.presence = presence;
  }

  void heed(Revocations known) {
    revocations = known;
  }

  void opened(Session session) {
    Revocations known = revocations;
    if (known != null) {
      session.endIfRevoked(known);
    }
  }

  /// Called by one thread at a time.
  void tick() {
    Revocations known = revocations;
    if (known == null) {
      return;
    }
    known.poll();
    long changes = known.changes();
    if (changes != heeded) {
      presence.forEachSession(session -> session.endIfRevoked(known));
      heeded = changes;
    }
  }
}
