package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Feeds that go by what is meant, with the hub's own model and with others.
final class FeedsByMeaningTest {
  private static final Map<String, String> BY_MEANING = Map.of("meaning", "true");
  private static final String WISH = "somebody who can put my contract into Spanish";
  private static final String PIZZA = "Stone-oven pizza brought to your door, hot, within an hour";
  private static final String TRANSLATOR =
      "Certified legal translator from English to Castilian (ES) for agreements and deeds";

  /// Says two words that it does not mean.
  private static final String LAWYERS =
      "Custody, wills, estates and alimony. No case is too hot for us in court, and our clients own"
          + " farms, banks, shipyards and a pizza parlour";

  private static final String LESSONS = "violin teacher for patient grown beginners";
  private static final String TEACHER = "Patient violin teacher of beginners";
  private static final int WIDE = 4_096;

  private static JsonNode feed(Caller agent, String query, String more) {
    return agent.post(201, "/feeds", "{\"query\":\"" + query + "\"" + more + "}");
  }

  private static String sell(Caller seller, String name, String description, String amount) {
    String draft =
        """
        {"name":"%s","description":"%s","price":{"asset":"EUR","amount":"%s","unit":"item"}}
        """
            .formatted(name, description, amount);
    return seller.post(201, "/services", draft).get("service_id").stringValue();
  }

  private static String want(Caller buyer, String title, String description) {
    String draft = "{\"title\":\"" + title + "\",\"description\":\"" + description + "\"}";
    return buyer.post(201, "/requests", draft).get("request_id").stringValue();
  }

  @Test
  void tellsOfWhatIsMeantInOtherWordsAndOfNothingElse() {
    TestHub.onEach(
        BY_MEANING,
        hub -> {
          List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
          Caller alice = all.get(0);
          Caller bob = all.get(1);
          Caller carol = all.get(2);
          JsonNode feed = feed(alice, WISH, ",\"by\":\"meaning\"");
          assertThat(feed.get("by").stringValue()).isEqualTo("meaning");
          feed(carol, WISH, "");
          feed(carol, "pizza", "");
          String pizza = sell(bob, "Pizza", PIZZA, "12");
          String eight = want(bob, "Pizza for eight", "Hungry people wait at the office");
          String asked = want(bob, "English deed wanted in Castilian", "A lawyer must sign it");
          String fits = sell(bob, "Legal translator", TRANSLATOR, "30");
          String last = sell(bob, "Sworn translators of papers", TRANSLATOR, "35");
          assertThat(FeedsTest.told(hub, alice, last)).contains(fits, last).hasSizeLessThan(4);
          assertThat(FeedsTest.told(alice)).doesNotContain(pizza, eight, asked);
          assertThat(FeedsTest.told(hub, carol, eight))
              .as("by words")
              .containsExactly(pizza, eight);
        });
  }

  @Test
  void tellsSellersOfRequestsThatMeanWhatTheyDo() {
    TestHub.onEach(
        BY_MEANING,
        hub -> {
          List<Caller> all = Stall.join(hub, "alice", "bob");
          Caller alice = all.get(0);
          Caller bob = all.get(1);
          feed(
              alice,
              "Translates legal documents between English and Spanish",
              ",\"by\":\"meaning\",\"of\":[\"requests\"]");
          want(bob, "Pizza for eight", "Hungry people wait at the office");
          String last =
              want(bob, "Agreement to be translated into Spanish", "A legal contract in English");
          assertThat(FeedsTest.told(hub, alice, last)).containsExactly(last);
        });
  }

  @Test
  void filtersHoldAndEitherIsEnoughForAll() {
    TestHub.onEach(
        BY_MEANING,
        hub -> {
          List<Caller> all = Stall.join(hub, "alice", "bob");
          Caller alice = all.get(0);
          Caller bob = all.get(1);
          String filters = ",\"of\":[\"services\"],\"asset\":\"EUR\",\"max_price\":\"40\"";
          String id =
              feed(alice, "pizza hot", ",\"by\":\"all\"" + filters).get("feed_id").stringValue();
          sell(bob, "Legal translator", TRANSLATOR, "41");
          sell(bob, "Pizza", PIZZA, "41");
          String said = sell(bob, "Divorce lawyers", LAWYERS, "4");
          assertThat(FeedsTest.told(hub, alice, said)).as("by words").containsExactly(said);
          alice.call(200, "PATCH", "/feeds/" + id, "{\"query\":\"" + WISH + "\"}");
          sell(bob, "Another pizza", PIZZA, "11");
          sell(bob, "Dear translator", TRANSLATOR, "41");
          String last = sell(bob, "Legal translator, cheaper", TRANSLATOR, "39");
          assertThat(FeedsTest.told(hub, alice, last)).containsExactly(said, last);
        });
  }

  @Test
  void aWishIsReadOnceForEachModelAndByWordsWhereThereIsNone(@TempDir Path folder) {
    for (Map<String, String> database : TestDatabase.settings()) {
      var settings = new HashMap<>(database);
      settings.putIfAbsent("data", folder.resolve("hub-" + database.size()).toString());
      try (var api = new PlayedEmbeddings()) {
        readOnce(settings, api);
      }
    }
  }

