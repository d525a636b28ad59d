package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
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
    DECLINED,
    /// It ended before it began, as clocks of hubs can have it.
    UNMEASURED;

    private String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A call of a service, as the market saw it.
  ///
  /// @param buyer whose call it was
  /// @param waitedMs until it was answered or declined
  record Seen(String buyer, End end, long waitedMs, long madeAtMs, long expiresAtMs) {}

  /// Looks whether a seller was online, one bit for each; bit 0 of part 1 is look 64.
  record LookBits(long seller, long part, long bits) {}

  /// As many rows as one statement adds.
  private static final int ROWS_AT_ONCE = 100;

  private SqlMeasured() {}

  /// Adds a call, and leaves so many of its buyer's calls of this service.
  static void insertCall(Transaction transaction, CallSeen call, String buyer, int kept)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO market_call (call, service_id, seller, buyer, ended, waited_ms, made_at,
          expires_at)
        VALUES (?, ?, ?, ?, 'waiting', 0, ?, ?) ON CONFLICT (call) DO NOTHING
        """,
        call.number(),
        call.serviceId(),
        call.seller(),
        buyer,
        call.madeAtMs(),
        call.expiresAtMs());
    transaction.update(
        """
        DELETE FROM market_call WHERE service_id = ? AND buyer = ? AND call <= (
          SELECT call FROM market_call WHERE service_id = ? AND buyer = ?
          ORDER BY call DESC LIMIT 1 OFFSET ?)
        """,
        call.serviceId(),
        buyer,
        call.serviceId(),
        buyer,
        kept);
  }

  /// Ends a call that waits in its time.
  static void end(Transaction transaction, long call, End end, long now) throws SQLException {
    transaction.update(
        """
        UPDATE market_call SET ended = CASE WHEN made_at > ? THEN 'unmeasured' ELSE ? END,
          waited_ms = ? - made_at
        WHERE call = ? AND ended = 'waiting' AND expires_at > ?
        """,
        now,
        end.word(),
        now,
        call,
        now);
  }

  /// A call takes a place of a live service; of another it takes none.
  static void takePlace(Transaction transaction, CallSeen call) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_live_call (call, service, expires_at)
        SELECT ?, number, ? FROM market_service WHERE service_id = ? AND kind = 'live'
        ON CONFLICT (call) DO NOTHING
        """,
        call.number(),
        call.expiresAtMs(),
        call.serviceId());
  }

  static void freePlace(Transaction transaction, long call) throws SQLException {
    transaction.update("DELETE FROM market_live_call WHERE call = ?", call);
  }

  /// Whether a call that holds a place was to be answered by now.
  static boolean isPlaceDue(Transaction reader, long now) throws SQLException {
    return reader.number(
            "SELECT call FROM market_live_call WHERE expires_at <= ? ORDER BY expires_at LIMIT 1",
            0,
            now)
        != 0;
  }

  static void freePlacesDue(Transaction transaction, long now) throws SQLException {
    transaction.update("DELETE FROM market_live_call WHERE expires_at <= ?", now);
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
                    row.getString(1),
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

  /// The sellers of calls that ended since a time, answered or not, in their order.
  ///
  /// @param openMs how long a call may be open
  static List<Long> ended(Transaction reader, long sinceMs, long now, long openMs)
      throws SQLException {
    return reader.list(
        """
        SELECT DISTINCT seller FROM market_call WHERE made_at >= ? AND (
          ended = 'answered' AND made_at + waited_ms >= ?
          OR ended = 'waiting' AND expires_at BETWEEN ? AND ?)
        ORDER BY seller
        """,
        row -> row.getLong(1),
        sinceMs - openMs,
        sinceMs,
        sinceMs,
        now);
  }

  /// Forgets some of the calls that were made before a time, and answers whose they were.
  static List<Long> forget(Transaction transaction, long beforeMs, int most) throws SQLException {
    return transaction.list(
        """
        DELETE FROM market_call WHERE call IN (
          SELECT call FROM market_call WHERE made_at < ? ORDER BY made_at, call LIMIT ?)
        RETURNING seller
        """,
        row -> row.getLong(1),
        beforeMs,
        most);
  }

  /// All who sell something now, in their order.
  static List<Long> sellers(Transaction reader) throws SQLException {
    return reader.list(
        "SELECT DISTINCT seller FROM market_service WHERE state = 'listed' ORDER BY seller",
        row -> row.getLong(1));
  }

  /// When a seller has first listed a service.
  static long firstListedAt(Transaction reader, long seller) throws SQLException {
    return reader.number("SELECT MIN(listed_at) FROM market_service WHERE seller = ?", 0, seller);
  }

  /// Adds a look to those of other hubs.
  ///
  /// @param sellers in their order, so that hubs wait for each other and not in a circle
  static void look(Transaction transaction, List<Long> sellers, long part, long bit)
      throws SQLException {
    for (int from = 0; from < sellers.size(); from += ROWS_AT_ONCE) {
      List<Long> some = sellers.subList(from, Math.min(sellers.size(), from + ROWS_AT_ONCE));
      var values = new ArrayList<Object>();
      for (long seller : some) {
        Collections.addAll(values, seller, part, bit);
      }
      transaction.update(
          "INSERT INTO market_online (seller, part, looks) VALUES "
              + String.join(", ", Collections.nCopies(some.size(), "(?, ?, ?)"))
              + " ON CONFLICT (seller, part)"
              + " DO UPDATE SET looks = market_online.looks | excluded.looks",
          values.toArray());
    }
  }

  /// Forgets some of the looks before a part; answers how many.
  static int forgetLooks(Transaction transaction, long beforePart, int most) throws SQLException {
    return transaction.update(
        """
        DELETE FROM market_online WHERE (seller, part) IN (
          SELECT seller, part FROM market_online WHERE part < ? ORDER BY part, seller LIMIT ?)
        """,
        beforePart,
        most);
  }

  /// The looks of the hub and those at which a seller was online, in these parts.
  static List<LookBits> looks(Transaction reader, long seller, long firstPart, long lastPart)
      throws SQLException {
    return reader.list(
        """
        SELECT seller, part, looks FROM market_online
        WHERE seller IN (0, ?) AND part BETWEEN ? AND ?
        """,
        row -> new LookBits(row.getLong(1), row.getLong(2), row.getLong(3)),
        seller,
        firstPart,
        lastPart);
  }
}
