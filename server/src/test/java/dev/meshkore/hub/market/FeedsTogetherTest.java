package dev.meshkore.hub.market;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Two hubs on one database follow the market together.
final class FeedsTogetherTest {
  private static final int SELLERS = 4;
  private static final int EACH = 12;

  @Test
  void eachIsToldOnceWhicheverHubItIsListedAt() throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    Map<String, String> settings = Map.of("database", database.orElseThrow());
    try (TestHub one = TestHub.start(settings);
        TestHub two = TestHub.start(settings)) {
      var sellers = new ArrayList<Caller>();
      for (int i = 0; i < SELLERS; i++) {
        Caller seller = Caller.join(one, "seller-" + i);
        sellers.add(i % 2 == 0 ? seller : seller.at(two));
      }
      List<Caller> readers =
          List.of(Caller.join(one, "reader-1"), Caller.join(one, "reader-2").at(two));
      readers.forEach(
          reader -> reader.post(201, "/feeds", "{\"query\":\"legal\",\"of\":[\"services\"]}"));
      var made = new ArrayList<String>();
      var answers =
          Stall.atOnce(
              SELLERS * EACH,
              number ->
                  sellers
                      .get(number % SELLERS)
                      .exchange("POST", "/services", Stall.draft("Number " + number, "")));
      for (var answer : answers) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        made.add(answer.body().replaceAll(".*\"service_id\":\"([^\"]+)\".*", "$1"));
      }
      // A feed of the other hub's reader is deleted there, and told of by neither.
      Caller second = readers.get(1);
      String last = Stall.publish(sellers.get(1), "The last", "");
      made.add(last);
      for (Caller reader : readers) {
        two.advance(java.time.Duration.ofSeconds(11));
        assertThat(FeedsTest.told(one, reader, last)).containsExactlyInAnyOrderElementsOf(made);
      }
      String id = second.get(200, "/feeds").get("feeds").get(0).get("feed_id").stringValue();
      second.call(204, "DELETE", "/feeds/" + id, null);
      String after = Stall.publish(sellers.getFirst(), "After the end", "");
      assertThat(FeedsTest.told(one, readers.getFirst(), after)).endsWith(after);
      assertThat(FeedsTest.told(second)).doesNotContain(after);
    }
  }
}