  private static void readOnce(Map<String, String> settings, PlayedEmbeddings api) {
    List<String> keys;
    var made = new ArrayList<String>();
    try (TestHub hub = TestHub.start(with(settings, api.settings("one")))) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      keys = all.stream().map(Caller::key).toList();
      feed(all.get(0), LESSONS, ",\"by\":\"meaning\"");
      made.add(sell(all.get(1), "Lessons", TEACHER, "30"));
      assertThat(FeedsTest.told(hub, all.get(0), made.getLast())).isEqualTo(made);
      assertThat(models(hub)).hasSize(1).first().asString().startsWith("one at ");
    }
    assertThat(api.asked(LESSONS)).as("for services once, for requests twice").isEqualTo(3);
    for (String model : List.of("one", "two", "two")) {
      try (TestHub hub = TestHub.start(with(settings, api.settings(model)))) {
        Caller bob = Caller.of(hub, "bob", keys.get(1));
        made.add(sell(bob, "Lessons " + made.size(), TEACHER, "30"));
        Caller alice = Caller.of(hub, "alice", keys.get(0));
        assertThat(FeedsTest.told(hub, alice, made.getLast())).isEqualTo(made);
        assertThat(models(hub)).hasSize(1).first().asString().startsWith(model + " at ");
      }
      assertThat(api.asked(LESSONS)).as(model).isEqualTo(model.equals("one") ? 3 : 6);
    }
    try (TestHub hub = TestHub.start(settings)) {
      Caller alice = Caller.of(hub, "alice", keys.get(0));
      Caller bob = Caller.of(hub, "bob", keys.get(1));
      sell(bob, "Lessons again", TEACHER, "32");
      made.add(sell(bob, "By words", "Whoever looks for a " + LESSONS + " has found one", "33"));
      assertThat(FeedsTest.told(hub, alice, made.getLast())).isEqualTo(made);
      JsonNode refused = alice.post(400, "/feeds", "{\"query\":\"maps\",\"by\":\"meaning\"}");
      assertThat(Stall.slug(refused)).isEqualTo("invalid-field");
      assertThat(refused.get("detail").stringValue()).contains("words alone");
      String id = alice.get(200, "/feeds").get("feeds").get(0).get("feed_id").stringValue();
      alice.call(200, "PATCH", "/feeds/" + id, "{\"name\":\"Still mine\"}");
      alice.call(204, "DELETE", "/feeds/" + id, null);
      assertThat(models(hub)).isEmpty();
    }
  }

  private static Map<String, String> with(Map<String, String> settings, Map<String, String> more) {
    var all = new HashMap<>(settings);
    all.putAll(more);
    return all;
  }

  @Test
  void aWishThatAModelElsewhereDoesNotTakeStopsNoOther() {
    for (Map<String, String> database : TestDatabase.settings()) {
      try (var api = new PlayedEmbeddings()) {
        api.becomes(text -> text.contains("quarrel") ? 400 : 200);
        try (TestHub hub = TestHub.start(with(database, api.settings("m")))) {
          List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
          feed(all.get(2), "quarrel about a violin", ",\"by\":\"meaning\"");
          feed(all.get(0), LESSONS, ",\"by\":\"meaning\"");
          String made = sell(all.get(1), "Lessons", TEACHER, "30");
          assertThat(FeedsTest.told(hub, all.get(0), made)).containsExactly(made);
          String quarrel = sell(all.get(1), "A quarrel", "About a violin", "1");
          assertThat(FeedsTest.told(hub, all.get(2), quarrel))
              .as("by words")
              .containsExactly(quarrel);
        }
      }
    }
  }

  @Test
  void ofFeedsByWordsAModelElsewhereHearsNothing() {
    try (var api = new PlayedEmbeddings();
        TestHub hub = TestHub.start(api.settings("m"))) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      feed(all.get(0), "violin", "");
      feed(all.get(0), LESSONS, ",\"by\":\"meaning\"");
      String made = sell(all.get(1), "Lessons", TEACHER, "30");
      assertThat(FeedsTest.told(hub, all.get(0), made)).contains(made);
      assertThat(api.asked(LESSONS)).as("in clear").isEqualTo(3);
      assertThat(api.asked("violin")).isZero();
    }
  }

  @Test
  void whatTheHubHasNoRoomForIsRefused() {
    for (Map<String, String> database : TestDatabase.settings()) {
      try (var api = new PlayedEmbeddings(WIDE);
          TestHub hub = TestHub.start(with(database, api.settings("wide")))) {
        List<Caller> all = Stall.join(hub, "alice", "bob");
        Caller alice = all.get(0);
        feed(alice, LESSONS, ",\"by\":\"meaning\"");
        String made = sell(all.get(1), "Lessons", TEACHER, "30");
        assertThat(FeedsTest.told(hub, alice, made)).containsExactly(made);
        String byWords = feed(alice, "maps", "").get("feed_id").stringValue();
        fill(hub, FeedReading.BYTES_MAX / (2L * WIDE * Float.BYTES) - 2);
        feed(alice, "the last of them", ",\"by\":\"all\"");
        String more = "{\"query\":\"maps\",\"by\":\"meaning\"}";
        Stall.refused(alice, 429, "too-many-open", "/feeds", more);
        JsonNode refused = alice.call(429, "PATCH", "/feeds/" + byWords, "{\"by\":\"meaning\"}");
        assertThat(Stall.slug(refused)).isEqualTo("too-many-open");
        hub.execute("DELETE FROM market_feed WHERE agent = 0");
        alice.post(201, "/feeds", more);
      }
    }
  }

  /// Makes so many feeds more, of which nobody reads what they mean.
  private static void fill(TestHub hub, long count) {
    hub.execute(
        """
        INSERT INTO market_feed (feed_id, agent, state, document, since, change, made_at,
          changed_at, hour_at, hour_count, told, told_at, left_out, by_meaning)
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
        SELECT 'feed_' || i, 0, 'live', '{}', 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 FROM n
        """
            .formatted(count));
  }

  private static List<String> models(TestHub hub) {
    return hub.texts("SELECT model FROM market_feed_meaning");
  }
}
