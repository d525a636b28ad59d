package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The SQL of feeds.
final class SqlFeeds {
  /// What is counted of a feed.
  ///
  /// @param document as it is now, or "" where the feed was deleted
  /// @param hourAtMs when the hour began in which `hourCount` things fitted
  record Counts(String document, long change, long hourAtMs, long hourCount, long toldAtMs) {}

  /// Whose turn it is to be told of what waits.
  record Due(
      long number,
      long agent,
      String id,
      FeedWish wish,
      long change,
      Optional<String> messageId,
      long leftOut) {}

  private static final String COLUMNS =
      """
      SELECT number, feed_id, agent, document, since, change, made_at, changed_at, told, told_at,
        left_out
      FROM market_feed
      """;

  private static final String DUE =
      """
      SELECT agent, feed_id, document, change, message_id, left_out FROM market_feed
      WHERE number = ?
      """;

  private SqlFeeds() {}

  static void insert(Transaction transaction, Feed feed) throws SQLException {
    transaction.update(
        """
        INSERT INTO market_feed (feed_id, agent, state, document, since, change, made_at,
          changed_at, hour_at, hour_count, told, told_at, left_out, by_meaning)
        VALUES (?, ?, 'live', ?, ?, ?, ?, ?, 0, 0, 0, 0, 0, ?)
        """,
        feed.id(),
        feed.agent(),
        feed.wish().document(),
        feed.since(),
        feed.change(),
        feed.madeAtMs(),
        feed.changedAtMs(),
        feed.wish().goesByMeaning() ? 1L : 0L);
  }

  static void update(Transaction transaction, long number, FeedWish wish, long change, long now)
      throws SQLException {
    transaction.update(
        """
        UPDATE market_feed SET document = ?, change = ?, changed_at = ?, by_meaning = ?
        WHERE number = ?
        """,
        wish.document(),
        change,
        now,
        wish.goesByMeaning() ? 1L : 0L,
        number);
  }

  /// What it asked for is forgotten at once; that it was there, when every hub has heard.
  static void delete(Transaction transaction, long number, long change, long now)
      throws SQLException {
    transaction.update(
        """
        UPDATE market_feed
        SET state = 'deleted', document = '', change = ?, changed_at = ?, tell_at = NULL,
          by_meaning = 0
        WHERE number = ?
        """,
        change,
        now,
        number);
    SqlFeedMeanings.delete(transaction, number);
  }

  static Optional<Feed> find(Transaction reader, String id, long agent) throws SQLException {
    return reader
        .first(
            COLUMNS + "WHERE feed_id = ? AND agent = ? AND state = 'live'",
            SqlFeeds::feed,
            id,
            agent)
        .flatMap(feed -> feed);
  }

  /// The number of a feed, also of one that cannot be read.
  static Optional<Long> numberOf(Transaction reader, String id, long agent) throws SQLException {
    return reader.first(
        "SELECT number FROM market_feed WHERE feed_id = ? AND agent = ? AND state = 'live'",
        row -> row.getLong(1),
        id,
        agent);
  }

  /// Those of an agent that can be read, oldest first.
  static List<Feed> ofAgent(Transaction reader, long agent) throws SQLException {
    return reader
        .list(COLUMNS + "WHERE agent = ? AND state = 'live' ORDER BY number", SqlFeeds::feed, agent)
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  /// A feed that was changed.
  ///
  /// @param feed as it is now, or empty where it was deleted or cannot be read
  record Changed(long number, long change, boolean isDeleted, Optional<Feed> feed) {}

  /// Feeds that changed after a change, in the order of changes.
  static List<Changed> changedSince(Transaction reader, long change, int limit)
      throws SQLException {
    return reader.list(
        COLUMNS + "WHERE change > ? ORDER BY change LIMIT ?",
        row ->
            new Changed(
                row.getLong(1),
                row.getLong(6),
                row.getString(4).isEmpty(),
                row.getString(4).isEmpty() ? Optional.empty() : feed(row)),
        change,
        limit);
  }

  static FeedCursor cursor(Transaction reader) throws SQLException {
    return reader
        .first(
            "SELECT change, feed FROM market_feed_cursor WHERE one = 1",
            row -> new FeedCursor(row.getLong(1), row.getLong(2)))
        .orElseThrow();
  }

  /// Moves the cursor if it stands where it is thought to stand; of several hubs one does, and the
  /// others wait for it.
  static boolean move(Transaction transaction, FeedCursor from, FeedCursor to) throws SQLException {
    return transaction.update(
            """
            UPDATE market_feed_cursor SET change = ?, feed = ?
            WHERE one = 1 AND change = ? AND feed = ?
            """,
            to.change(),
            to.feed(),
            from.change(),
            from.feed())
        == 1;
  }

  static Optional<Counts> counts(Transaction transaction, long number) throws SQLException {
    return transaction.first(
        "SELECT document, change, hour_at, hour_count, told_at FROM market_feed WHERE number = ?",
        row ->
            new Counts(
                row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5)),
        number);
  }

