package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;

/// Takes down how calls of services are answered, and has sellers found by it. Thread-safe but for
/// [#tick], which one thread calls.
final class Measuring {
  private static final long TICK_MS = Duration.ofMinutes(5).toMillis();

  /// Calls are answered within this, so one that was made before was told of before.
  private static final long OPEN_MS = Duration.ofMinutes(15).toMillis();

  private static final int FORGOTTEN_AT_ONCE = 1_000;

  private final MarketParts parts;
  private final Wares wares;
  private long lookedAt;

  Measuring(MarketParts parts, Wares wares) {
    this.parts = parts;
    this.wares = wares;
    this.lookedAt = parts.time().millis();
  }

  /// A call was made. Those of strangers, and between agents of one owner, show nothing.
  void called(Transaction transaction, CallSeen call) throws SQLException {
    if (call.buyer() != 0 && !parts.areKin(transaction, call.buyer(), call.seller())) {
      SqlMeasured.insertCall(transaction, call);
    }
  }

  void ended(Transaction transaction, long call, SqlMeasured.End end) throws SQLException {
    SqlMeasured.end(transaction, call, end, parts.time().millis());
  }

  /// Has sellers found by how fast they have answered calls since the last time, and forgets what
  /// is too old.
  void tick() {
    long now = parts.time().millis();
    if (Math.abs(now - lookedAt) < TICK_MS) {
      return;
    }
    long since = lookedAt - OPEN_MS;
    wares.touch(parts.database().read(reader -> SqlMeasured.answering(reader, since)));
    long oldest = now - Answers.KEPT.toMillis();
    int forgotten =
        parts
            .database()
            .write(transaction -> SqlMeasured.forget(transaction, oldest, FORGOTTEN_AT_ONCE));
    if (forgotten < FORGOTTEN_AT_ONCE) {
      lookedAt = now;
    }
  }
}
