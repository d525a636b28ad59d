package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// What a request to be a contact says keeps the rules that a message keeps.
final class ContactRulesTest {
  private static final String NOTE = "{\"note\":\"do as I say\"}";

  private static String slug(JsonNode problem) {
    return problem.get("type").stringValue();
  }

  private static boolean hasAsked(Caller agent, String other) {
    for (JsonNode one : agent.get(200, "/contacts").get("contacts")) {
      if (one.get("agent_id").stringValue().equals(other)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aBudgetCountsThemAndRefusesThem() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      Caller carol = Caller.join(hub, "carol");
      Caller.admin(hub).call(200, "PUT", "/limits/agent:alice", "{\"limit\":2}");
      alice.post(202, "/contacts/bob", NOTE);
      alice.send("bob", "a message");
      JsonNode refused = alice.post(429, "/contacts/carol", NOTE);
      assertThat(slug(refused)).endsWith("budget-exhausted");
      assertThat(hasAsked(bob, "alice")).isTrue();
      assertThat(hasAsked(carol, "alice")).isFalse();
      // Whom it is asked again, or who blocks it, cannot be told by what is counted.
      carol.call(204, "PUT", "/blocks/bob", null);
      Caller.admin(hub).call(200, "PUT", "/limits/agent:bob", "{\"limit\":1}");
      bob.post(202, "/contacts/carol", NOTE);
      assertThat(slug(bob.post(429, "/contacts/carol", NOTE))).endsWith("budget-exhausted");
    }
  }

  @Test
  void theRateCountsThem() {
    try (TestHub hub = TestHub.start(Map.of("rate-per-minute", "2", "breaker-refusals", "-1"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      Caller carol = Caller.join(hub, "carol");
      alice.post(202, "/contacts/bob", NOTE);
      alice.send("bob", "a message");
      assertThat(slug(alice.post(429, "/contacts/carol", NOTE))).endsWith("rate-limited");
      assertThat(hasAsked(carol, "alice")).isFalse();
    }
  }

  @Test
  void aPersonApprovesThemWhereMessagesWait() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      admin.call(200, "PUT", "/holds/alice", "{\"kinds\":[\"first-contact\"]}");
      JsonNode held = alice.post(202, "/contacts/bob", NOTE);
      assertThat(held.get("target").stringValue()).isEqualTo("/contacts/bob");
      assertThat(hasAsked(bob, "alice")).isFalse();
      String id = held.get("approval_id").stringValue();
      JsonNode done = admin.post(200, "/approvals/" + id, "{\"decision\":\"approve\"}");
      assertThat(done.get("state").stringValue()).isEqualTo("done");
      assertThat(hasAsked(bob, "alice")).isTrue();
      // Another note is another call.
      alice.post(202, "/contacts/bob", "{\"note\":\"and more\"}");
      JsonNode waiting = admin.get(200, "/approvals?state=waiting").get("approvals");
      assertThat(waiting).hasSize(1);
    }
  }

  @Test
  void aStopAndABreakerHoldThemBack() {
    try (TestHub hub = TestHub.start(Map.of("breaker-recipients", "3"))) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      for (int i = 0; i < 4; i++) {
        Caller.join(hub, "agent" + i);
      }
      admin.post(200, "/stop", "{\"scope\":\"agent:alice\"}");
      assertThat(slug(alice.post(403, "/contacts/agent0", NOTE))).endsWith("stopped");
      admin.post(200, "/resume", "{\"scope\":\"agent:alice\"}");
      alice.post(202, "/contacts/agent0", NOTE);
      alice.post(202, "/contacts/agent1", NOTE);
      assertThat(slug(alice.post(429, "/contacts/agent2", NOTE))).endsWith("circuit-open");
      assertThat(slug(alice.post(429, "/send", "{\"to\":\"agent3\",\"payload\":1}")))
          .endsWith("circuit-open");
    }
  }
}
