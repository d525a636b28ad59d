package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Agents are found by what they sell, as soon as they sell it and no longer than they do.
final class OfferedTest {
  /// A second is promised; a machine that has other things to do is given more.
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static List<String> found(Caller asker, String body) {
    return asker
        .post(200, "/discover", body)
        .get("results")
        .valueStream()
        .filter(one -> one.at("/signals/words").doubleValue() > 0)
        .map(one -> one.at("/agent/agent_id").stringValue())
        .toList();
  }

  private static void waitFor(Caller asker, String body, Predicate<List<String>> isSo) {
    Instant deadline = Instant.now().plus(PATIENCE);
    List<String> found = found(asker, body);
    while (!isSo.test(found)) {
      assertThat(Instant.now()).as(body + " finds " + found).isBefore(deadline);
      found = found(asker, body);
    }
  }

  private static String query(String words) {
    return "{\"query\":\"" + words + "\"}";
  }

  @Test
  void aSellerIsFoundByTheWordsOfItsServiceAsLongAsItIsListed() {
    TestHub.onEach(hub -> {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      waitFor(alice, query("bob"), List.of("bob")::equals);
      assertThat(found(alice, query("falconry"))).isEmpty();
      String path = "/services/" + Stall.publish(bob, "Falconry lessons", "");
      waitFor(alice, query("falconry"), List.of("bob")::equals);
      bob.call(200, "PATCH", path, "{\"name\":\"Archery lessons\"}");
      waitFor(alice, query("archery"), List.of("bob")::equals);
      waitFor(alice, query("falconry"), List::isEmpty);
      bob.call(204, "DELETE", path, null);
      waitFor(alice, query("archery"), List::isEmpty);
    });
  }

  @Test
  void whatEndsByTheClockIsNotFoundAnyMore() {
    TestHub.onEach(hub -> {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      Stall.publish(bob, "Falconry today", ",\"kind\":\"spot\",\"quantity\":1,\"expires_in\":60");
      waitFor(alice, query("falconry"), List.of("bob")::equals);
      hub.advance(Duration.ofSeconds(61));
      waitFor(alice, query("falconry"), List::isEmpty);
    });
  }

  @Test
  void pricesAndMeasuredAnswersAreFilters() {
    TestHub.onEach(hub -> {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      String price = "{\"query\":\"falconry\",\"filters\":{\"price_max\":{\"asset\":\"EUR\",";
      String fast = "{\"query\":\"falconry\",\"filters\":{\"latency_ms_max\":60000}}";
      String service = Stall.publish(bob, "Falconry lessons", "");
      waitFor(alice, price + "\"atoms\":1250}}}", List.of("bob")::equals);
      assertThat(found(alice, price + "\"atoms\":1249}}}")).isEmpty();
      assertThat(found(alice, fast)).isEmpty();
      String body = "{\"service_id\":\"" + service + "\",\"terms\":" + Stall.terms(1, "10") + "}";
      JsonNode first = alice.post(201, "/negotiations", body);
      String moves = "/negotiations/" + first.get("negotiation_id").stringValue() + "/moves";
      String head = first.get("head").stringValue();
      bob.post(201, moves, "{\"kind\":\"accept\",\"previous\":\"" + head + "\"}");
      waitFor(alice, fast, List.of("bob")::equals);
    });
  }

  @Test
  void aBudgetOfTheRequestJudgesWhatIsOffered() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller dear = Caller.join(hub, "dear");
      Caller cheap = Caller.join(hub, "cheap");
      Stall.publish(dear, "Falconry", "");
      String other = Stall.draft("Falconry", "").replace("12.50", "9.50");
      cheap.post(201, "/services", other);
      String asked = "falconry for at most 10 EUR per page";
      waitFor(alice, query(asked), List.of("cheap", "dear")::equals);
      JsonNode results = alice.post(200, "/discover", query(asked)).get("results");
      assertThat(results.get(0).get("reasons").toString()).contains("within the budget");
      assertThat(results.get(1).get("reasons").toString()).contains("more than the budget");
    }
  }
}
