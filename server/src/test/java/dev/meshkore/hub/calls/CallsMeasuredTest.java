package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TextSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// What a seller promises stands beside what the hub saw: how calls were answered, and how much of
/// the time the seller was online.
final class CallsMeasuredTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  /// A test with a buyer that has a credit, and a seller of a service.
  private interface Play {
    void on(Bank bank, Caller buyer, Caller seller, String service) throws Exception;
  }

  private void play(Play test) throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller seller = bank.agent("seller", "0");
          test.on(bank, bank.agent("buyer", "1"), seller, publish(seller));
        });
  }

  private static String publish(Caller seller) {
    return publish(seller, "");
  }

  private static String publish(Caller seller, String more) {
    String draft =
        "{"
            + more
            + "\"name\":\"Falconry\",\"description\":\"Flies a falcon.\","
            + "\"price\":{\"amount\":\"0.01\",\"asset\":\"CREDIT\",\"unit\":\"call\"},"
            + "\"sla\":{\"latency_ms\":60000}}";
    return seller.post(201, "/services", draft).get("service_id").stringValue();
  }

  private static String call(Caller buyer, String service, String id) {
    JsonNode made = buyer.post(202, "/calls?wait=0", wish(service, id));
    return "/calls/" + made.get("call_id").stringValue();
  }

  private static String wish(String service, String id) {
    return "{\"id\":\"%s\",\"service_id\":\"%s\",\"input\":1,\"max\":{\"amount\":\"0.01\"}}"
        .formatted(id, service);
  }

  private static void answer(Caller seller, String call) {
    seller.post(200, call + "/answer", "{\"output\":2}");
  }

  private static JsonNode measured(Caller asker, String service) {
    return asker.get(200, "/services/" + service).get("measured");
  }

  @Test
  void answersAreMeasuredBesideThePromise() throws Exception {
    play((bank, buyer, seller, service) -> {
      assertThat(measured(buyer, service).has("calls")).isFalse();

      answer(seller, call(buyer, service, "soon"));
      String late = call(buyer, service, "late");
      bank.hub.advance(Duration.ofMinutes(2));
      answer(seller, late);
      answer(seller, late);
      seller.post(200, call(buyer, service, "no") + "/answer", "{\"declined\":\"busy\"}");
      var _ = call(buyer, service, "never");
      bank.hub.advance(Duration.ofMinutes(11));
      var _ = call(buyer, service, "open");

      JsonNode seen = measured(buyer, service);
      assertThat(seen.get("calls").longValue()).as("%s", seen).isEqualTo(4);
      assertThat(seen.get("calls_answered").longValue()).isEqualTo(2);
      assertThat(seen.get("calls_declined").longValue()).isEqualTo(1);
      assertThat(seen.get("calls_in_time").longValue()).isEqualTo(1);
      assertThat(seen.get("call_ms").longValue()).isLessThan(60_000);
      assertThat(seen.get("call_ms_95").longValue()).isBetween(120_000L, 600_000L);
      for (String list : List.of("/services", "/services?q=falconry", "/services?seller=seller")) {
        JsonNode entry = buyer.get(200, list).get("services").get(0);
        assertThat(entry.get("measured")).as(list).isEqualTo(seen);
      }
      bank.hub.advance(Duration.ofDays(31));
      assertThat(measured(buyer, service).has("calls")).isFalse();
    });
  }

  /// What is free of a live service is counted by the hub: who says that it takes two at once has
  /// one place less for each call that waits for it, until it answers, declines, or is late.
  @Test
  void callsTakePlacesOfALiveServiceWhileTheyWait() throws Exception {
    play((bank, buyer, seller, catalog) -> {
      seller.get(200, "/messages");
      String live = publish(seller, "\"kind\":\"live\",\"quantity\":2,");
      assertThat(left(seller, live)).isEqualTo(2);
      String first = call(buyer, live, "first");
      var _ = call(buyer, catalog, "elsewhere");
      assertThat(left(seller, live)).isEqualTo(1);
      String second = call(buyer, live, "second");
      assertThat(left(seller, live)).isZero();
      assertThat(seller.get(200, "/services/" + live).get("reason").stringValue())
          .isEqualTo("busy");
      String take = "/services/" + live + "/take";
      for (JsonNode refused :
          List.of(
              buyer.post(409, "/calls?wait=0", wish(live, "third")),
              buyer.post(409, take, "{\"version\":1}"))) {
        assertThat(refused.get("reason").stringValue()).isEqualTo("busy");
      }
      buyer.post(202, "/calls?wait=0", wish(live, "first"));

      answer(seller, first);
      answer(seller, first);
      assertThat(left(seller, live)).isEqualTo(1);
      seller.post(200, second + "/answer", "{\"declined\":\"busy\"}");
      assertThat(left(seller, live)).isEqualTo(2);

      var _ = call(buyer, live, "late");
      assertThat(left(seller, live)).isEqualTo(1);
      bank.hub.advance(Duration.ofMinutes(11));
      Instant deadline = Instant.now().plus(PATIENCE);
      while (left(seller, live) != 2) {
        assertThat(Instant.now()).isBefore(deadline);
      }

      seller.get(200, "/messages");
      var _ = call(buyer, live, "one");
      var _ = call(buyer, live, "two");
      // Who is called on and on may take less on.
      seller.call(200, "PATCH", "/services/" + live, "{\"quantity\":1}");
      assertThat(left(seller, live)).isZero();
    });
  }

  private static long left(Caller seller, String service) {
    return seller.get(200, "/services/" + service).get("left").longValue();
  }

  @Test
  void callsBetweenAgentsOfOneOwnerShowNothing() throws Exception {
    Bank.onEach(
        folder,
        bank -> {
          Caller owner = bank.owner("ada");
          Caller buyer = bank.agentOf(owner, "buyer", "1");
          Caller seller = bank.agentOf(owner, "seller", "0");
          bank.allow(owner, "buyer", "\"amount\":1000000");
          String service = publish(seller);
          answer(seller, call(buyer, service, "own"));
          assertThat(measured(buyer, service).has("calls")).isFalse();
        });
  }

  @Test
  void aSellerIsFoundByHowFastItAnswersCalls() throws Exception {
    play((bank, buyer, seller, service) -> {
      String call = call(buyer, service, "one");
      bank.hub.advance(Duration.ofSeconds(30));
      answer(seller, call);
      awaitFound(buyer, bank, 60_000);
      assertThat(isFound(buyer, 20_000)).isFalse();
    });
  }

  private static boolean isFound(Caller asker, long latencyMs) {
    String body =
        "{\"query\":\"falconry\",\"filters\":{\"latency_ms_max\":%d}}".formatted(latencyMs);
    return !asker.post(200, "/discover", body).get("results").isEmpty();
  }

  private static void awaitFound(Caller asker, Bank bank, long latencyMs) {
    Instant deadline = Instant.now().plus(PATIENCE);
    bank.hub.advance(Duration.ofMinutes(5));
    while (!isFound(asker, latencyMs)) {
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  @Test
  void sellersAreLookedFor() throws Exception {
    play((bank, buyer, seller, service) -> {
      try (TextSocket _ = seller.session()) {
        JsonNode seen = looked(bank, buyer, service, 2);
        assertThat(seen.get("online_basis_points").longValue()).as("%s", seen).isEqualTo(10_000);
      }
      Instant deadline = Instant.now().plus(PATIENCE);
      while (buyer.get(200, "/agents/seller").get("online").booleanValue()) {
        assertThat(Instant.now()).isBefore(deadline);
      }
      long before = measured(buyer, service).get("looks").longValue();
      JsonNode seen = looked(bank, buyer, service, before + 1);
      assertThat(seen.get("online_basis_points").longValue()).as("%s", seen).isBetween(1L, 9_999L);
    });
  }

  /// Lets time pass until the hub has looked so often.
  private static JsonNode looked(Bank bank, Caller asker, String service, long looks) {
    Instant deadline = Instant.now().plus(PATIENCE);
    JsonNode seen = measured(asker, service);
    while (seen.path("looks").longValue(0) < looks) {
      assertThat(Instant.now()).as("%s", seen).isBefore(deadline);
      bank.hub.advance(Duration.ofSeconds(1));
      seen = measured(asker, service);
    }
    return seen;
  }
}
