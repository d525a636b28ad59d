package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Premise;
import dev.meshkore.hub.store.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Signatures that were accepted: each is accepted once, by all hubs on the database together, and
/// over a restart, because a signature is stored before its request is answered. Many that come at
/// the same time share a commit. Thread-safe.
final class AcceptedSignatures {
  private static final int ID_BYTES = 16;
  private static final long MINUTE = 60;

  /// Longer than any signature can be accepted, counted from when it was made.
  private static final long KEPT_MINUTES = 12;

  /// No more are kept in memory; beyond, the database alone decides.
  private static final int REMEMBERED_MAX = 400_000;

  /// How far before its time a signature can be, so that what was made later than this after the
  /// start cannot have been accepted before the start.
  private static final long START_SECONDS = 2 * SignedCalls.SKEW;

  private record Use(long minute, byte[] id, CompletableFuture<Boolean> isFirst, Premise premise) {}

  private record Id(long high, long low) {}

  private final Lane<Use> lane;
  private final InstantSource time;
  private final boolean isAlone;
  private final Map<Long, Set<Id>> remembered = new ConcurrentHashMap<>();
  private final AtomicInteger rememberedCount = new AtomicInteger();
  private volatile long prunedTo;

  /// Until when the memory does not know all that was accepted, in seconds since 1970.
  private volatile long gapUntil;

  AcceptedSignatures(Database database, InstantSource time) {
    this.lane = database.lane(new Storing());
    this.time = time;
    this.isAlone = !database.dialect().isShared();
    this.gapUntil = time.instant().getEpochSecond() + START_SECONDS;
  }

  /// Accepts a signature. Where one hub has the database for itself and remembers all that it
  /// accepted, its memory decides, and the caller's work may begin before that is durable: what it
  /// writes rests on the signature, and is committed with it or after it, or not at all. Else the
  /// wait is over already.
  ///
  /// @param createdAt when it was made, in seconds, as it says itself under the signature
  /// @param name what makes it one of a kind
  /// @throws Refused when it was accepted before
  Acceptance accept(long createdAt, String name) {
    byte[] hash = Sha256.of(name.getBytes(StandardCharsets.UTF_8));
    byte[] id = Arrays.copyOf(hash, ID_BYTES);
    long minute = Math.floorDiv(createdAt, MINUTE);
    boolean isDecided = isAlone && isNew(createdAt, minute, id);
    var isFirst = new CompletableFuture<Boolean>();
    var premise = new Premise();
    lane.offer(new Use(minute, id, isFirst, premise), ByteBuffer.wrap(id).getLong());
    if (isDecided) {
      return new Acceptance(premise, () -> await(isFirst));
    }
    await(isFirst);
    return Acceptance.OF_BEFORE;
  }

  /// True where memory alone knows that it was not accepted before; false where it does not know.
  private boolean isNew(long createdAt, long minute, byte[] id) {
    if (rememberedCount.get() >= REMEMBERED_MAX) {
      gapUntil = time.instant().getEpochSecond() + KEPT_MINUTES * MINUTE;
    }
    ByteBuffer halves = ByteBuffer.wrap(id);
    var key = new Id(halves.getLong(), halves.getLong());
    if (rememberedCount.get() < REMEMBERED_MAX) {
      if (!remembered.computeIfAbsent(minute, _ -> ConcurrentHashMap.newKeySet()).add(key)) {
        throw used();
      }
      rememberedCount.incrementAndGet();
    }
    return createdAt > gapUntil;
  }

  private void forget(long before) {
    remembered.forEach((minute, ids) -> {
      if (minute < before && remembered.remove(minute, ids)) {
        rememberedCount.addAndGet(-ids.size());
      }
    });
  }

  private static void await(CompletableFuture<Boolean> isFirst) {
    boolean accepted;
    try {
      accepted = isFirst.join();
    } catch (CompletionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failure;
    }
    if (!accepted) {
      throw used();
    }
  }

  private static Refused used() {
    return new Refused(
        ProblemType.SIGNATURE_USED, "This signature was accepted before; sign the request anew");
  }

  private final class Storing implements Lane.Work<Use> {
    @Override
    public boolean isPremise() {
      return true;
    }

    @Override
    public Runnable write(Transaction transaction, List<Use> uses) throws SQLException {
      var first = new ArrayList<Boolean>(uses.size());
      for (Use use : uses) {
        int added =
            transaction.update(
                "INSERT INTO accepted_signature (minute, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                use.minute(),
                use.id());
        first.add(added == 1);
      }
      long before = Math.floorDiv(time.instant().getEpochSecond(), MINUTE) - KEPT_MINUTES;
      if (before > prunedTo) {
        transaction.update("DELETE FROM accepted_signature WHERE minute < ?", before);
      }
      return () -> {
        if (before > prunedTo) {
          forget(before);
        }
        prunedTo = Math.max(prunedTo, before);
        for (int i = 0; i < uses.size(); i++) {
          if (!first.get(i)) {
            uses.get(i).premise().failed(used());
          }
          uses.get(i).isFirst().complete(first.get(i));
        }
      };
    }

    @Override
    public void failed(Use use, RuntimeException cause) {
      use.premise().failed(cause);
      use.isFirst().completeExceptionally(cause);
    }
  }
}
