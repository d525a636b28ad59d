package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Database;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gives what was committed its places in the log, behind the commits: messages from the journal
/// itself, and acts. Hashing is done outside of any transaction; one short transaction then moves
/// the log on, whole or not at all, and only if no other hub on the database moved it. Not
/// thread-safe.
final class Sequencer {
  private static final int ROWS = 1_024;
  private static final long BYTES = 4L << 20;

  private final Database database;
  private final LeafSource source;
  private final SecureRandom random;
  private final Digests digests = new Digests();
  private @Nullable Edge edge;

  Sequencer(Database database, LeafSource source, SecureRandom random) {
    this.database = database;
    this.source = source;
    this.random = random;
  }

  /// What waits for its place. Acts were read before the journal: whoever takes down how many
  /// messages it has sent finds them in the log before what it took down.
  private record Waiting(
      SqlAudit.Progress progress, SqlAudit.Some acts, SqlAudit.Some journal, Edge edge) {}

  /// Takes up some of what waits; false when nothing does.
  boolean step() {
    Waiting waiting =
        database.read(reader -> {
          SqlAudit.Progress progress = SqlAudit.progress(reader);
          SqlAudit.Some acts = SqlAudit.actsAfter(reader, progress, ROWS, BYTES);
          SqlAudit.Some journal = SqlAudit.journalAfter(reader, progress, ROWS, BYTES);
          Edge known = edge;
          Edge now =
              known != null && known.size() == progress.size()
                  ? known
                  : Edge.read(progress.size(), new StoredTiles(reader));
          return new Waiting(progress, acts, journal, now);
        });
    edge = waiting.edge();
    List<SqlAudit.Pending> acts = waiting.journal().isAll() ? waiting.acts().rows() : List.of();
    List<SqlAudit.Pending> journal = waiting.journal().rows();
    if (acts.isEmpty() && journal.isEmpty()) {
      return false;
    }
    Edge next = waiting.edge().copy();
    var leaves = new ArrayList<SqlAudit.Leaves>(acts.size() + journal.size());
    for (SqlAudit.Pending row : journal) {
      leaves.add(ofJournal(row, next));
    }
    for (SqlAudit.Pending act : acts) {
      leaves.add(new SqlAudit.Leaves(next.size(), 1, false, act.number(), new byte[0]));
      next.append(act.body(), act.body().length);
    }
    SqlAudit.Progress after = after(waiting.progress(), next.size(), journal, acts);
    boolean isFirst =
        database.write(transaction -> {
          if (!SqlAudit.advance(transaction, waiting.progress(), after)) {
            return false;
          }
          for (SqlAudit.Leaves of : leaves) {
            SqlAudit.insertLeaves(transaction, of);
          }
          for (var tile : next.changed().entrySet()) {
            SqlAudit.putTile(transaction, tile.getKey(), tile.getValue());
          }
          return true;
        });
    edge = isFirst ? next.copy() : null;
    // What is committed with this step waits for the next tick, or a busy hub would never sign.
    return !isFirst || !waiting.journal().isAll() || !waiting.acts().isAll();
  }

  /// How many leaves the log had when this last looked.
  long size() {
    return edge == null ? 0 : edge.size();
  }

  /// The root over them.
  byte[] root() throws SQLException {
    return (edge == null ? new Edge() : edge).root();
  }

  private SqlAudit.Leaves ofJournal(SqlAudit.Pending row, Edge next) {
    byte[] seed = new byte[Salts.SEED_BYTES];
    random.nextBytes(seed);
    var salts = new Salts(seed);
    long first = next.size();
    List<? extends LeafSource.Entry> entries = source.entries(row.body());
    for (int i = 0; i < entries.size(); i++) {
      LeafSource.Entry entry = entries.get(i);
      byte[] digest = salts.digest(i, digests, row.body(), entry.offset(), entry.length());
      byte[] record = entry.record(row.body(), digest);
      next.append(record, record.length);
    }
    return new SqlAudit.Leaves(first, entries.size(), true, row.number(), seed);
  }

  private static SqlAudit.Progress after(
      SqlAudit.Progress before,
      long size,
      List<SqlAudit.Pending> journal,
      List<SqlAudit.Pending> acts) {
    SqlAudit.Pending row =
        journal.isEmpty()
            ? new SqlAudit.Pending(before.journalXact(), before.journal(), new byte[0])
            : journal.getLast();
    SqlAudit.Pending act =
        acts.isEmpty()
            ? new SqlAudit.Pending(before.actXact(), before.act(), new byte[0])
            : acts.getLast();
    return new SqlAudit.Progress(size, row.xact(), row.number(), act.xact(), act.number());
  }
}
