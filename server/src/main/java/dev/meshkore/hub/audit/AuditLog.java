package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The log that a stranger can verify: a Merkle tree over every leaf, a signed head at most once a
/// second, and proofs against that head. A head is stored before anybody sees it, and is signed
/// only if the tree still begins with what was signed before. Thread-safe.
public final class AuditLog implements AutoCloseable {
  private static final Logger LOG = System.getLogger(AuditLog.class.getName());
  private static final long EVERY_MS = 1_000;
  private static final Duration HEADS_KEPT = Duration.ofHours(1);
  private static final int FEW = 64;

  /// A head as it was published.
  ///
  /// @param checkpoint what it says
  /// @param note the same with the signature
  public record Head(Checkpoint checkpoint, String note) {}

  private final Database database;
  private final LogKey key;
  private final InstantSource time;
  private final Sequencer sequencer;
  private final Records records;
  private final ReentrantLock lock = new ReentrantLock();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("audit").factory());
  private volatile @Nullable Head head;
  private boolean isBroken;

  /// Opens the log of this database. `name` is the hub's address without scheme, or "" where it has
  /// none of its own; it counts only when the log is made.
  public AuditLog(
      Database database, LeafSource source, String name, InstantSource time, SecureRandom random) {
    this.database = database;
    this.key = LogKey.openOrMake(database, random, name, LogKey.Use.LOG);
    this.time = time;
    this.sequencer = new Sequencer(database, source, random);
    this.records = new Records(source);
    this.head = database.read(SqlAudit::newestCheckpoint).map(AuditLog::head).orElse(null);
  }

  /// Lets the log follow what is committed, once a second, and when `audit` is asked to.
  public void start(Audit audit) {
    audit.takenUpBy(this::takeUp);
    var _ = ticks.scheduleWithFixedDelay(this::tickQuietly, 0, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// Takes up all that is committed, and signs if the tree grew.
  public void tick() {
    lock.lock();
    try {
      takeUp();
      sign();
    } finally {
      lock.unlock();
    }
  }

  /// Takes up all that was committed before, and signs nothing.
  void takeUp() {
    lock.lock();
    try {
      boolean more = true;
      while (more) {
        more = sequencer.step();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The key that checks the heads, as text.
  public String vkey() {
    return key.verifier().vkey();
  }

  /// The newest head.
  public Head head() {
    if (head == null) {
      tick();
    }
    Head now = head;
    if (now == null) {
      throw new IllegalStateException("The audit log cannot be signed");
    }
    return now;
  }

  /// The head that was published at a size, if it is still kept.
  public Optional<Head> headAt(long size) {
    Head newest = head();
    return newest.checkpoint().size() == size
        ? Optional.of(newest)
        : database.read(reader -> SqlAudit.checkpoint(reader, size)).map(AuditLog::head);
  }

  /// The newest head that at least so many witnesses have signed.
  public Optional<Head> witnessedBy(int least) {
    return least == 0
        ? Optional.of(head())
        : database.read(reader -> SqlAudit.witnessed(reader, least)).map(AuditLog::head);
  }

  /// Keeps a witness's line for the head of a size.
  public void witnessed(long size, String witness, String line) {
    database.write(transaction -> {
      SqlAudit.putCosignature(transaction, size, witness, line);
      return true;
    });
    lock.lock();
    try {
      Head newest = head;
      if (newest != null && newest.checkpoint().size() == size) {
        head =
            database
                .read(reader -> SqlAudit.checkpoint(reader, size))
                .map(AuditLog::head)
                .orElse(newest);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether what came in from one leaf on, up to a size, is a few acts of one kind.
  public boolean grewOnlyBy(String kind, long from, long size) {
    return size - from <= FEW
        && database.read(reader -> {
          for (SqlAudit.Leaves leaves : SqlAudit.leavesFrom(reader, from, FEW)) {
            boolean isCounted = leaves.first() >= from && leaves.first() < size;
            if (isCounted && !isOfKind(reader, kind, leaves)) {
              return false;
            }
          }
          return true;
        });
  }

  private static boolean isOfKind(Transaction reader, String kind, SqlAudit.Leaves leaves)
      throws SQLException {
    return !leaves.isOfJournal()
        && SqlAudit.act(reader, leaves.number())
            .filter(act -> Leaf.isOfKind(act.record(), kind))
            .isPresent();
  }

  /// So many hashes of a tile (C2SP tlog-tiles); empty where the newest head does not cover them.
  public Optional<byte[]> tile(int level, long number, int width) {
    long hashes =
        level * Tree.TILE_HEIGHT < Long.SIZE - 1
            ? head().checkpoint().size() >> (level * Tree.TILE_HEIGHT)
            : 0;
    if (number >= (hashes >> Tree.TILE_HEIGHT) + 1
        || (number << Tree.TILE_HEIGHT) + width > hashes) {
      return Optional.empty();
    }
    return database
        .read(reader -> SqlAudit.tile(reader, level, number))
        .map(tile -> Arrays.copyOf(tile, width * Digests.BYTES));
  }

  /// The proof that a leaf is in the tree of a head (C2SP tlog-proof).
  public String proof(long index, Head of) {
    var text = new StringBuilder("c2sp.org/tlog-proof@v1\nindex ").append(index).append('\n');
    for (byte[] hash : inclusions(List.of(index), of.checkpoint().size()).getFirst()) {
      text.append(Base64.getEncoder().encodeToString(hash)).append('\n');
    }
    return text.append('\n').append(of.note()).toString();
  }

  /// For each leaf the hashes that prove that it is in the tree of this size.
  public List<List<byte[]>> inclusions(List<Long> indexes, long size) {
    return database.read(reader -> {
      var tree = new Tree(new StoredTiles(reader));
      var paths = new ArrayList<List<byte[]>>(indexes.size());
      for (long index : indexes) {
        paths.add(tree.inclusion(index, size));
      }
      return paths;
    });
  }

  /// The hashes that prove that the tree of `size` begins with that of `earlier`.
  public List<byte[]> consistency(long earlier, long size) {
    return database.read(reader -> new Tree(new StoredTiles(reader)).consistency(earlier, size));
  }

  /// Some leaves from one on, below `size`: those that concern an agent, or all.
  ///
  /// @param most how many are looked at
  /// @param bytes how many bytes of them are answered, about
  public Records.Page leaves(
      long from, long size, Optional<Records.Reader> of, int most, long bytes) {
    return database.read(reader -> records.page(reader, from, size, of, most, bytes));
  }

  @Override
  public void close() {
    ticks.shutdown();
    try {
      if (!ticks.awaitTermination(5, TimeUnit.SECONDS)) {
        ticks.shutdownNow();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    tickQuietly();
  }

  private void tickQuietly() {
    try {
      tick();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "The audit log will follow later", failure);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "The audit log cannot follow", failure);
    }
  }

  /// The signature is for others to check: whoever could forge it here could change the key, too.
  private static Head head(String note) {
    int end = note.indexOf("\n\n");
    Checkpoint checkpoint =
        Checkpoint.read(note.substring(0, end + 1))
            .orElseThrow(() -> new IllegalStateException("A head of the audit log is damaged"));
    return new Head(checkpoint, note);
  }

  /// What is stored of the log by whichever hub.
  private record Stored(@Nullable Head newest, long size) {}

  private void sign() {
    long size = sequencer.size();
    Head published = head;
    if (isBroken || (published != null && published.checkpoint().size() == size)) {
      return;
    }
    Stored stored =
        database.read(reader ->
            new Stored(
                SqlAudit.newestCheckpoint(reader).map(AuditLog::head).orElse(null),
                SqlAudit.progress(reader).size()));
    Head before = stored.newest();
    if (before != null && !isPartOf(before.checkpoint(), stored.size())) {
      isBroken = true;
      LOG.log(
          Level.ERROR,
          "The audit log no longer begins with what was signed at size "
              + before.checkpoint().size()
              + "; no head is signed any more");
      return;
    }
    if (before != null && before.checkpoint().size() >= size) {
      head = before;
      return;
    }
    var checkpoint = new Checkpoint(key.verifier().name(), size, root());
    String note = key.sign(checkpoint);
    long now = time.millis();
    database.write(transaction -> {
      SqlAudit.insertCheckpoint(transaction, size, note, now);
      SqlAudit.dropCheckpoints(transaction, now - HEADS_KEPT.toMillis());
      return true;
    });
    head = new Head(checkpoint, note);
  }

  private byte[] root() {
    try {
      return sequencer.root();
    } catch (SQLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private boolean isPartOf(Checkpoint earlier, long size) {
    if (earlier.size() > size) {
      return false;
    }
    byte[] then = database.read(reader -> new Tree(new StoredTiles(reader)).root(earlier.size()));
    return Arrays.equals(then, earlier.root());
  }

  /// A list of hashes as text.
  public static List<String> base64(List<byte[]> hashes) {
    var texts = new ArrayList<String>(hashes.size());
    hashes.forEach(hash -> texts.add(Base64.getEncoder().encodeToString(hash)));
    return texts;
  }
}
