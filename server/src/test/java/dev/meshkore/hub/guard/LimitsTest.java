package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class LimitsTest {
  private static final String TO_BOB = "{\"to\":\"bob\",\"payload\":1}";

  @Test
  void namesTheScopeThatRefusedAndTakesNothingOfTheOthers() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller admin = Caller.admin(hub);
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      admin.call(200, "PUT", "/limits/hub", "{\"limit\":10,\"window_seconds\":3600}");
      admin.call(200, "PUT", "/limits/agent:alice", "{\"limit\":3}");
      for (int i = 0; i < 3; i++) {
        alice.post(201, "/send", TO_BOB);
      }
      JsonNode refused = alice.post(429, "/send", TO_BOB);
      assertThat(refused.get("type").stringValue()).isEqualTo("/problems/budget-exhausted");
      assertThat(refused.get("scope").stringValue()).isEqualTo("agent:alice");
      assertThat(refused.get("remaining").longValue()).isZero();
      bob.post(201, "/send", "{\"to\":\"alice\",\"payload\":1}");
      JsonNode limits = alice.get(200, "/limits").get("limits");
      assertThat(limits.get(0).get("used").longValue()).isEqualTo(4);
      assertThat(limits.get(1).get("remaining").longValue()).isZero();
      admin.call(204, "DELETE", "/limits/agent:alice", null);
      alice.post(201, "/send", TO_BOB);
      alice.call(403, "PUT", "/limits/agent:alice", "{\"limit\":100}");
    }
  }

  @Test
  void aRefusedMessageTakesNothing() {
    try (TestHub hub = TestHub.start(Map.of("unread-max", "2"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      Caller.admin(hub).call(200, "PUT", "/limits/hub", "{\"limit\":10}");
      alice.post(201, "/send", "{\"to\":\"bob\",\"id\":\"k1\",\"payload\":1}");
      alice.post(200, "/send", "{\"to\":\"bob\",\"id\":\"k1\",\"payload\":1}");
      alice.post(201, "/send", TO_BOB);
      alice.post(429, "/send", TO_BOB);
      JsonNode limit = alice.get(200, "/limits").get("limits").get(0);
      assertThat(limit.get("used").longValue()).isEqualTo(2);
    }
  }

  @Test
  void boundsWhatOneWritesToAnother() {
    try (TestHub hub = TestHub.start(Map.of("pair-rate-per-minute", "3"))) {
      Caller alice = Caller.join(hub, "alice");
      Caller.join(hub, "bob");
      Caller.join(hub, "carol");
      for (int i = 0; i < 3; i++) {
        alice.post(201, "/send", TO_BOB);
      }
      alice.post(429, "/send", TO_BOB);
      alice.post(201, "/send", "{\"to\":\"carol\",\"payload\":1}");
    }
  }

  @Test
  void channelsSayWhoMaySendAndHowMuch() {
    try (TestHub hub = TestHub.start(Map.of())) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      alice.post(201, "/channels", "{\"channel_id\":\"news\",\"members\":[\"bob\"]}");
      bob.post(201, "/channels/news/send", "{\"payload\":1}");
      bob.call(403, "PUT", "/channels/news/policy", "{\"post\":\"member\"}");
      alice.call(200, "PUT", "/channels/news/policy", "{\"post\":\"moderator\"}");
      bob.post(403, "/channels/news/send", "{\"payload\":1}");
      alice.post(201, "/channels/news/send", "{\"payload\":1}");
      alice.call(200, "PUT", "/channels/news/policy", "{\"member_rate_per_minute\":2}");
      bob.post(201, "/channels/news/send", "{\"payload\":1}");
      bob.post(201, "/channels/news/send", "{\"payload\":1}");
      bob.post(429, "/channels/news/send", "{\"payload\":1}");
      alice.post(201, "/channels/news/send", "{\"payload\":1}");
      JsonNode policy = bob.get(200, "/channels/news/policy");
      assertThat(policy.get("member_rate_per_minute").intValue()).isEqualTo(2);
    }
  }
}
