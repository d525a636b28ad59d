package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ServicesTest {
  private static List<String> found(Caller caller, String query) {
    return caller
        .get(200, "/services?" + query)
        .get("services")
        .valueStream()
        .map(one -> one.get("name").stringValue())
        .toList();
  }

  @Test
  void keepsEveryVersionAndShowsWhatIsSaidNow() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller alice = Caller.join(hub, "alice");
      String path = "/services/" + Stall.publish(bob, "Sworn", "");
      JsonNode changed =
          bob.call(
              200,
              "PATCH",
              path,
              "{\"price\":{\"asset\":\"EUR\",\"amount\":\"11\",\"unit\":\"page\"}}");
      assertThat(changed.get("version").intValue()).isEqualTo(2);
      JsonNode now = alice.get(200, path);
      assertThat(now.get("price").get("atoms").longValue()).isEqualTo(1_100);
      assertThat(now.get("name").stringValue()).isEqualTo("Sworn");
      JsonNode first = alice.get(200, path + "?version=1");
      assertThat(first.get("price").get("amount").stringValue()).isEqualTo("12.50");
      assertThat(Stall.slug(alice.get(404, path + "?version=3"))).isEqualTo("unknown-service");
      assertThat(Stall.slug(alice.call(403, "PATCH", path, "{\"name\":\"Mine\"}")))
          .isEqualTo("not-allowed");
      alice.call(403, "DELETE", path, null);
      bob.call(204, "DELETE", path, null);
      bob.call(204, "DELETE", path, null);
      assertThat(found(alice, "")).isEmpty();
      assertThat(alice.get(200, path).get("state").stringValue()).isEqualTo("withdrawn");
      assertThat(Stall.slug(bob.call(409, "PATCH", path, "{\"name\":\"Again\"}")))
          .isEqualTo("service-unavailable");
    });
  }

  @Test
  void findsByWordsKindCategoryPriceAndTrust() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller carol = Caller.join(hub, "carol");
      Stall.publish(bob, "Sworn translation", "");
      Stall.publish(bob, "Translation today only", ",\"kind\":\"spot\",\"quantity\":3");
      carol.post(
          201,
          "/services",
          "{\"name\":\"GPU hours\",\"description\":\"Inference on large cards\","
              + "\"category\":\"compute\",\"price\":{\"asset\":\"USDC\",\"atoms\":2500000,"
              + "\"unit\":\"hour\"}}");
      assertThat(found(bob, "")).first().isEqualTo("GPU hours");
      assertThat(found(bob, "q=translation"))
          .containsExactlyInAnyOrder("Sworn translation", "Translation today only");
      assertThat(found(bob, "q=sworn%20gpu")).hasSize(3);
      assertThat(found(bob, "kind=spot")).containsExactly("Translation today only");
      assertThat(found(bob, "category=language")).hasSize(2);
      assertThat(found(bob, "seller=carol")).containsExactly("GPU hours");
      assertThat(found(bob, "asset=USDC&max_price=2.49")).isEmpty();
      assertThat(found(bob, "asset=USDC&max_price=2.5")).containsExactly("GPU hours");
      assertThat(found(bob, "trust=trusted")).isEmpty();
      Caller.admin(hub).call(200, "PUT", "/agents/carol/trust", "{\"trusted\":true}");
      assertThat(found(bob, "trust=trusted")).containsExactly("GPU hours");
      JsonNode page = bob.get(200, "/services?limit=2&facets=true");
      assertThat(page.get("facets").get("category").toString()).contains("\"compute\"");
      String next = page.get("next").stringValue();
      assertThat(found(bob, "limit=2&cursor=" + next)).containsExactly("Sworn translation");
    });
  }

  @Test
  void aSpotOfferExpiresByTheHubsClock() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller alice = Caller.join(hub, "alice");
      String more = ",\"kind\":\"spot\",\"quantity\":3,\"expires_in\":60";
      String path = "/services/" + Stall.publish(bob, "Today", more);
      assertThat(alice.get(200, path).get("available").booleanValue()).isTrue();
      hub.advance(Duration.ofSeconds(61));
      assertThat(alice.get(200, path).get("reason").stringValue()).isEqualTo("expired");
      assertThat(found(alice, "")).isEmpty();
      JsonNode late = alice.post(409, path + "/take", "{\"version\":1}");
      assertThat(late.get("reason").stringValue()).isEqualTo("expired");
    });
  }

  @Test
  void aLiveServiceIsThereWhileItsSellerIsAndHasRoom() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller alice = Caller.join(hub, "alice");
      String path = "/services/" + Stall.publish(bob, "Now", ",\"kind\":\"live\",\"quantity\":1");
      JsonNode offline = alice.post(409, path + "/take", "{\"version\":1}");
      assertThat(offline.get("reason").stringValue()).isEqualTo("offline");
      bob.get(200, "/messages");
      assertThat(alice.get(200, path).get("available").booleanValue()).isTrue();
      String deal =
          alice.post(201, path + "/take", "{\"version\":1}").get("negotiation_id").stringValue();
      assertThat(alice.get(200, path).get("reason").stringValue()).isEqualTo("busy");
      JsonNode busy = alice.post(409, path + "/take", "{\"version\":1}");
      assertThat(busy.get("reason").stringValue()).isEqualTo("busy");
      alice.post(200, "/negotiations/" + deal + "/close", "{\"delivered\":true}");
      JsonNode free = alice.get(200, path);
      assertThat(free.get("left").longValue()).isEqualTo(1);
      assertThat(free.get("measured").get("delivered_in_time").longValue()).isEqualTo(1);
    });
  }

  @Test
  void ofManyBuyersOfTheLastItemsEachGetsOneAndNoMoreAreSold() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      String path = "/services/" + Stall.publish(bob, "Few", ",\"kind\":\"spot\",\"quantity\":3");
      var buyers = Stall.join(hub, "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7");
      List<HttpResponse<String>> answers;
      try {
        answers =
            Stall.atOnce(8, i -> buyers.get(i).exchange("POST", path + "/take", "{\"version\":1}"));
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
      assertThat(answers).filteredOn(one -> one.statusCode() == 201).hasSize(3);
      assertThat(answers)
          .filteredOn(one -> one.statusCode() != 201)
          .allSatisfy(one -> assertThat(one.body()).contains("sold-out"));
      assertThat(bob.get(200, path).get("left").longValue()).isZero();
    });
  }

  @Test
  void whatIsBoughtTwiceUnderOneNameIsBoughtOnceAndAChangedPriceIsNotPaid() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller alice = Caller.join(hub, "alice");
      String path = "/services/" + Stall.publish(bob, "Few", ",\"kind\":\"spot\",\"quantity\":3");
      String take = "{\"version\":1,\"negotiation_id\":\"neg_aaaaaaaaaaaaaaaaaaaa\"}";
      alice.post(201, path + "/take", take);
      alice.post(200, path + "/take", take);
      assertThat(bob.get(200, path).get("left").longValue()).isEqualTo(2);
      bob.call(200, "PATCH", path, "{\"description\":\"Something else entirely\"}");
      JsonNode changed = alice.post(409, path + "/take", "{\"version\":1}");
      assertThat(changed.get("reason").stringValue()).isEqualTo("changed");
    });
  }

  @Test
  void aCopyOfAnothersListingIsMarkedAndComesLast() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller carol = Caller.join(hub, "carol");
      String original = Stall.publish(bob, "Sworn translation", "");
      String copy = Stall.publish(carol, "Sworn translations", "");
      assertThat(carol.get(200, "/services/" + copy).get("copy_of").stringValue())
          .isEqualTo(original);
      assertThat(carol.get(200, "/services/" + original).get("copy_of")).isNull();
      assertThat(found(bob, "q=translation"))
          .containsExactly("Sworn translation", "Sworn translations");
      carol.call(
          200,
          "PATCH",
          "/services/" + copy,
          "{\"description\":\"Patents of chemistry put into plain German within two days\"}");
      assertThat(carol.get(200, "/services/" + copy).get("copy_of")).isNull();
    });
  }

  @Test
  void badInputIsRefusedByName() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller bob = Caller.join(hub, "bob");
      for (String amount :
          List.of("\"-1\"", "\"1e3\"", "\"1.234\"", "\"99999999999999999999\"", "1.5", "\"\"")) {
        String draft = Stall.draft("x", "").replace("\"12.50\"", amount);
        Stall.refused(bob, 400, "invalid-field", "/services", draft);
      }
      for (String more :
          List.of(
              ",\"kind\":\"rare\"",
              ",\"quantity\":5",
              ",\"kind\":\"spot\"",
              ",\"kind\":\"spot\",\"quantity\":0",
              ",\"kind\":\"spot\",\"quantity\":1,\"expires_in\":-5",
              ",\"expires_in\":60",
              ",\"endpoint\":\"javascript:alert(1)\"",
              ",\"endpoint\":\"https://u:p@example.com\"",
              ",\"tags\":[\"\\u0000\"]",
              ",\"input_schema\":{\"a\":\"\\u0000\"}",
              ",\"input_schema\":{\"a\":\"\\ud800\"}",
              ",\"sla\":{\"uptime_basis_points\":10001}",
              ",\"sla\":{\"uptime\":1}",
              ",\"@context\":\"http://127.0.0.1:1/evil\"",
              ",\"unknown\":1")) {
        Stall.refused(bob, 400, "invalid-field", "/services", Stall.draft("x", more));
      }
      for (String query :
          List.of(
              "limit=-1",
              "limit=100000000000",
              "limit=1e3",
              "cursor=x",
              "kind=x",
              "category=%27%3B",
              "trust=best",
              "max_price=1",
              "asset=EUR&max_price=-1",
              "q=%22%28%5B%2A",
              "available=maybe",
              "q=" + "a".repeat(2_001))) {
        assertThat(Stall.slug(bob.get(400, "/services?" + query)))
            .as(query)
            .isEqualTo("invalid-field");
      }
      Stall.publish(bob, "Plain", "");
      for (String query : List.of("q=%25", "q=_____a", "q=(legal%20OR%20*:*)", "q=%2Flegal.*%2F")) {
        int status = bob.exchange("GET", "/services?" + query, null).statusCode();
        assertThat(status).as(query).isIn(200, 400);
      }
      assertThat(Stall.slug(bob.get(404, "/services/nope"))).isEqualTo("unknown-service");
    }
  }

  @Test
  void aTakingThatIsRepeatedIsAnsweredAsTheFirstTimeWhateverBecameOfTheService() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller alice = Caller.join(hub, "alice");
      String path = "/services/" + Stall.publish(bob, "Few", ",\"kind\":\"spot\",\"quantity\":1");
      String take = "{\"version\":1,\"negotiation_id\":\"neg_aaaaaaaaaaaaaaaaaaaa\"}";
      JsonNode first = alice.post(201, path + "/take", take);
      bob.call(200, "PATCH", path, "{\"description\":\"Something else entirely\"}");
      assertThat(alice.post(200, path + "/take", take).get("head")).isEqualTo(first.get("head"));
      bob.call(204, "DELETE", path, null);
      assertThat(alice.post(200, path + "/take", take).get("head")).isEqualTo(first.get("head"));
      for (String other :
          List.of(
              take.replace("\"version\":1", "\"version\":2"),
              take.replace("}", ",\"quantity\":2}"))) {
        JsonNode problem = alice.post(400, path + "/take", other);
        assertThat(problem.get("field").stringValue()).isEqualTo("negotiation_id");
      }
      Caller carol = Caller.join(hub, "carol");
      JsonNode problem = carol.post(400, path + "/take", take);
      assertThat(problem.get("field").stringValue()).isEqualTo("negotiation_id");
    });
  }

  @Test
  void expiredSpotOffersAreNotCountedAmongThoseOfASeller() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller bob = Caller.join(hub, "bob");
      String spot = ",\"kind\":\"spot\",\"quantity\":3,\"expires_in\":60";
      String path = "/services/" + Stall.publish(bob, "Today", spot);
      copies(hub, 999);
      JsonNode full = bob.post(429, "/services", Stall.draft("More", ""));
      assertThat(Stall.slug(full)).isEqualTo("too-many-open");
      hub.advance(Duration.ofSeconds(61));
      Stall.publish(bob, "More", spot);
      copies(hub, 999);
      JsonNode revived = bob.call(429, "PATCH", path, "{\"expires_in\":60}");
      assertThat(Stall.slug(revived)).isEqualTo("too-many-open");
    }
  }

  /// Copies the newest service so many times.
  private static void copies(TestHub hub, int count) {
    String columns =
        "seller, kind, category, state, version, document, words, asset, atoms, quantity, taken,"
            + " expires_at, copy_of, change, listed_at, changed_at";
    String sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + count
            + ") INSERT INTO market_service (service_id, "
            + columns
            + ") SELECT service_id || '_' || i, "
            + columns
            + " FROM market_service, n WHERE number = (SELECT MAX(number) FROM market_service)";
    hub.execute(sql);
  }

  @Test
  void aPageLooksAtSoManyAndSaysWhereToGoOn() {
    TestHub.onEach(hub -> {
      Caller bob = Caller.join(hub, "bob");
      Caller carol = Caller.join(hub, "carol");
      Caller.admin(hub).call(200, "PUT", "/agents/carol/trust", "{\"trusted\":true}");
      Stall.publish(carol, "Oldest", "");
      Stall.publish(bob, "Many", "");
      copies(hub, 60_000);
      String first = "/services?trust=trusted&limit=10";
      JsonNode page = bob.get(200, first);
      assertThat(page.get("services")).isEmpty();
      assertThat(page.get("next").isNull()).isFalse();
      JsonNode none = bob.get(200, "/services?kind=live");
      assertThat(none.get("services")).isEmpty();
      assertThat(none.get("next").isNull()).isFalse();
      var names = new ArrayList<String>();
      int pages = 1;
      while (!page.get("next").isNull()) {
        page = bob.get(200, first + "&cursor=" + page.get("next").stringValue());
        page.get("services").forEach(one -> names.add(one.get("name").stringValue()));
        assertThat(pages++).isLessThan(30);
      }
      assertThat(names).containsExactly("Oldest");
    });
  }
}
