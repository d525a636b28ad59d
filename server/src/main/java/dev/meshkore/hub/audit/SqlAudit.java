package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The SQL of the audit, and of reading the journal's rows as it does.
///
/// On PostgreSQL several transactions write at once, and a row with a lower number may become
/// visible after one with a higher. So there rows are taken in the order of their transactions, and
/// only those before which no transaction is open: none can come in between later.
final class SqlAudit {
  /// An act that is to be stored.
  record NewAct(String actor, String object, byte[] record, byte @Nullable [] salt) {}

  /// A stored act.
  record Act(String actor, String object, byte[] record, byte @Nullable [] salt) {}

  /// The key as stored.
  record Key(String origin, byte[] privateKey, byte[] publicKey) {}

  /// A row that is not in the log yet.
  record Pending(long xact, long number, byte[] body) {}

  /// Rows that are not in the log yet.
  ///
  /// @param isAll whether there were no more
  record Some(List<Pending> rows, boolean isAll) {}

  /// How far the log has come.
  ///
  /// @param size the leaves that it has
  /// @param journalXact the transaction of the last journal row in it; 0 on SQLite
  /// @param journal that row
  /// @param actXact the transaction of the last act in it; 0 on SQLite
  /// @param act that act
  record Progress(long size, long journalXact, long journal, long actXact, long act) {}

  /// The leaves of one row.
  ///
  /// @param first the first one's index
  /// @param count how many
  /// @param isOfJournal whether the row is the journal's; an act otherwise
  /// @param number the row
  /// @param salts the salts of the journal row's messages; empty for an act
  record Leaves(long first, int count, boolean isOfJournal, long number, byte[] salts) {}

  /// How many witnesses have signed each head.
  private static final String SIGNED =
      "(SELECT size, COUNT(*) AS signed FROM audit_cosignature GROUP BY size)";

  private SqlAudit() {}

  static long insertAct(Transaction transaction, NewAct act) throws SQLException {
    return transaction.number(
        "INSERT INTO audit_act (actor, object, record, salt) VALUES (?, ?, ?, ?) RETURNING number",
        0,
        act.actor(),
        act.object(),
        act.record(),
        act.salt());
  }

  static Optional<Key> key(Transaction reader, int use) throws SQLException {
    return reader.first(
        "SELECT origin, private_key, public_key FROM audit_key WHERE one = ?",
        row -> new Key(row.getString(1), row.getBytes(2), row.getBytes(3)),
        use);
  }

  static void insertKey(Transaction transaction, int use, Key key) throws SQLException {
    transaction.update(
        "INSERT INTO audit_key (one, origin, private_key, public_key) VALUES (?, ?, ?, ?)"
            + " ON CONFLICT (one) DO NOTHING",
        use,
        key.origin(),
        key.privateKey(),
        key.publicKey());
  }

