package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads the log's leaves again: a message's out of the journal, as it is now. Nothing is mended
/// here: what was changed in the database is handed over as changed, beside the hash that the tree
/// has, and whoever verifies finds that they differ.
public final class Records {
  private static final int ROWS = 64;

  /// What a leaf costs in an answer besides its texts: with its hash, or with its path.
  private static final int HASH_BYTES = 150;

  private static final int PATH_BYTES = 1_300;

  private final LeafSource source;

  Records(LeafSource source) {
    this.source = source;
  }

  /// An agent that reads what concerns it.
  ///
  /// @param number its number
  /// @param id its id
  public record Reader(long number, String id) {}

  /// A leaf with what the hub keeps of it.
  ///
  /// @param index its place
  /// @param hash its hash in the tree, or null where that is gone
  /// @param record its bytes, or null where they are gone
  /// @param salt the salt of its digest, or null where it has none or is for others
  /// @param content its message without the opening brace, or null
  public record Entry(
      long index,
      byte @Nullable [] hash,
      byte @Nullable [] record,
      byte @Nullable [] salt,
      byte @Nullable [] content) {}

  /// Some leaves.
  ///
  /// @param entries in order
  /// @param next the first index that was not looked at
  public record Page(List<Entry> entries, long next) {}

  /// Leaves from one on, below `size`.
  Page page(
      Transaction transaction, long from, long size, Optional<Reader> of, int most, long bytes)
      throws SQLException {
    var reading = new Reading(transaction, of.orElse(null));
    long next = from;
    long end = Math.min(size, from + most);
    while (next < end && reading.bytes < bytes) {
      List<SqlAudit.Leaves> rows = SqlAudit.leavesFrom(transaction, next, ROWS);
      if (rows.isEmpty() || rows.getFirst().first() + rows.getFirst().count() <= next) {
        break;
      }
      for (SqlAudit.Leaves row : rows) {
        long to = Math.min(end, row.first() + row.count());
        if (next >= end || reading.bytes >= bytes || row.first() > next || to <= next) {
          break;
        }
        reading.read(row, next, to);
        next = to;
      }
    }
    return new Page(reading.entries, next);
  }

  /// One reading of some leaves.
  private final class Reading {
    private final Transaction transaction;
    private final @Nullable Reader of;
    private final Digests digests = new Digests();
    private final List<Entry> entries = new ArrayList<>();
    private long tileNumber = -1;
    private byte[] tile = new byte[0];
    private long bytes;

    Reading(Transaction transaction, @Nullable Reader of) {
      this.transaction = transaction;
      this.of = of;
    }

    void read(SqlAudit.Leaves row, long from, long to) throws SQLException {
      if (row.isOfJournal()) {
        readMessages(row, from, to);
      } else {
        SqlAudit.Act act = SqlAudit.act(transaction, row.number()).orElse(null);
        if (act == null) {
          addGone(from, to);
        } else if (of == null || isFor(of, act)) {
          byte[] salt = of == null ? null : act.salt();
          add(new Entry(from, hash(from), act.record(), salt, null));
        }
      }
    }

    /// A channel may be called like an agent that has nothing to do with it.
    private static boolean isFor(Reader reader, SqlAudit.Act act) {
      String record = new String(act.record(), StandardCharsets.UTF_8);
      boolean isOfChannel = record.contains("\"kind\":\"channel.");
      return reader.id().equals(act.actor()) || (!isOfChannel && reader.id().equals(act.object()));
    }

    private void readMessages(SqlAudit.Leaves row, long from, long to) throws SQLException {
      byte[] body = SqlAudit.journalRow(transaction, row.number()).orElse(null);
      try {
        if (body != null) {
          addMessages(row, body, from, to);
          return;
        }
      } catch (RuntimeException _) {
        // Somebody wrote into the row, and it is none any more.
      }
      entries.removeIf(entry -> entry.index() >= from);
      addGone(from, to);
    }

    private void addMessages(SqlAudit.Leaves row, byte[] body, long from, long to)
        throws SQLException {
      var salts = new Salts(row.salts());
      List<? extends LeafSource.Entry> messages = source.entries(body);
      for (long index = from; index < to; index++) {
        int i = (int) (index - row.first());
        LeafSource.Entry message = messages.get(i);
        if (of != null && !message.concerns(of.number())) {
          continue;
        }
        byte[] digest = salts.digest(i, digests, body, message.offset(), message.length());
        byte[] record = message.record(body, digest);
        boolean isShown = of != null && !salts.isErased(i);
        byte[] content =
            isShown
                ? Arrays.copyOfRange(body, message.offset(), message.offset() + message.length())
                : null;
        add(
            new Entry(
                index, hash(index), record, isShown ? salts.salt(i, digests) : null, content));
      }
    }

    /// Nobody can tell any more whom these concerned, so only who reads all hears of them.
    private void addGone(long from, long to) throws SQLException {
      for (long index = from; index < to && of == null; index++) {
        add(new Entry(index, hash(index), null, null, null));
      }
    }

    private void add(Entry entry) {
      entries.add(entry);
      bytes += of == null ? HASH_BYTES : PATH_BYTES;
      bytes += entry.record() == null ? 0 : entry.record().length;
      bytes += entry.content() == null ? 0 : entry.content().length;
    }

    private byte @Nullable [] hash(long index) throws SQLException {
      long number = index >> Tree.TILE_HEIGHT;
      if (number != tileNumber) {
        tile = SqlAudit.tile(transaction, 0, number).orElse(new byte[0]);
        tileNumber = number;
      }
      int at = (int) (index & (Tree.TILE_WIDTH - 1)) * Digests.BYTES;
      return at + Digests.BYTES <= tile.length
          ? Arrays.copyOfRange(tile, at, at + Digests.BYTES)
          : null;
    }
  }
}
