package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is kept of what wishes mean.
final class SqlFeedMeaningsTest {
  private static final float[] SERVICES = {0.25f, -1f, 3e-9f};
  private static final float[] REQUESTS = {-0f, 49.5f, 12_345.678f};

  @TempDir Path folder;

  private static FeedWish wish(String query) {
    String json = "{\"by\":\"meaning\",\"query\":\"" + query + "\"}";
    return FeedWish.read(Fields.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void isOfAWishAsItIsAndGoesWithItsFeed() {
    TestDatabase.each(folder)
        .forEach(url -> {
          try (Database database = Database.open(url, () -> 0, () -> {})) {
            play(database);
          }
        });
  }

  private static void play(Database database) {
    Feed feed =
        database.write(transaction -> {
          var made = new Feed(0, "feed_1", 7, wish("maps"), 3, 3, 0, 0, 0, 0, 0);
          SqlFeeds.insert(transaction, made);
          return SqlFeeds.find(transaction, "feed_1", 7).orElseThrow();
        });
    put(database, feed, new FeedMeaning(SERVICES, REQUESTS));
    FeedMeaning kept = only(database);
    assertThat(kept.services()).containsExactly(SERVICES);
    assertThat(kept.requests()).containsExactly(REQUESTS);
    assertThat(kept(database, "another")).isEmpty();
    assertThat(count(database)).isEqualTo(1);
    put(database, feed, new FeedMeaning(REQUESTS, null));
    FeedMeaning again = only(database);
    assertThat(again.services()).containsExactly(REQUESTS);
    assertThat(again.requests()).isNull();

    database.write(transaction -> {
      SqlFeeds.update(transaction, feed.number(), wish("towns"), 4, 0);
      return true;
    });
    put(database, feed, new FeedMeaning(SERVICES, SERVICES));
    assertThat(only(database).requests()).as("of the wish before").isNull();

    database.write(transaction -> {
      SqlFeeds.delete(transaction, feed.number(), 5, 0);
      return true;
    });
    put(database, feed, new FeedMeaning(SERVICES, SERVICES));
    assertThat(kept(database, "model")).isEmpty();
    assertThat(count(database)).isZero();
  }

  private static void put(Database database, Feed feed, FeedMeaning meaning) {
    database.write(transaction -> {
      SqlFeedMeanings.put(transaction, "model", List.of(new SqlFeedMeanings.Read(feed, meaning)));
      return true;
    });
  }

  private static Map<Long, FeedMeaning> kept(Database database, String model) {
    return database.read(reader -> SqlFeedMeanings.between(reader, model, 0, 9));
  }

  private static FeedMeaning only(Database database) {
    Map<Long, FeedMeaning> kept = kept(database, "model");
    assertThat(kept).containsOnlyKeys(3L);
    return kept.values().iterator().next();
  }

  private static long count(Database database) {
    return database.read(SqlFeedMeanings::count);
  }
}
