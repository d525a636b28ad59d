package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;

/// The SQL of what fits feeds.
final class SqlFeedMatches {
  /// What was found to fit a feed.
  ///
  /// @param item a service or a request
  /// @param agent whose it is
  /// @param wish the change of the feed at which it asked so
  /// @param version of the service that was found; 1 of a request
  record Found(String item, long agent, long wish, long version) {}

  /// What waits to be told, with the wish and the version by which it was found.
  record Waiting(long number, String item, long wish, long version) {}

  private SqlFeedMatches() {}

  static long waitingCount(Transaction reader, long number) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM market_feed_match WHERE feed = ? AND state = 'waiting'", 0, number);
  }

  /// Keeps that something fits a feed; false where that was known.
  static boolean keep(Transaction transaction, long number, Found found, long now)
      throws SQLException {
    return transaction.update(
            """
            INSERT INTO market_feed_match (feed, item, state, by_agent, kept_at, wish, version)
            VALUES (?, ?, 'waiting', ?, ?, ?, ?)
            ON CONFLICT (feed, item) DO UPDATE SET state = 'waiting', kept_at = excluded.kept_at,
              wish = excluded.wish, version = excluded.version
            WHERE market_feed_match.state = 'gone'
            """,
            number,
            found.item(),
            found.agent(),
            now,
            found.wish(),
            found.version())
        == 1;
  }

  /// How much of an agent's a feed has kept since a time, whatever became of it.
  static long keptOf(Transaction reader, long number, long agent, long since) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM market_feed_match WHERE feed = ? AND by_agent = ? AND kept_at > ?",
        0,
        number,
        agent,
        since);
  }

  static boolean isKnown(Transaction reader, long number, String item) throws SQLException {
    return reader.number(
            """
            SELECT COUNT(*) FROM market_feed_match WHERE feed = ? AND item = ? AND state <> 'gone'
            """,
            0,
            number,
            item)
        > 0;
  }

  /// What is not on the market any more is told to nobody.
  static void forget(Transaction transaction, String item) throws SQLException {
    transaction.update("UPDATE market_feed_match SET state = 'gone' WHERE item = ?", item);
  }

  /// Deletes some of what is gone and was kept before a time.
  static int purgeGone(Transaction transaction, long before, int limit) throws SQLException {
    return transaction.update(
        """
        DELETE FROM market_feed_match WHERE number IN
          (SELECT number FROM market_feed_match WHERE state = 'gone' AND kept_at < ? LIMIT ?)
        """,
        before,
        limit);
  }

  /// Whether something is gone that was kept before a time.
  static boolean hasGone(Transaction reader, long before) throws SQLException {
    return reader
        .first(
            "SELECT 1 FROM market_feed_match WHERE state = 'gone' AND kept_at < ? LIMIT 1",
            row -> row.getLong(1),
            before)
        .isPresent();
  }

  static List<Waiting> waiting(Transaction reader, long number, int limit) throws SQLException {
    return reader.list(
        """
        SELECT number, item, wish, version FROM market_feed_match
        WHERE feed = ? AND state = 'waiting' ORDER BY number LIMIT ?
        """,
        row -> new Waiting(row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4)),
        number,
        limit);
  }

  /// Keeps that something was told, so that it is told once.
  static void done(Transaction transaction, long number) throws SQLException {
    transaction.update("UPDATE market_feed_match SET state = 'told' WHERE number = ?", number);
  }

  /// Keeps it no longer than to count it.
  static void drop(Transaction transaction, long number) throws SQLException {
    transaction.update("UPDATE market_feed_match SET state = 'gone' WHERE number = ?", number);
  }
}
