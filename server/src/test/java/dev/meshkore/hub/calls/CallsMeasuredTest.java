package dev.meshkore.hub.calls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Bank;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TextSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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
    String draft =
        "{\"name\":\"Falconry\",\"description\":\"Flies a falcon.\","
            + "\"price\":{\"amount\":\"0.01\",\"asset\":\"CREDIT\",\"unit\":\"call\"},"
            + "\"sla\":{\"latency_ms\":60000}}";
    return seller.post(201, "/services", draft).get("service_id").stringValue();
  }

  private static String call(Caller buyer, String service, String id) {
    String body =
        ("{\"id\":\"%s\",\"service_id\":\"%s\",\"input\":1," + "\"max\":{\"amount\":\"0.01\"}}")
            .formatted(id, service);
    return "/calls/" + buyer.post(202, "/calls?wait=0", body).get("call_id").stringValue();
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
      bank.hub.advance(Duration.ofDays(31));
      assertThat(measured(buyer, service).has("calls")).isFalse();
    });
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
