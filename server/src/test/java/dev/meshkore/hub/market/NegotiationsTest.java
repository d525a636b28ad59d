package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class NegotiationsTest {
  private static void onEach(BiConsumer<TestHub, List<Caller>> test) {
    TestHub.onEach(hub -> test.accept(hub, Stall.join(hub, "alice", "bob", "carol")));
  }

  private static JsonNode propose(Caller caller, String with, String amount) {
    String terms = Stall.terms(1, amount);
    return caller.post(201, "/negotiations", "{\"with\":\"" + with + "\",\"terms\":" + terms + "}");
  }

  private static String path(JsonNode negotiation) {
    return "/negotiations/" + negotiation.get("negotiation_id").stringValue();
  }

  private static String head(JsonNode negotiation) {
    return negotiation.get("head").stringValue();
  }

  private static String move(String kind, String previous) {
    return "{\"kind\":\"" + kind + "\",\"previous\":\"" + previous + "\"}";
  }

  private static String counter(String previous, String amount) {
    return "{\"kind\":\"counter\",\"previous\":\""
        + previous
        + "\",\"terms\":"
        + Stall.terms(1, amount)
        + "}";
  }

  @Test
  void twoAgentsComeToAnAgreementAndAreWokenByEachMove() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      JsonNode first = propose(alice, "bob", "80");
      String path = path(first);
      JsonNode told = Stall.notices(bob, "negotiation-move", 1).getFirst();
      assertThat(told.get("head").stringValue()).isEqualTo(head(first));
      assertThat(bob.get(200, path).get("your_turn").booleanValue()).isTrue();
      JsonNode second = bob.post(201, path + "/moves", counter(head(first), "100"));
      Stall.notices(alice, "negotiation-move", 1);
      JsonNode third = alice.post(201, path + "/moves", move("accept", head(second)));
      assertThat(third.get("state").stringValue()).isEqualTo("agreed");
      JsonNode agreement = bob.get(200, path + "/agreement");
      assertThat(agreement.get("terms").get("price").get("atoms").longValue()).isEqualTo(10_000);
      assertThat(agreement.get("chain")).hasSize(3);
      assertThat(alice.post(200, path + "/close", "{\"delivered\":true}").get("state").asString())
          .isEqualTo("delivered");
      Stall.notices(bob, "negotiation-delivered", 1);
      Stall.refused(alice, 409, "negotiation-ended", path + "/close", "{\"delivered\":false}");
    });
  }

  @Test
  void movesOutOfTurnReplayedOrAfterTheEndAreRefused() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      JsonNode first = propose(alice, "bob", "80");
      String moves = path(first) + "/moves";
      Stall.refused(alice, 409, "out-of-turn", moves, move("accept", head(first)));
      Stall.refused(alice, 409, "out-of-turn", moves, counter(head(first), "70"));
      Stall.refused(bob, 409, "out-of-turn", moves, move("accept", "0".repeat(64)));
      Stall.refused(bob, 400, "invalid-field", moves, move("propose", head(first)));
      Stall.refused(bob, 400, "invalid-field", moves, move("accept", "x"));
      String counter = counter(head(first), "100");
      JsonNode second = bob.post(201, moves, counter);
      // Whoever lost the answer asks again and gets it; it is not made twice.
      assertThat(bob.post(200, moves, counter).get("moves").longValue()).isEqualTo(2);
      JsonNode third = alice.post(201, moves, counter(head(second), "90"));
      Stall.refused(bob, 409, "out-of-turn", moves, counter);
      bob.post(201, moves, move("decline", head(third)));
      Stall.refused(bob, 409, "negotiation-ended", moves, move("accept", head(third)));
      Stall.refused(alice, 409, "negotiation-ended", moves, move("accept", head(third)));
      Stall.refused(all.get(2), 404, "unknown-negotiation", moves, move("accept", head(third)));
      assertThat(Stall.slug(all.get(2).get(404, path(first)))).isEqualTo("unknown-negotiation");
      assertThat(Stall.slug(all.get(2).get(404, "/negotiations/nope")))
          .isEqualTo("unknown-negotiation");
    });
  }

  @Test
  void everyPathEndsByTheClock() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      JsonNode open = propose(alice, "bob", "80");
      JsonNode agreed = propose(alice, "bob", "81");
      bob.post(201, path(agreed) + "/moves", move("accept", head(agreed)));
      hub.advance(Duration.ofSeconds(3_601));
      assertThat(bob.get(200, path(open)).get("state").stringValue()).isEqualTo("expired");
      Stall.refused(
          bob, 409, "negotiation-ended", path(open) + "/moves", move("accept", head(open)));
      Stall.notices(bob, "negotiation-expired", 1);
      Stall.notices(alice, "negotiation-expired", 1);
      assertThat(bob.get(200, path(agreed)).get("state").stringValue()).isEqualTo("agreed");
      hub.advance(Duration.ofHours(26));
      assertThat(bob.get(200, path(agreed)).get("state").stringValue()).isEqualTo("lapsed");
      Stall.refused(
          alice, 409, "negotiation-ended", path(agreed) + "/close", "{\"delivered\":true}");
      Stall.notices(bob, "negotiation-lapsed", 1);
    });
  }

  @Test
  void ofManyWhoAcceptAndDeclineAtOnceOneIsHeardAndAllHearTheSame() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      String spot = Stall.publish(bob, "Few", ",\"kind\":\"spot\",\"quantity\":5");
      for (int round = 0; round < 4; round++) {
        JsonNode first =
            alice.post(
                201,
                "/negotiations",
                "{\"service_id\":\"" + spot + "\",\"terms\":" + Stall.terms(1, "9") + "}");
        String path = path(first);
        List<HttpResponse<String>> answers;
        try {
          answers =
              Stall.atOnce(
                  6,
                  i ->
                      (i % 3 == 2 ? alice : bob)
                          .exchange(
                              "POST",
                              path + "/moves",
                              move(i % 3 == 2 ? "decline" : "accept", head(first))));
        } catch (Exception failure) {
          throw new AssertionError(failure);
        }
        assertThat(answers).filteredOn(one -> one.statusCode() == 201).hasSize(1);
        JsonNode now = alice.get(200, path);
        assertThat(now.get("moves").longValue()).isEqualTo(2);
        String state = now.get("state").stringValue();
        for (HttpResponse<String> one : answers) {
          assertThat(one.statusCode()).as(one.body()).isIn(200, 201, 409);
          assertThat(one.body()).contains(state);
        }
      }
      long agreed = alice.get(200, "/negotiations?state=agreed").get("negotiations").size();
      assertThat(alice.get(200, "/services/" + spot).get("left").longValue()).isEqualTo(5 - agreed);
    });
  }

  @Test
  void acceptingTakesWhatIsLeftOrNothing() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      Caller bob = all.get(1);
      String spot = Stall.publish(bob, "Few", ",\"kind\":\"spot\",\"quantity\":2");
      String body = "{\"service_id\":\"" + spot + "\",\"terms\":" + Stall.terms(2, "20") + "}";
      JsonNode one = alice.post(201, "/negotiations", body);
      JsonNode two = all.get(2).post(201, "/negotiations", body);
      bob.post(201, path(one) + "/moves", move("accept", head(one)));
      JsonNode refused = bob.post(409, path(two) + "/moves", move("accept", head(two)));
      assertThat(refused.get("reason").stringValue()).isEqualTo("sold-out");
      assertThat(bob.get(200, path(two)).get("state").stringValue()).isEqualTo("open");
    });
  }

  @Test
  void badProposalsAreRefusedByName() {
    onEach((hub, all) -> {
      Caller alice = all.get(0);
      String terms = ",\"terms\":" + Stall.terms(1, "1") + "}";
      for (String body :
          List.of(
              "{\"with\":\"alice\"" + terms,
              "{\"with\":\"bob\",\"service_id\":\"x\"" + terms,
              "{\"role\":\"buyer\"" + terms,
              "{\"with\":\"bob\",\"role\":\"judge\"" + terms,
              "{\"with\":\"bob\",\"valid_for\":0" + terms,
              "{\"with\":\"bob\",\"valid_for\":1000000000" + terms,
              "{\"with\":\"bob\",\"negotiation_id\":\"neg_short\"" + terms,
              "{\"with\":\"bob\",\"signature\":\"00\"" + terms,
              "{\"with\":\"bob\"}")) {
        Stall.refused(alice, 400, "invalid-field", "/negotiations", body);
      }
      Stall.refused(alice, 404, "unknown-agent", "/negotiations", "{\"with\":\"zoe\"" + terms);
      Stall.refused(
          alice, 404, "unknown-service", "/negotiations", "{\"service_id\":\"zoe\"" + terms);
      String named = "{\"with\":\"bob\",\"negotiation_id\":\"neg_aaaaaaaaaaaaaaaaaaaa\"" + terms;
      alice.post(201, "/negotiations", named);
      alice.post(200, "/negotiations", named);
      Stall.refused(all.get(2), 400, "invalid-field", "/negotiations", named);
    });
  }
}
