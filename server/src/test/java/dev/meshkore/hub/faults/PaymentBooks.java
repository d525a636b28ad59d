package dev.meshkore.hub.faults;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.summingLong;

import dev.meshkore.hub.store.DatabaseUrl;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The payments that a database has, read beside the hubs, and how much of them is over the limits
/// of purses.
///
/// @param rows in the order of their numbers
/// @param readAtMs when they were read
record PaymentBooks(List<Row> rows, long readAtMs) {
  /// The hub took the time of a payment before it stored it.
  private static final long SLACK_MS = 2_000;

  private static final long HOUR_MS = Duration.ofHours(1).toMillis();
  private static final long MINUTE_MS = Duration.ofMinutes(1).toMillis();

  /// A payment, or what ended one that was held.
  ///
  /// @param pending the number of what it ended, or 0
  /// @param isOpen whether it is held and not ended
  record Row(
      long number,
      String id,
      String kind,
      String from,
      String to,
      long atoms,
      long pending,
      long expiresAtMs,
      long madeAtMs,
      boolean isOpen) {
    boolean isMoved() {
      return kind.equals("posted") || kind.equals("post");
    }

    /// Whether somebody has wished for it by an id.
    boolean isWish() {
      return pending == 0;
    }
  }

  static PaymentBooks read(DatabaseUrl database) throws SQLException {
    String sql =
        """
        SELECT t.number, t.transfer_id, t.kind, p.agent_id, q.agent_id, t.atoms,
          COALESCE(t.pending, 0), t.expires_at, t.made_at,
          CASE WHEN t.kind = 'pending' AND NOT EXISTS
            (SELECT 1 FROM ledger_transfer e WHERE e.pending = t.number) THEN 1 ELSE 0 END
        FROM ledger_transfer t JOIN ledger_account d ON d.number = t.debit
        JOIN ledger_account c ON c.number = t.credit
        JOIN agent p ON d.name = 'agent:' || p.number
        JOIN agent q ON c.name = 'agent:' || q.number
        WHERE t.purpose = 'payment' ORDER BY t.number
        """;
    var rows = new ArrayList<Row>();
    try (var connection = database.openToRead();
        var statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      while (row.next()) {
        String id = row.getString(2);
        rows.add(
            new Row(
                row.getLong(1),
                id.substring(id.indexOf('/') + 1),
                row.getString(3),
                row.getString(4),
                row.getString(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9),
                row.getInt(10) == 1));
      }
    }
    return new PaymentBooks(rows, System.currentTimeMillis());
  }

  private List<Row> of(Purse purse) {
    List<String> payers = purse.payers().stream().map(Purse.Payer::id).toList();
    return rows.stream().filter(row -> payers.contains(row.from())).toList();
  }

  /// What is paid or held of a purse.
  long used(Purse purse) {
    return used(of(purse));
  }

  private static long used(List<Row> rows) {
    return rows.stream().filter(row -> row.isMoved() || row.isOpen()).mapToLong(Row::atoms).sum();
  }

  /// How many atoms are over any limit of a purse.
  long over(Purse purse) {
    Purse.Limit limit = purse.limit();
    List<Row> own = of(purse);
    long over = Math.max(0, used(own) - limit.lifetime());
    for (Row row : own) {
      over += Math.max(0, row.atoms() - limit.perPayment());
    }
    for (List<Row> to : own.stream().collect(groupingBy(Row::to)).values()) {
      over += Math.max(0, used(to) - limit.perCounterparty());
    }
    List<Row> moved = own.stream().filter(Row::isMoved).toList();
    Map<Long, Long> hours =
        moved.stream()
            .filter(row -> row.madeAtMs() % HOUR_MS > SLACK_MS)
            .collect(groupingBy(row -> row.madeAtMs() / HOUR_MS, summingLong(Row::atoms)));
    for (long hour : hours.values()) {
      over += Math.max(0, hour - limit.hourly());
    }
    return over + overInAMinute(own, moved, limit.rolling());
  }

  private long overInAMinute(List<Row> own, List<Row> moved, long most) {
    long window = MINUTE_MS - SLACK_MS;
    long over = 0;
    long sum = 0;
    int first = 0;
    List<Row> inTime = new ArrayList<>(moved);
    inTime.sort((one, other) -> Long.compare(one.madeAtMs(), other.madeAtMs()));
    for (Row row : inTime) {
      sum += row.atoms();
      while (inTime.get(first).madeAtMs() < row.madeAtMs() - window) {
        sum -= inTime.get(first++).atoms();
      }
      over = Math.max(over, sum - most);
    }
    long now = own.stream().filter(Row::isOpen).mapToLong(Row::atoms).sum();
    for (Row row : moved) {
      now += row.madeAtMs() > readAtMs - window ? row.atoms() : 0;
    }
    return Math.max(over, now - most);
  }
}
