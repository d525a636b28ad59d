package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class WantsTest {
  private static final String REQUEST =
      "{\"title\":\"Translate a contract\",\"category\":\"language/translation\","
          + "\"budget\":{\"asset\":\"EUR\",\"amount\":\"120\"},\"deliver_within\":7200,"
          + "\"deadline_in\":600%s}";

  private static String publish(Caller buyer, String more) {
    return "/requests/"
        + buyer.post(201, "/requests", REQUEST.replace("%s", more)).get("request_id").stringValue();
  }

  private static JsonNode offer(Caller seller, int status, String request, String amount) {
    String body = "{\"terms\":" + Stall.terms(1, amount) + "}";
    return seller.call(status, "PUT", request + "/offer", body);
  }

  @Test
  void nobodyReadsASealedOfferBeforeTheDeadline() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      Caller carol = all.get(2);
      String request = publish(alice, "");
      String before = alice.get(200, request).toString();
      String id = offer(bob, 201, request, "87.65").get("offer_id").stringValue();
      JsonNode sealed = alice.get(200, request + "/offers");
      assertThat(sealed.get("offers")).isEmpty();
      assertThat(sealed.get("offer_count")).isNull();
      assertThat(alice.get(200, request)).hasToString(before);
      assertThat(Stall.slug(alice.get(404, request + "/offer"))).isEqualTo("unknown-offer");
      assertThat(Stall.slug(carol.get(404, request + "/offer"))).isEqualTo("unknown-offer");
      assertThat(Stall.slug(carol.get(403, request + "/offers"))).isEqualTo("not-allowed");
      Stall.refused(alice, 404, "unknown-offer", request + "/offers/" + id + "/accept", "{}");
      for (String path : List.of("/requests", "/messages?after=0", "/negotiations", request)) {
        assertThat(alice.get(200, path).toString()).as(path).doesNotContain("8765", "87.65", id);
        assertThat(carol.get(200, path).toString()).as(path).doesNotContain("8765", "87.65", id);
      }
      assertThat(bob.get(200, request + "/offer").get("state").stringValue()).isEqualTo("sealed");
      hub.advance(Duration.ofSeconds(601));
      JsonNode opened = alice.get(200, request + "/offers");
      assertThat(opened.get("offers")).hasSize(1);
      assertThat(opened.toString()).contains("87.65", id);
    });
  }

  @Test
  void theLogSaysOfNoOfferWhoseItIsBeforeTheDeadline() {
    try (TestHub hub = TestHub.start(Map.of())) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      String request = publish(all.get(0), "");
      offer(all.get(1), 201, request, "87.65");
      hub.hub().auditLog().tick();
      String log = Caller.admin(hub).exchange("GET", "/audit/export", null).body();
      List<String> sealed = log.lines().filter(line -> line.contains("offer.sealed")).toList();
      assertThat(sealed).hasSize(1);
      assertThat(sealed.getFirst()).doesNotContain("bob", "8765");
      hub.advance(Duration.ofSeconds(601));
      all.get(0).get(200, request + "/offers");
      hub.hub().auditLog().tick();
      String after = Caller.admin(hub).exchange("GET", "/audit/export", null).body();
      assertThat(after.lines().filter(line -> line.contains("offer.opened")).toList())
          .singleElement()
          .asString()
          .contains("bob");
    }
  }

  @Test
  void allAreOpenedTogetherAtTheDeadlineAndBestFirst() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "early", "cheap", "costly", "trusted", "late");
      Caller alice = all.get(0);
      String request = publish(alice, ",\"shortlist\":3");
      offer(all.get(1), 201, request, "100");
      offer(all.get(2), 201, request, "80");
      offer(all.get(3), 201, request, "500");
      offer(all.get(4), 201, request, "81");
      Caller.admin(hub).call(200, "PUT", "/agents/trusted/trust", "{\"trusted\":true}");
      hub.advance(Duration.ofSeconds(601));
      assertThat(Stall.slug(offer(all.get(5), 409, request, "1"))).isEqualTo("request-closed");
      Stall.notices(alice, "offers-opened", 1);
      JsonNode opened = alice.get(200, request + "/offers");
      assertThat(opened.get("offer_count").intValue()).isEqualTo(4);
      assertThat(
              opened
                  .get("offers")
                  .valueStream()
                  .map(one -> one.get("seller").get("agent_id").stringValue()))
          .containsExactly("trusted", "cheap", "early");
      JsonNode first = opened.get("offers").get(0);
      assertThat(first.get("reasons").toString()).contains("trusted", "the lowest is 80.00 EUR");
      JsonNode told = Stall.notices(all.get(3), "offer-opened", 1).getFirst();
      assertThat(told.get("listed").booleanValue()).isFalse();
      Stall.refused(
          alice,
          404,
          "unknown-offer",
          request + "/offers/" + told.get("offer_id").stringValue() + "/accept",
          "{}");
    });
  }

  @Test
  void anOfferIsReplacedAndTakenBackUntilTheDeadlineAndNotAfter() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob", "carol");
      String request = publish(all.get(0), "");
      offer(all.get(1), 201, request, "100");
      offer(all.get(1), 200, request, "90");
      offer(all.get(2), 201, request, "70");
      all.get(2).call(204, "DELETE", request + "/offer", null);
      hub.advance(Duration.ofSeconds(601));
      JsonNode opened = all.get(0).get(200, request + "/offers");
      assertThat(opened.get("offer_count").intValue()).isEqualTo(1);
      assertThat(opened.get("offers").get(0).get("terms").get("price").get("atoms").longValue())
          .isEqualTo(9_000);
      assertThat(Stall.slug(all.get(1).call(409, "DELETE", request + "/offer", null)))
          .isEqualTo("request-closed");
      assertThat(Stall.slug(all.get(0).call(409, "DELETE", request, null)))
          .isEqualTo("request-closed");
    });
  }

  @Test
  void aWithdrawnRequestOpensNothing() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      String request = publish(all.get(0), "");
      offer(all.get(1), 201, request, "87.65");
      assertThat(Stall.slug(all.get(1).call(403, "DELETE", request, null)))
          .isEqualTo("not-allowed");
      all.get(0).call(204, "DELETE", request, null);
      hub.advance(Duration.ofSeconds(601));
      assertThat(all.get(0).get(200, request + "/offers").toString()).doesNotContain("8765");
      assertThat(Stall.slug(offer(all.get(1), 409, request, "1"))).isEqualTo("request-closed");
      Stall.notices(all.get(1), "request-withdrawn", 1);
    });
  }

  @Test
  void anAcceptedOfferIsOneAgreementHoweverOftenItIsAccepted() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      Caller alice = all.get(0);
      String request = publish(alice, "");
      String id = offer(all.get(1), 201, request, "100").get("offer_id").stringValue();
      hub.advance(Duration.ofSeconds(601));
      String path = request + "/offers/" + id + "/accept";
      List<HttpResponse<String>> answers;
      try {
        answers = Stall.atOnce(6, _ -> alice.exchange("POST", path, "{}"));
      } catch (Exception failure) {
        throw new AssertionError(failure);
      }
      assertThat(answers).allSatisfy(one -> assertThat(one.statusCode()).isIn(200, 201));
      assertThat(answers).filteredOn(one -> one.statusCode() == 201).hasSize(1);
      JsonNode deals = alice.get(200, "/negotiations?state=agreed").get("negotiations");
      assertThat(deals).hasSize(1);
      assertThat(Stall.notices(all.get(1), "negotiation-move", 1)).hasSize(1);
      Stall.refused(all.get(1), 404, "unknown-offer", path, "{}");
    });
  }

  @Test
  void whoHasTheBuyersOwnerIsMarkedAndStandsLast() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller ada =
          Caller.of(
              hub,
              "ada",
              Caller.admin(hub)
                  .post(201, "/owners", "{\"name\":\"Ada\"}")
                  .get("api_key")
                  .stringValue());
      Caller alice = joinFor(hub, ada, "alice");
      Caller kin = joinFor(hub, ada, "kin");
      Caller bob = Caller.join(hub, "bob");
      String request = publish(alice, "");
      offer(kin, 201, request, "1");
      offer(bob, 201, request, "119");
      hub.advance(Duration.ofSeconds(601));
      JsonNode offers = alice.get(200, request + "/offers").get("offers");
      assertThat(offers.get(0).get("seller").get("agent_id").stringValue()).isEqualTo("bob");
      assertThat(offers.get(1).get("self_dealing").booleanValue()).isTrue();
      String id = offers.get(1).get("offer_id").stringValue();
      JsonNode deal = alice.post(201, request + "/offers/" + id + "/accept", "{}");
      assertThat(deal.get("self_dealing").booleanValue()).isTrue();
    }
  }

  private static Caller joinFor(TestHub hub, Caller owner, String id) {
    String url = owner.post(201, "/invites", "{}").get("url").stringValue();
    JsonNode joined =
        Caller.withoutKey(hub)
            .post(201, url.substring(url.indexOf("/join/")), "{\"agent_id\":\"" + id + "\"}");
    return Caller.of(hub, id, joined.get("api_key").stringValue());
  }

  @Test
  void badRequestsAndOffersAreRefusedByName() {
    try (TestHub hub = TestHub.start(Map.of())) {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      Caller alice = all.get(0);
      for (String more :
          List.of(
              ",\"deadline_in\":0",
              ",\"deadline_in\":-1",
              ",\"shortlist\":0",
              ",\"shortlist\":1000000",
              ",\"quantity\":1.5",
              ",\"budget\":{\"asset\":\"EUR\",\"amount\":\"-1\"}",
              ",\"trust\":\"best\"",
              ",\"offers\":[]")) {
        String body = "{\"title\":\"x\"" + more + "}";
        Stall.refused(alice, 400, "invalid-field", "/requests", body);
      }
      String request = publish(alice, "");
      for (String body :
          List.of(
              "{}",
              "{\"terms\":{\"subject\":\"x\"}}",
              "{\"terms\":" + Stall.terms(0, "1") + "}",
              "{\"terms\":" + Stall.terms(1, "1e2") + "}",
              "{\"terms\":" + Stall.terms(1, "1") + ",\"signature\":\"zz\"}",
              "{\"terms\":" + Stall.terms(1, "1") + ",\"request_id\":\"x\"}")) {
        assertThat(Stall.slug(all.get(1).call(400, "PUT", request + "/offer", body)))
            .as(body)
            .isEqualTo("invalid-field");
      }
      assertThat(Stall.slug(offer(alice, 400, request, "1"))).isEqualTo("invalid-field");
      assertThat(Stall.slug(offer(all.get(1), 404, "/requests/nope", "1")))
          .isEqualTo("unknown-request");
    }
  }

  @Test
  void anOwnersAgentsMakeFewOffersAndStrangersLeaveRoom() {
    try (TestHub hub = TestHub.start(Map.of())) {
      String name = "{\"name\":\"Ada\"}";
      String key = Caller.admin(hub).post(201, "/owners", name).get("api_key").stringValue();
      Caller ada = Caller.of(hub, "ada", key);
      Caller alice = Caller.join(hub, "alice");
      String request = publish(alice, "");
      for (int i = 0; i < 5; i++) {
        offer(joinFor(hub, ada, "kin-" + i), 201, request, "10");
      }
      Caller sixth = joinFor(hub, ada, "kin-5");
      assertThat(Stall.slug(offer(sixth, 429, request, "10"))).isEqualTo("too-many-open");
      Caller bob = Caller.join(hub, "bob");
      offer(bob, 201, request, "10");
      offer(bob, 200, request, "9");
      fill(hub, 494);
      Caller stranger = Caller.join(hub, "stranger");
      assertThat(Stall.slug(offer(stranger, 429, request, "1"))).isEqualTo("too-many-open");
      offer(bob, 200, request, "8");
      Caller.admin(hub).call(200, "PUT", "/agents/stranger/trust", "{\"trusted\":true}");
      offer(stranger, 201, request, "1");
    }
  }

  /// Adds offers of agents that nobody knows, copies of one that is there.
  private static void fill(TestHub hub, int count) {
    String sql =
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < "
            + count
            + ") INSERT INTO"
            + " market_offer (offer_id, request, seller, state, document, place, ranking, made_at)"
            + " SELECT offer_id || '_' || i, request, 1000000 + i, state, document, place, ranking,"
            + " made_at FROM market_offer, n"
            + " WHERE seller = (SELECT number FROM agent WHERE agent_id = 'bob')";
    hub.execute(sql);
  }

  @Test
  void aPageLooksAtSoManyAndSaysWhereToGoOn() {
    TestHub.onEach(hub -> {
      List<Caller> all = Stall.join(hub, "alice", "bob");
      publish(all.get(1), "");
      String oldest = publish(all.get(0), "");
      hub.execute(
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
              + " INSERT INTO market_request (request_id, buyer, state, document, words, category,"
              + " deadline, change, made_at, offer_count) SELECT request_id || '_' || i, buyer,"
              + " state, document, words, category, deadline, change, made_at, offer_count"
              + " FROM market_request, n"
              + " WHERE buyer = (SELECT number FROM agent WHERE agent_id = 'bob')");
      for (String filter : List.of("buyer=alice", "q=unsaid", "category=unsaid", "state=closed")) {
        String first = "/requests?limit=10&" + filter;
        JsonNode page = all.get(0).get(200, first);
        assertThat(page.get("requests")).as(filter).isEmpty();
        // Of 60,002 the newest 50,000 were looked at.
        assertThat(page.get("next").stringValue()).as(filter).isEqualTo("10003");
        JsonNode last = all.get(0).get(200, first + "&cursor=10003");
        assertThat(last.get("next").isNull()).as(filter).isTrue();
        assertThat(last.get("requests").valueStream())
            .as(filter)
            .extracting(one -> "/requests/" + one.get("request_id").stringValue())
            .isEqualTo(filter.equals("buyer=alice") ? List.of(oldest) : List.of());
      }
    });
  }
}
