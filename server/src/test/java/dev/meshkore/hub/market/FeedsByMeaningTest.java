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

/// Feeds that go by what is meant, with the hub's own model.
final class FeedsByMeaningTest {
  private static final Map<String, String> BY_MEANING = Map.of("meaning", "true");
  private static final String WISH = "somebody who can put my contract into Spanish";
  private static final String PIZZA = "Stone-oven pizza brought to your door, hot, within an hour";
  private static final String TRANSLATOR =
      "Certified legal translator from English to Castilian (ES) for agreements and deeds";

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
          String said =
              sell(bob, "Rolls", "Bread. We sell no pizza and nothing that is hot or cold", "4");
          alice.call(200, "PATCH", "/feeds/" + id, "{\"query\":\"" + WISH + "\"}");
          sell(bob, "Another pizza", PIZZA, "11");
          sell(bob, "Dear translator", TRANSLATOR, "41");
          String last = sell(bob, "Legal translator, cheaper", TRANSLATOR, "39");
          List<String> told = FeedsTest.told(hub, alice, last);
          assertThat(told).endsWith(last).isSubsetOf(said, last);
        });
  }

  @Test
  void aWishIsReadOnceForEachModelAndByWordsWhereThereIsNone(@TempDir Path folder) {
    var settings = new ArrayList<>(List.of(Map.of("data", folder.toString())));
    TestDatabase.shared().ifPresent(database -> settings.add(Map.of("database", database)));
    for (Map<String, String> one : settings) {
      var withModel = new HashMap<>(one);
      withModel.putAll(BY_MEANING);
      String alice;
      String bob;
      String first;
      String second;
      try (TestHub hub = TestHub.start(withModel)) {
        List<Caller> all = Stall.join(hub, "alice", "bob");
        alice = all.get(0).key();
        bob = all.get(1).key();
        feed(all.get(0), WISH, ",\"by\":\"meaning\",\"of\":[\"services\"]");
        first = sell(all.get(1), "Legal translator", TRANSLATOR, "30");
        FeedsTest.told(hub, all.get(0), first);
        assertThat(models(hub)).hasSize(1);
        hub.execute("UPDATE market_feed_meaning SET model = 'another', services = requests");
      }
      try (TestHub hub = TestHub.start(withModel)) {
        second = sell(Caller.of(hub, "bob", bob), "Sworn translators", TRANSLATOR, "31");
        List<String> told = FeedsTest.told(hub, Caller.of(hub, "alice", alice), second);
        assertThat(told).containsExactly(first, second);
        assertThat(models(hub)).hasSize(1).doesNotContain("another");
      }
      try (TestHub hub = TestHub.start(one)) {
        Caller reader = Caller.of(hub, "alice", alice);
        Caller seller = Caller.of(hub, "bob", bob);
        sell(seller, "Legal translators again", TRANSLATOR, "32");
        String said = "Whoever looks for " + WISH + " has found one";
        String third = sell(seller, "By words", said, "33");
        assertThat(FeedsTest.told(hub, reader, third)).containsExactly(first, second, third);
        JsonNode refused = reader.post(400, "/feeds", "{\"query\":\"maps\",\"by\":\"meaning\"}");
        assertThat(Stall.slug(refused)).isEqualTo("invalid-field");
        assertThat(refused.get("detail").stringValue()).contains("words alone");
        String path = reader.get(200, "/feeds").get("feeds").get(0).get("feed_id").stringValue();
        reader.call(200, "PATCH", "/feeds/" + path, "{\"name\":\"Still mine\"}");
        reader.call(204, "DELETE", "/feeds/" + path, null);
        assertThat(models(hub)).isEmpty();
      }
    }
  }

  private static List<String> models(TestHub hub) {
    return hub.texts("SELECT model FROM market_feed_meaning");
  }
}
