package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class BreakersTest {
  private static String text(String to, String payload) {
    return "{\"to\":\"" + to + "\",\"payload\":\"" + payload + "\"}";
  }

  /// The first notice of a breaker in an agent's inbox; waits until it comes.
  private static JsonNode notice(Caller agent) {
    long after = 0;
    for (int polls = 0; polls < 20; polls++) {
      JsonNode page = agent.get(200, "/messages?wait=5&limit=1000&after=" + after);
      for (JsonNode message : page.get("messages")) {
        if (message.get("from").stringValue().equals("hub")) {
          return message.get("payload");
        }
      }
      after = page.get("after").longValue();
    }
    throw new AssertionError(agent.id() + " was told nothing");
  }

  /// Answers whatever comes with the next number, until a breaker says no.
  private static Thread echo(Caller self, String other, AtomicInteger sent) {
    return Thread.startVirtualThread(() -> {
      long after = 0;
      while (true) {
        JsonNode page = self.get(200, "/messages?wait=5&after=" + after);
        after = page.get("after").longValue();
        for (JsonNode message : page.get("messages")) {
          if (message.get("from").stringValue().equals(other)) {
            String body = text(other, "n" + sent.incrementAndGet());
            HttpResponse<String> answer = self.exchange("POST", "/send", body);
            if (answer.statusCode() != 201) {
              assertThat(answer.body()).contains("/problems/circuit-open");
              return;
            }
          }
          if (message.get("from").stringValue().equals("hub")) {
            return;
          }
        }
      }
    });
  }

  @Test
  void stopsTwoEchoAgentsAndTellsBoth() throws Exception {
    try (TestHub hub = TestHub.start(Map.of("breaker-turns", "40"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      var sent = new AtomicInteger();
      Thread one = echo(alice, "bob", sent);
      Thread other = echo(bob, "alice", sent);
      alice.send("bob", "start");
      assertThat(one.join(Duration.ofSeconds(30))).isTrue();
      assertThat(other.join(Duration.ofSeconds(30))).isTrue();
      assertThat(sent.get()).isBetween(40, 60);
      for (Caller agent : new Caller[] {alice, bob}) {
        JsonNode notice = notice(agent);
        assertThat(notice.get("notice").stringValue()).isEqualTo("circuit-open");
        assertThat(notice.get("scope").stringValue()).isEqualTo("pair:alice,bob");
        assertThat(notice.get("reason").stringValue()).isEqualTo("ping-pong");
      }
      alice.post(429, "/send", text("bob", "still"));
      bob.post(429, "/send", text("alice", "still"));
      Caller carol = Caller.join(hub, "carol");
      alice.send("carol", "others are not concerned");
      assertThat(carol.get(200, "/breakers").get("breakers")).isEmpty();
      JsonNode seen = alice.get(200, "/breakers").get("breakers").get(0);
      assertThat(seen.get("state").stringValue()).isEqualTo("open");
    }
  }

  @Test
  void letsAFewThroughAfterThePauseAndOpensForLongerWhenItGoesOn() {
    try (TestHub hub = TestHub.start(Map.of("breaker-repeats", "10"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      for (int i = 0; i < 9; i++) {
        alice.send("bob", "same");
      }
      JsonNode problem =
          alice.post(429, "/send", "{\"to\":\"bob\",\"payload\":{\"text\":\"same\"}}");
      assertThat(problem.get("type").stringValue()).isEqualTo("/problems/circuit-open");
      assertThat(problem.get("reason").stringValue()).isEqualTo("repeats");
      assertThat(problem.get("retry_after").longValue()).isBetween(50L, 60L);
      hub.advance(Duration.ofSeconds(61));
      for (int i = 0; i < 5; i++) {
        alice.send("bob", "probe " + i);
      }
      JsonNode again = alice.post(429, "/send", text("bob", "too hasty"));
      assertThat(again.get("retry_after").longValue()).isBetween(110L, 120L);
      hub.advance(Duration.ofSeconds(121));
      alice.send("bob", "slowly");
      hub.advance(Duration.ofSeconds(61));
      for (int i = 0; i < 8; i++) {
        alice.send("bob", "closed again " + i);
      }
      assertThat(alice.get(200, "/breakers").get("breakers")).isEmpty();
    }
  }

  @Test
  void stopsWhoWritesToManyStrangersAtOnce() {
    try (TestHub hub = TestHub.start(Map.of("breaker-recipients", "5"))) {
      Caller storm = Caller.join(hub, "storm");
      for (int i = 0; i < 6; i++) {
        Caller.join(hub, "agent" + i);
      }
      for (int i = 0; i < 4; i++) {
        storm.send("agent" + i, "hi");
        storm.send("agent" + i, "once more");
      }
      JsonNode problem = storm.post(429, "/send", text("agent4", "hi"));
      assertThat(problem.get("reason").stringValue()).isEqualTo("fan-out");
      assertThat(notice(storm).get("scope").stringValue()).isEqualTo("agent:storm");
      Caller.admin(hub).call(204, "DELETE", "/breakers/agent:storm", null);
      storm.send("agent0", "let go");
    }
  }

  @Test
  void stopsWhoIsRefusedAgainAndAgain() {
    try (TestHub hub = TestHub.start(Map.of("breaker-refusals", "10", "breaker-repeats", "-1"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      bob.call(200, "PUT", "/contacts/policy", "{\"policy\":\"closed\"}");
      for (int i = 0; i < 10; i++) {
        alice.post(403, "/send", text("bob", "knock " + i));
      }
      JsonNode problem = alice.post(429, "/send", text("bob", "knock"));
      assertThat(problem.get("reason").stringValue()).isEqualTo("errors");
    }
  }

  @Test
  void isOffWithoutARateLimit() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      for (int i = 0; i < 150; i++) {
        alice.send("bob", "same");
      }
    }
  }
}
