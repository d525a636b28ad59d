package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/// The SQL of what the market measures.
final class SqlMeasured {
  /// What became of a call.
  enum End {
    /// Nothing yet, or nothing in its time.
    WAITING,
    /// Its seller has answered.
    ANSWERED,
    /// Its seller has given the money back.
    DECLINED;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A call of a service, as the market saw it.
  ///
  /// @param waitedMs until it was answered or declined
  record Seen(long buyer, End end, long waitedMs, long madeAtMs, long expiresAtMs) {}

  /// Looks after whether a seller was online.
  ///
  /// @param looks one bit for each
  record Part(long seller, long part, long looks) {}

  private SqlMeasured() {}

  static void insertCall(Transaction transaction, CallSeen call) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_call (call, service_id, seller, buyer, ended, waited_ms, made_at,
          expires_at)
        VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?) ON CONFLICT (call) DO NOTHING
        """,
        call.number(),
        call.serviceId(),
        call.seller(),
        call.buyer(),
        call.madeAtMs(),
        call.expiresAtMs());
  }

  static void end(Transaction transaction, long call, End end, long now) throws SQLException {
    transaction.update(
        """
        UPDATE market_call SET ended = ?,
          waited_ms = CASE WHEN made_at < ? THEN ? - made_at ELSE 0 END
        WHERE call = ? AND ended = 'waiting'
        """,
        end.word(),
        now,
        now,
        call);
  }

  /// The newest calls of a service since a time.
  static List<Seen> ofService(Transaction reader, String serviceId, long sinceMs, int most)
      throws SQLException {
    return seen(reader, "service_id = ?", serviceId, sinceMs, most);
  }

  /// The newest calls of all services of a seller since a time.
  static List<Seen> ofSeller(Transaction reader, long seller, long sinceMs, int most)
      throws SQLException {
    return seen(reader, "seller = ?", seller, sinceMs, most);
  }

  private static List<Seen> seen(
      Transaction reader, String whose, Object who, long sinceMs, int most) throws SQLException {
    return reader
        .list(
            "SELECT buyer, ended, waited_ms, made_at, expires_at FROM market_call WHERE "
                + whose
                + " ORDER BY call DESC LIMIT ?",
            row ->
                new Seen(
                    row.getLong(1),
                    End.valueOf(row.getString(2).toUpperCase(Locale.ROOT)),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5)),
            who,
            most)
        .stream()
        .filter(one -> one.madeAtMs() >= sinceMs)
        .toList();
  }

  /// The sellers of calls that were made since a time and are answered.
  static List<Long> answering(Transaction reader, long sinceMs) throws SQLException {
    return reader.list(
        "SELECT DISTINCT seller FROM market_call WHERE made_at >= ? AND ended = 'answered'",
        row -> row.getLong(1),
        sinceMs);
  }

  /// Forgets some of the calls that were made before a time.
  static int forget(Transaction transaction, long beforeMs, int most) throws SQLException {
    return transaction.update(
        """
        DELETE FROM market_call WHERE call IN (
          SELECT call FROM market_call WHERE made_at < ? ORDER BY made_at LIMIT ?)
        """,
        beforeMs,
        most);
  }

  /// All who sell something now.
  static List<Long> sellers(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT DISTINCT seller FROM market_service WHERE state = 'listed'", row -> row.getLong(1));
  }

  /// Adds looks to those of other hubs.
  static void look(Transaction transaction, Part part) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_online (seller, part, looks) VALUES (?, ?, ?)
        ON CONFLICT (seller, part) DO UPDATE SET looks = market_online.looks | excluded.looks
        """,
        part.seller(),
        part.part(),
        part.looks());
  }

  static void forgetLooks(Transaction transaction, long seller, long beforePart)
      throws SQLException {
    transaction.update(
        "DELETE FROM market_online WHERE seller = ? AND part < ?", seller, beforePart);
  }

  /// The looks of the hub and those after one seller, from a part on.
  static List<Part> looks(Transaction reader, long seller, long fromPart) throws SQLException {
    return reader.list(
        """
        SELECT seller, part, looks FROM market_online WHERE seller IN (0, ?) AND part >= ?
        """,
        row -> new Part(row.getLong(1), row.getLong(2), row.getLong(3)),
        seller,
        fromPart);
  }
}