  /// Counts what was kept, and has its agent told at a time, or before it if that was planned.
  static void count(
      Transaction transaction, long number, long hourAt, long hourCount, long leftOut, long tellAt)
      throws SQLException {
    transaction.update(
        """
        UPDATE market_feed SET hour_at = ?, hour_count = ?, left_out = left_out + ?,
          tell_at = CASE WHEN tell_at IS NULL OR tell_at > ? THEN ? ELSE tell_at END
        WHERE number = ? AND state = 'live'
        """,
        hourAt,
        hourCount,
        leftOut,
        tellAt,
        tellAt,
        number);
  }

  /// A feed whose time has come.
  record Turn(long number, boolean isByMeaning) {}

  static List<Turn> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        """
        SELECT number, by_meaning FROM market_feed WHERE tell_at <= ? ORDER BY tell_at, number
        LIMIT ?
        """,
        row -> new Turn(row.getLong(1), row.getLong(2) == 1),
        now,
        limit);
  }

  /// A feed whose turn it is, without taking it; empty where it cannot be read, or is deleted.
  static Optional<Due> asked(Transaction reader, long number) throws SQLException {
    return reader.first(DUE, row -> due(number, row), number).flatMap(one -> one);
  }

  /// Takes the turn of a feed; empty where another hub has it, or nothing is due any more. One that
  /// cannot be read is left until later, when a hub that can read it may have its turn.
  static Optional<Due> take(Transaction transaction, long number, long now, long later)
      throws SQLException {
    boolean isTaken =
        transaction.update(
                "UPDATE market_feed SET tell_at = NULL WHERE number = ? AND tell_at <= ?",
                number,
                now)
            == 1;
    if (!isTaken) {
      return Optional.empty();
    }
    Optional<Due> due = asked(transaction, number);
    if (due.isEmpty()) {
      tellAt(transaction, number, later);
    }
    return due;
  }

  private static Optional<Due> due(long number, ResultSet row) throws SQLException {
    long agent = row.getLong(1);
    String id = row.getString(2);
    long change = row.getLong(4);
    Optional<String> messageId = Optional.ofNullable(row.getString(5));
    long leftOut = row.getLong(6);
    return FeedWish.stored(row.getString(3))
        .map(wish -> new Due(number, agent, id, wish, change, messageId, leftOut));
  }

  static void told(Transaction transaction, long number, String messageId, int count, long now)
      throws SQLException {
    transaction.update(
        """
        UPDATE market_feed SET message_id = ?, told = told + ?, told_at = ?, left_out = 0
        WHERE number = ?
        """,
        messageId,
        count,
        now,
        number);
  }

  static void tellAt(Transaction transaction, long number, long at) throws SQLException {
    transaction.update("UPDATE market_feed SET tell_at = ? WHERE number = ?", at, number);
  }

  /// A feed that was deleted before a time, if there is one.
  static OptionalLong deleted(Transaction reader, long before) throws SQLException {
    return reader
        .first(
            "SELECT number FROM market_feed WHERE state = 'deleted' AND changed_at < ? LIMIT 1",
            row -> OptionalLong.of(row.getLong(1)),
            before)
        .orElse(OptionalLong.empty());
  }

  /// Forgets a deleted feed, so many rows at a time; true when all of it is gone.
  static boolean purge(Transaction transaction, long number, int limit) throws SQLException {
    int gone =
        transaction.update(
            """
            DELETE FROM market_feed_match WHERE number IN
              (SELECT number FROM market_feed_match WHERE feed = ? LIMIT ?)
            """,
            number,
            limit);
    if (gone == limit) {
      return false;
    }
    SqlFeedMeanings.delete(transaction, number);
    transaction.update("DELETE FROM market_feed WHERE number = ? AND state = 'deleted'", number);
    return true;
  }

  /// Empty where it cannot be read.
  private static Optional<Feed> feed(ResultSet row) throws SQLException {
    Optional<FeedWish> wish = FeedWish.stored(row.getString(4));
    if (wish.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Feed(
            row.getLong(1),
            row.getString(2),
            row.getLong(3),
            wish.get(),
            row.getLong(5),
            row.getLong(6),
            row.getLong(7),
            row.getLong(8),
            row.getLong(9),
            row.getLong(10),
            row.getLong(11)));
  }
}