  static Progress progress(Transaction reader) throws SQLException {
    return reader
        .first(
            "SELECT size, journal_xact, journal, act_xact, act FROM audit_progress WHERE one = 1",
            row ->
                new Progress(
                    row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)))
        .orElseThrow();
  }

  /// Moves on, if nobody else did since `before` was read.
  static boolean advance(Transaction transaction, Progress before, Progress after)
      throws SQLException {
    return transaction.update(
            "UPDATE audit_progress SET size = ?, journal_xact = ?, journal = ?, act_xact = ?,"
                + " act = ? WHERE one = 1 AND size = ?",
            after.size(),
            after.journalXact(),
            after.journal(),
            after.actXact(),
            after.act(),
            before.size())
        == 1;
  }

  /// The next rows of the journal, so many and together so many bytes, but one at least.
  static Some journalAfter(Transaction reader, Progress progress, int rows, long bytes)
      throws SQLException {
    return pending(
        reader, "journal", "position", progress.journalXact(), progress.journal(), rows, bytes);
  }

  /// The next acts.
  static Some actsAfter(Transaction reader, Progress progress, int rows, long bytes)
      throws SQLException {
    return pending(reader, "audit_act", "number", progress.actXact(), progress.act(), rows, bytes);
  }

  private record Size(long xact, long number, long bytes) {}

  private static Some pending(
      Transaction reader, String table, String key, long xact, long after, int rows, long bytes)
      throws SQLException {
    boolean isShared = reader.dialect().isShared();
    String body = table.equals("journal") ? "body" : "record";
    String columns = (isShared ? "xact, " : "0, ") + key;
    String where =
        isShared
            ? " FROM " + table + " WHERE (xact, " + key + ") > (?, ?) AND" + Transaction.SETTLED
            : " FROM " + table + " WHERE ? = 0 AND " + key + " > ?";
    String order = " ORDER BY " + (isShared ? "xact, " : "") + key + " LIMIT ?";
    List<Size> sizes =
        reader.list(
            "SELECT " + columns + ", length(" + body + ")" + where + order,
            row -> new Size(row.getLong(1), row.getLong(2), row.getLong(3)),
            xact,
            after,
            rows);
    int count = 0;
    long sum = 0;
    while (count < sizes.size() && (count == 0 || sum + sizes.get(count).bytes() <= bytes)) {
      sum += sizes.get(count).bytes();
      count++;
    }
    List<Pending> found =
        count == 0
            ? List.of()
            : reader.list(
                "SELECT " + columns + ", " + body + where + order,
                row -> new Pending(row.getLong(1), row.getLong(2), row.getBytes(3)),
                xact,
                after,
                count);
    return new Some(found, count == sizes.size() && count < rows);
  }

  static void insertLeaves(Transaction transaction, Leaves leaves) throws SQLException {
    transaction.update(
        "INSERT INTO audit_leaf (first, leaves, is_journal, number, salts) VALUES (?, ?, ?, ?, ?)",
        leaves.first(),
        leaves.count(),
        leaves.isOfJournal() ? 1 : 0,
        leaves.number(),
        leaves.salts());
  }

  /// The rows that have the leaves from one index on, in order.
  static List<Leaves> leavesFrom(Transaction reader, long index, int rows) throws SQLException {
    long first = reader.number("SELECT MAX(first) FROM audit_leaf WHERE first <= ?", index, index);
    return reader.list(
        "SELECT first, leaves, is_journal, number, salts FROM audit_leaf WHERE first >= ?"
            + " ORDER BY first LIMIT ?",
        SqlAudit::leaves,
        first,
        rows);
  }

  /// The leaves of a row of the journal, if they have their places.
  static Optional<Leaves> leavesOfJournal(Transaction reader, long position) throws SQLException {
    return reader.first(
        "SELECT first, leaves, is_journal, number, salts FROM audit_leaf"
            + " WHERE number = ? AND is_journal = 1",
        SqlAudit::leaves,
        position);
  }

  static void setSalts(Transaction transaction, long first, byte[] salts) throws SQLException {
    transaction.update("UPDATE audit_leaf SET salts = ? WHERE first = ?", salts, first);
  }

  private static Leaves leaves(ResultSet row) throws SQLException {
    return new Leaves(
        row.getLong(1), row.getInt(2), row.getInt(3) == 1, row.getLong(4), row.getBytes(5));
  }

  static Optional<byte[]> journalRow(Transaction reader, long position) throws SQLException {
    return reader.first(
        "SELECT body FROM journal WHERE position = ?", row -> row.getBytes(1), position);
  }

  static Optional<Act> act(Transaction reader, long number) throws SQLException {
    return reader.first(
        "SELECT actor, object, record, salt FROM audit_act WHERE number = ?",
        row -> new Act(row.getString(1), row.getString(2), row.getBytes(3), row.getBytes(4)),
        number);
  }

  static void putTile(Transaction transaction, Edge.Place place, byte[] hashes)
      throws SQLException {
    transaction.update(
        "INSERT INTO audit_tile (level, number, hashes) VALUES (?, ?, ?)"
            + " ON CONFLICT (level, number) DO UPDATE SET hashes = excluded.hashes",
        place.level(),
        place.number(),
        hashes);
  }

  static Optional<byte[]> tile(Transaction reader, int level, long number) throws SQLException {
    return reader.first(
        "SELECT hashes FROM audit_tile WHERE level = ? AND number = ?",
        row -> row.getBytes(1),
        level,
        number);
  }

  static void insertCheckpoint(Transaction transaction, long size, String note, long madeAt)
      throws SQLException {
    transaction.update(
        "INSERT INTO audit_checkpoint (size, note, made_at) VALUES (?, ?, ?)"
            + " ON CONFLICT (size) DO NOTHING",
        size,
        note,
        madeAt);
  }

  /// Forgets the heads in whose place another came before a time. The newest that so many witnesses
  /// have signed stays, for each number of them.
  static void dropCheckpoints(Transaction transaction, long replacedBefore) throws SQLException {
    transaction.update(
        "DELETE FROM audit_checkpoint WHERE size < (SELECT MAX(size) FROM audit_checkpoint"
            + " WHERE made_at < ?) AND size NOT IN (SELECT size FROM "
            + SIGNED
            + " AS one WHERE NOT EXISTS (SELECT 1 FROM "
            + SIGNED
            + " AS other WHERE other.size > one.size AND other.signed >= one.signed))",
        replacedBefore);
    transaction.update(
        "DELETE FROM audit_cosignature WHERE NOT EXISTS (SELECT 1 FROM audit_checkpoint"
            + " WHERE audit_checkpoint.size = audit_cosignature.size)");
  }

  /// Keeps what a witness signed of a head, if the head is kept.
  static void putCosignature(Transaction transaction, long size, String witness, String line)
      throws SQLException {
    transaction.update(
        "INSERT INTO audit_cosignature (size, witness, line)"
            + " SELECT size, CAST(? AS TEXT), CAST(? AS TEXT) FROM audit_checkpoint WHERE size = ?"
            + " ON CONFLICT (size, witness) DO UPDATE SET line = excluded.line",
        witness,
        line,
        size);
  }

  /// The newest head that so many witnesses have signed.
  static Optional<String> witnessed(Transaction reader, int least) throws SQLException {
    long size =
        reader.number(
            "SELECT MAX(size) FROM audit_checkpoint WHERE ? <= (SELECT COUNT(*)"
                + " FROM audit_cosignature WHERE audit_cosignature.size = audit_checkpoint.size)",
            -1,
            least);
    return checkpoint(reader, size);
  }

  static Optional<String> newestCheckpoint(Transaction reader) throws SQLException {
    return checkpoint(reader, reader.number("SELECT MAX(size) FROM audit_checkpoint", -1));
  }

  /// The head of a size with all signatures.
  static Optional<String> checkpoint(Transaction reader, long size) throws SQLException {
    Optional<String> note =
        reader.first(
            "SELECT note FROM audit_checkpoint WHERE size = ?", row -> row.getString(1), size);
    List<String> lines =
        reader.list(
            "SELECT line FROM audit_cosignature WHERE size = ? ORDER BY witness",
            row -> row.getString(1),
            size);
    return note.map(text -> text + String.join("", lines));
  }
}
