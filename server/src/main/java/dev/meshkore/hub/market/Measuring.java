package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Takes down how calls of services are answered, and has sellers found by it. Thread-safe but for
/// [#tick], which one thread calls.
final class Measuring {
  private static final long TOLD_EVERY_MS = Duration.ofMinutes(5).toMillis();

  /// After a start it is told of what ended up to so long ago.
  private static final long LOOKED_BACK_MS = Duration.ofHours(1).toMillis();

  /// No call is open longer.
  private static final long OPEN_MS = Duration.ofMinutes(15).toMillis();

  private static final int FORGOTTEN_AT_ONCE = 200;

  private final MarketParts parts;
  private final Wares wares;
  private long toldUntil;

  Measuring(MarketParts parts, Wares wares) {
    this.parts = parts;
    this.wares = wares;
    this.toldUntil = parts.time().millis() - LOOKED_BACK_MS;
  }

  /// A call was made, which takes a place of a live service. Those of strangers, and between agents
  /// of one owner, show nothing else; all agents of one owner are one buyer, and so are all that
  /// have none.
  void called(Transaction transaction, CallSeen call) throws SQLException {
    SqlMeasured.takePlace(transaction, call);
    if (call.buyer() == 0) {
      return;
    }
    Optional<String> owner = parts.persons().ownerOf(transaction, call.buyer());
    if (owner.isEmpty() || !owner.equals(parts.persons().ownerOf(transaction, call.seller()))) {
      SqlMeasured.insertCall(transaction, call, owner.orElse(""), CallAnswers.OF_ONE_BUYER);
    }
  }

  void ended(Transaction transaction, long call, SqlMeasured.End end) throws SQLException {
    SqlMeasured.freePlace(transaction, call);
    SqlMeasured.end(transaction, call, end, parts.time().millis());
  }

  /// Frees the places of calls that had no answer in their time. Has sellers found by how they
  /// answered calls since the last time, and forgets some of what is too old.
  void tick() {
    long now = parts.time().millis();
    if (parts.database().read(reader -> SqlMeasured.isPlaceDue(reader, now))) {
      parts
          .database()
          .write(transaction -> {
            SqlMeasured.freePlacesDue(transaction, now);
            return true;
          });
    }
    long since = toldUntil;
    if (Math.abs(now - since) >= TOLD_EVERY_MS) {
      wares.touch(parts.database().read(reader -> SqlMeasured.ended(reader, since, now, OPEN_MS)));
      toldUntil = now;
      forget(now);
    }
  }

  private void forget(long now) {
    long oldest = now - CallAnswers.KEPT.toMillis();
    List<Long> sellers;
    do {
      sellers =
          parts
              .database()
              .write(transaction -> SqlMeasured.forget(transaction, oldest, FORGOTTEN_AT_ONCE));
      wares.touch(sellers.stream().distinct().sorted().toList());
    } while (sellers.size() == FORGOTTEN_AT_ONCE);
  }
}
