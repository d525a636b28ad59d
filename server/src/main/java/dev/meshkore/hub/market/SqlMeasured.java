package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

  /// What became of agreements.
  ///
  /// @param delivered those of which the buyer said that they were kept
  /// @param inTime those of them that were within the time that was agreed
  /// @param failed those of which the buyer said that they were not kept
  record Kept(long agreements, long delivered, long inTime, long failed) {
    static final Kept NONE = new Kept(0, 0, 0, 0);
  }

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

  /// The newest calls of services that ended in any way or had their time, newest first.
  ///
  /// @param services their numbers
  /// @param most of each
  static Map<Long, List<Seen>> ofServices(
      Transaction reader, Collection<Long> services, long now, int most) throws SQLException {
    String wanted =
        """
        WHERE service_id = s.service_id AND (ended IN ('answered', 'declined')
            OR ended = 'waiting' AND expires_at <= ?)
          ORDER BY call DESC LIMIT ?)
        """;
    String from =
        reader
            .dialect()
            .choose(
                "market_call c WHERE c.call IN (SELECT call FROM market_call " + wanted,
                "LATERAL (SELECT * FROM market_call " + wanted + " AS c");
    return reader
        .list(
            "SELECT s.number, c.buyer, c.ended, c.waited_ms, c.made_at, c.expires_at FROM "
                + numbers(reader)
                + " AS k JOIN market_service s ON s.number = k.number CROSS JOIN "
                + from
                + " ORDER BY c.call DESC",
            row -> Map.entry(row.getLong(1), seen(row, 2)),
            list(services),
            now,
            most)
        .stream()
        .collect(
            Collectors.groupingBy(
                Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
  }

  /// Numbers that are given as [#list], as a table: one statement for any count of them, so that it
  /// is prepared once.
  private static String numbers(Transaction reader) {
    return reader
        .dialect()
        .choose(
            "(SELECT value AS number FROM json_each(?))",
            "(SELECT CAST(value AS BIGINT) AS number"
                + " FROM json_array_elements_text(CAST(? AS JSON)))");
  }

  private static String list(Collection<Long> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  private static Seen seen(ResultSet row, int first) throws SQLException {
    return new Seen(
        row.getString(first),
        End.valueOf(row.getString(first + 1).toUpperCase(Locale.ROOT)),
        row.getLong(first + 2),
        row.getLong(first + 3),
        row.getLong(first + 4));
  }

  /// The newest calls of all services of a seller since a time.
  static List<Seen> ofSeller(Transaction reader, long seller, long sinceMs, int most)
      throws SQLException {
    return reader
        .list(
            """
            SELECT buyer, ended, waited_ms, made_at, expires_at FROM market_call WHERE seller = ?
            ORDER BY call DESC LIMIT ?
            """,
            row -> seen(row, 1),
            seller,
            most)
        .stream()
        .filter(one -> one.madeAtMs() >= sinceMs)
        .toList();
  }

  /// How long sellers took to answer their last moves of others' negotiations, newest first.
  ///
  /// @param most of each
  static Map<Long, List<Long>> waits(Transaction reader, Collection<Long> sellers, int most)
      throws SQLException {
    return reader
        .list(
            """
            SELECT k.number, (SELECT string_agg(CAST(waited_ms AS TEXT), ',') FROM (
                SELECT m.waited_ms FROM market_move m
                JOIN market_negotiation n ON n.number = m.negotiation
                WHERE m.sender = k.number AND n.seller = k.number AND m.sequence > 0
                  AND n.is_own = 0 AND n.opener <> m.sender
                ORDER BY m.made_at DESC LIMIT ?) AS newest)
            FROM
            """
                + numbers(reader)
                + " AS k",
            row -> Map.entry(row.getLong(1), Optional.ofNullable(row.getString(2)).orElse("")),
            most,
            list(sellers))
        .stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                one ->
                    Stream.of(one.getValue().split(","))
                        .filter(wait -> !wait.isEmpty())
                        .map(Long::valueOf)
                        .toList()));
  }

  /// What became of the agreements about services, by service; none where there were none.
  static Map<Long, Kept> kept(Transaction reader, Collection<Long> services) throws SQLException {
    return reader
        .list(
            """
            SELECT service, COUNT(*), SUM(CASE WHEN state = 'delivered' THEN 1 ELSE 0 END),
              SUM(CASE WHEN state = 'delivered' AND closed_at <= expires_at THEN 1 ELSE 0 END),
              SUM(CASE WHEN state = 'failed' THEN 1 ELSE 0 END)
            FROM market_negotiation
            WHERE is_own = 0 AND agreed_at IS NOT NULL AND service IN %s GROUP BY service
            """
                .formatted(numbers(reader)),
            row ->
                Map.entry(
                    row.getLong(1),
                    new Kept(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))),
            list(services))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
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

  /// When sellers have first listed a service.
  static Map<Long, Long> firstListedAt(Transaction reader, Collection<Long> sellers)
      throws SQLException {
    return reader
        .list(
            "SELECT seller, MIN(listed_at) FROM market_service WHERE seller IN "
                + numbers(reader)
                + " GROUP BY seller",
            row -> Map.entry(row.getLong(1), row.getLong(2)),
            list(sellers))
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
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

  /// The looks at which sellers were online, or which the hub had, in these parts.
  static List<LookBits> looks(
      Transaction reader, Collection<Long> sellers, long firstPart, long lastPart)
      throws SQLException {
    return reader.list(
        "SELECT seller, part, looks FROM market_online WHERE seller IN "
            + numbers(reader)
            + " AND part BETWEEN ? AND ?",
        row -> new LookBits(row.getLong(1), row.getLong(2), row.getLong(3)),
        list(sellers),
        firstPart,
        lastPart);
  }
}
