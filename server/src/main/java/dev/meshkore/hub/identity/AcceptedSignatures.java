package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Transaction;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/// Signatures that were accepted: each is accepted once, by all hubs on the database together, and
/// over a restart, because a signature is stored before its request is answered. Many that come at
/// the same time share a commit. Thread-safe.
final class AcceptedSignatures {
  private static final int ID_BYTES = 16;
  private static final long MINUTE = 60;

  /// Longer than any signature can be accepted, counted from when it was made.
  private static final long KEPT_MINUTES = 12;

  private record Use(long minute, byte[] id, CompletableFuture<Boolean> isFirst) {}

  private final Lane<Use> lane;
  private final InstantSource time;
  private volatile long prunedTo;

  AcceptedSignatures(Database database, InstantSource time) {
    this.lane = database.lane(new Storing());
    this.time = time;
  }

  /// Accepts a signature, and returns after that is durable.
  ///
  /// @param createdAt when it was made, in seconds, as it says itself under the signature
  /// @param name what makes it one of a kind
  /// @throws Refused when it was accepted before
  void accept(long createdAt, String name) {
    byte[] hash = Sha256.of(name.getBytes(StandardCharsets.UTF_8));
    byte[] id = Arrays.copyOf(hash, ID_BYTES);
    var isFirst = new CompletableFuture<Boolean>();
    lane.offer(
        new Use(Math.floorDiv(createdAt, MINUTE), id, isFirst), ByteBuffer.wrap(id).getLong());
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
      throw new Refused(
          ProblemType.SIGNATURE_USED, "This signature was accepted before; sign the request anew");
    }
  }

  private final class Storing implements Lane.Work<Use> {
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
        prunedTo = Math.max(prunedTo, before);
        for (int i = 0; i < uses.size(); i++) {
          uses.get(i).isFirst().complete(first.get(i));
        }
      };
    }

    @Override
    public void failed(Use use, RuntimeException cause) {
      use.isFirst().completeExceptionally(cause);
    }
  }
}
