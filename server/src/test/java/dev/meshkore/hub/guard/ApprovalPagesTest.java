package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Lists of what waits for a person, and how long they are.
final class ApprovalPagesTest {
  @TempDir private Path folder;

  private static void hold(People people, String owner, String agent) {
    people.ask(200, "PUT", "/holds/" + agent, owner, "{\"kinds\":[\"message\"]}");
  }

  private static String held(People people, String key, String text) {
    String body = "{\"to\":\"bob\",\"payload\":\"" + text + "\"}";
    return people.ask(202, "POST", "/send", key, body).get("approval_id").stringValue();
  }

  /// All pages, and how many there were.
  private static int read(People people, String key, String query, List<String> into) {
    String next = "";
    int pages = 0;
    while (true) {
      String cursor = next.isEmpty() ? "" : "&cursor=" + next;
      JsonNode page = people.ask(200, "GET", "/approvals?" + query + cursor, key, null);
      page.get("approvals").forEach(one -> into.add(one.get("approval_id").stringValue()));
      pages++;
      if (page.get("next").isNull()) {
        return pages;
      }
      next = page.get("next").stringValue();
    }
  }

  @Test
  void pagesHoldAllOnceAndEndByBytes() {
    People.onEach(folder, Map.of("payload-bytes-max", "2000000"))
        .forEach(ApprovalPagesTest::readsPages);
  }

  private static void readsPages(Map<String, String> settings) {
    try (TestHub hub = TestHub.start(settings)) {
      var people = new People(hub);
      String ada = people.owner("Ada");
      String eve = people.owner("Eve");
      people.agent("bob");
      var wanted = new ArrayList<String>();
      for (int agent = 0; agent < 3; agent++) {
        String key = people.agentOf(ada, "agent" + agent);
        hold(people, ada, "agent" + agent);
        for (int i = 0; i < 5; i++) {
          wanted.add(held(people, key, "call " + i));
        }
      }
      String mallory = people.agentOf(eve, "mallory");
      hold(people, eve, "mallory");
      String others = held(people, mallory, "call");

      var found = new ArrayList<String>();
      assertThat(read(people, ada, "limit=4&state=waiting", found)).isEqualTo(4);
      assertThat(found).containsExactlyInAnyOrderElementsOf(wanted).doesNotContain(others);
      var all = new ArrayList<String>();
      read(people, hub.adminKey(), "limit=7", all);
      assertThat(all).hasSize(16).contains(others);
      people.ask(400, "GET", "/approvals?cursor=x", ada, null);

      // Five calls of a million bytes do not come in one answer.
      for (int i = 0; i < 5; i++) {
        held(people, mallory, i + "x".repeat(1_000_000));
      }
      var large = new ArrayList<String>();
      assertThat(read(people, eve, "limit=50", large)).isEqualTo(2);
      assertThat(large).hasSize(6).doesNotHaveDuplicates();
    }
  }

  @Test
  @Timeout(60)
  void whatWasDecidedIsForgottenInTime() {
    People.onEach(folder, Map.of("approvals-kept-days", "2")).forEach(ApprovalPagesTest::forgets);
  }

  private static void forgets(Map<String, String> settings) {
    try (TestHub hub = TestHub.start(settings)) {
      var people = new People(hub);
      String ada = people.owner("Ada");
      String alice = people.agentOf(ada, "alice");
      people.agent("bob");
      hold(people, ada, "alice");
      String rejected = held(people, alice, "one");
      people.ask(200, "POST", "/approvals/" + rejected, ada, "{\"decision\":\"reject\"}");
      held(people, alice, "two");
      hub.advance(Duration.ofDays(1).plusMinutes(1));
      while (!states(people, ada).equals(List.of("expired", "rejected"))) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
      hub.advance(Duration.ofDays(1));
      while (!states(people, ada).equals(List.of("expired"))) {
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }
  }

  private static List<String> states(People people, String key) {
    var states = new ArrayList<String>();
    people
        .ask(200, "GET", "/approvals", key, null)
        .get("approvals")
        .forEach(one -> states.add(one.get("state").stringValue()));
    return states;
  }
}
