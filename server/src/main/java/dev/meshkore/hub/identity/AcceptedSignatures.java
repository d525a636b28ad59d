package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Lane;
import dev.meshkore.hub.store.Premise;
import dev.meshkore.hub.store.Transaction;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;

/// Signatures that were accepted: each is accepted once, by all hubs on the database together, and
/// over a restart, because a signature is stored before its request is answered. Many that come at
/// the same time share a commit. What is older than what is remembered is refused, so that a clock
/// that is set back lets nothing in again.
///
/// A hub that has its database for itself keeps all that it accepted in memory, which decides, and
/// stores what a commit accepted as one row at the end of a table: an index of random hashes would
/// cost a page for each. Where several hubs share the database, its index decides. Thread-safe.
final class AcceptedSignatures {
  private static final int ID_BYTES = 16;
  private static final long MINUTE = 60;

  /// Longer than any signature can be accepted, counted from when it was made.
  private static final long KEPT_MINUTES = 12;

  /// More than a hub can check in that time; where the heap is small, a part of it.
  private static final int REMEMBERED_MAX =
      (int) Math.min(12_500_000, Runtime.getRuntime().maxMemory() / 128);

  private record Use(long minute, byte[] id, CompletableFuture<Boolean> isFirst, Premise premise) {
    long hash() {
      return ByteBuffer.wrap(id).getLong();
    }
  }

  private final Lane<Use> lane;
  private final InstantSource time;
  private final boolean isAlone;
  private final SignatureMemory memory;
  private final AtomicLong newest = new AtomicLong();
  private volatile long prunedTo;

  AcceptedSignatures(Database database, InstantSource time) {
    this(database, time, REMEMBERED_MAX);
  }

  AcceptedSignatures(Database database, InstantSource time, int rememberedMax) {
    this.lane = database.lane(new Storing());
    this.time = time;
    this.isAlone = !database.dialect().isShared();
    this.memory = new SignatureMemory(rememberedMax);
    String table = database.dialect().choose("accepted_group", "accepted_signature");
    newest.set(database.read(reader -> reader.number("SELECT max(minute) FROM " + table, 0)));
    if (isAlone) {
      var _ = database.read(this::remember);
    }
  }

  /// What the database has of the last minutes.
  private boolean remember(Transaction reader) throws SQLException {
    record Group(long minute, byte[] ids) {}

    List<Group> groups =
        reader.list(
            "SELECT minute, ids FROM accepted_group WHERE minute >= ?",
            row -> new Group(row.getLong(1), row.getBytes(2)),
            oldest());
    for (Group group : groups) {
      for (int at = 0; at < group.ids().length; at += ID_BYTES) {
        var _ = memory.add(group.minute(), ByteBuffer.wrap(group.ids()).getLong(at));
      }
    }
    return true;
  }

  /// Accepts a signature. Where memory decides, the caller's work may begin before that is durable:
  /// what it writes rests on the signature, and is committed with it or after it, or not at all.
  /// Else the wait is over already.
  ///
  /// @param createdAt when it was made, in seconds, as it says itself under the signature
  /// @param name what makes it one of a kind
  /// @throws Refused when it was accepted before, or may have been, or too many were
  Acceptance accept(long createdAt, String name) {
    byte[] hash = Sha256.of(name.getBytes(StandardCharsets.UTF_8));
    byte[] id = Arrays.copyOf(hash, ID_BYTES);
    long minute = Math.floorDiv(createdAt, MINUTE);
    if (minute < oldest()) {
      throw new Refused(
          ProblemType.SIGNATURE_EXPIRED,
          "The hub's clock went back, and it no longer knows whether it accepted this signature;"
              + " use a token or the API key until it has caught up");
    }
    newest.accumulateAndGet(minute, Math::max);
    var use = new Use(minute, id, new CompletableFuture<>(), new Premise());
    if (isAlone) {
      requireNew(use);
    }
    try {
      lane.offer(use, use.hash());
    } catch (RuntimeException notTaken) {
      memory.remove(minute, use.hash());
      throw notTaken;
    }
    if (isAlone) {
      return new Acceptance(use.premise(), () -> await(use.isFirst()));
    }
    await(use.isFirst());
    return Acceptance.OF_BEFORE;
  }

  private void requireNew(Use use) {
    SignatureMemory.Added added = memory.add(use.minute(), use.hash());
    if (added == SignatureMemory.Added.FULL) {
      // Nothing is written of what is refused, and so nothing would be forgotten.
      memory.forget(oldest());
      added = memory.add(use.minute(), use.hash());
    }
    switch (added) {
      case NEW -> {}
      case KNOWN -> throw used();
      case FULL ->
          throw Refused.later(
              ProblemType.BUSY,
              "The hub remembers as many signatures as it can; try again later",
              MINUTE);
    }
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

  /// The oldest minute of which anything is kept, by the clock or, where that went back, by the
  /// newest signature.
  private long oldest() {
    long now = Math.floorDiv(time.instant().getEpochSecond(), MINUTE);
    return Math.max(now, newest.get() - 1) - KEPT_MINUTES;
  }

  private final class Storing implements Lane.Work<Use> {
    @Override
    public boolean isPremise() {
      return true;
    }

    @Override
    public Runnable write(Transaction transaction, List<Use> uses) throws SQLException {
      Set<Use> repeated = Set.of();
      if (isAlone) {
        append(transaction, uses);
      } else {
        repeated = repeated(transaction, uses);
      }
      long before = oldest();
      if (before > prunedTo) {
        prune(transaction, before);
      }
      Set<Use> refused = repeated;
      return () -> {
        if (before > prunedTo) {
          memory.forget(before);
          prunedTo = before;
        }
        for (Use use : uses) {
          if (refused.contains(use)) {
            use.premise().failed(used());
          }
          use.isFirst().complete(!refused.contains(use));
        }
      };
    }

    /// One row for each minute, at the end.
    private static void append(Transaction transaction, List<Use> uses) throws SQLException {
      var byMinute = new TreeMap<Long, ByteArrayOutputStream>();
      for (Use use : uses) {
        byMinute
            .computeIfAbsent(use.minute(), _ -> new ByteArrayOutputStream())
            .writeBytes(use.id());
      }
      for (var one : byMinute.entrySet()) {
        transaction.update(
            "INSERT INTO accepted_group (minute, ids) VALUES (?, ?)",
            one.getKey(),
            one.getValue().toByteArray());
      }
    }

    private static Set<Use> repeated(Transaction transaction, List<Use> uses) throws SQLException {
      var repeated = new HashSet<Use>();
      for (Use use : uses) {
        int added =
            transaction.update(
                "INSERT INTO accepted_signature (minute, id) VALUES (?, ?) ON CONFLICT DO NOTHING",
                use.minute(),
                use.id());
        if (added == 0) {
          repeated.add(use);
        }
      }
      return repeated;
    }

    /// Groups lie in the order of their commits, which is nearly that of their minutes.
    private void prune(Transaction transaction, long before) throws SQLException {
      if (isAlone) {
        transaction.update(
            "DELETE FROM accepted_group WHERE number < coalesce((SELECT number"
                + " FROM accepted_group WHERE minute >= ? ORDER BY number LIMIT 1), 0)",
            before);
      } else {
        transaction.update("DELETE FROM accepted_signature WHERE minute < ?", before);
      }
    }

    @Override
    public void failed(Use use, RuntimeException cause) {
      memory.remove(use.minute(), use.hash());
      use.premise().failed(cause);
      use.isFirst().completeExceptionally(cause);
    }
  }
}
