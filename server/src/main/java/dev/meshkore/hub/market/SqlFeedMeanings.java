package dev.meshkore.hub.market;

import dev.meshkore.hub.store.Transaction;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The SQL of what wishes mean.
final class SqlFeedMeanings {
  private SqlFeedMeanings() {}

  /// How many feeds go by meaning.
  static long count(Transaction reader) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM market_feed WHERE by_meaning = 1", 0);
  }

  /// What was read by a model of feeds as they were at changes after one and up to another, by
  /// those changes.
  static Map<Long, FeedMeaning> between(Transaction reader, String model, long after, long last)
      throws SQLException {
    return reader
        .list(
            """
            SELECT change, services, requests FROM market_feed_meaning
            WHERE change > ? AND change <= ? AND model = ?
            """,
            row ->
                Map.entry(
                    row.getLong(1),
                    new FeedMeaning(floats(row.getBytes(2)), floats(row.getBytes(3)))),
            after,
            last,
            model)
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  /// What a wish means.
  record Read(Feed feed, FeedMeaning meaning) {}

  /// Keeps what was read, of those feeds that are still as they were.
  static void put(Transaction transaction, String model, List<Read> all) throws SQLException {
    // SQLite would take bytes that it is to make a BYTEA of for a number.
    String bytes = transaction.dialect().choose("BLOB", "BYTEA");
    String sql =
        """
        INSERT INTO market_feed_meaning (feed, change, model, services, requests)
        SELECT number, change, CAST(? AS TEXT), CAST(? AS %s), CAST(? AS %s)
        FROM market_feed WHERE number = ? AND change = ? AND state = 'live'
        ON CONFLICT (feed) DO UPDATE SET change = excluded.change, model = excluded.model,
          services = excluded.services, requests = excluded.requests
        """
            .formatted(bytes, bytes);
    for (Read one : all) {
      transaction.update(
          sql,
          model,
          bytes(one.meaning().services()),
          bytes(one.meaning().requests()),
          one.feed().number(),
          one.feed().change());
    }
  }

  static void delete(Transaction transaction, long feed) throws SQLException {
    transaction.update("DELETE FROM market_feed_meaning WHERE feed = ?", feed);
  }

  private static byte @Nullable [] bytes(float @Nullable [] floats) {
    if (floats == null) {
      return null;
    }
    var bytes = ByteBuffer.allocate(floats.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(floats);
    return bytes.array();
  }

  private static float @Nullable [] floats(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    float[] floats = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(floats);
    return floats;
  }
}
