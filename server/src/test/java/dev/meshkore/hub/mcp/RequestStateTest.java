package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meshkore.hub.testing.Seeds;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

final class RequestStateTest {
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-21T12:00:00Z"));
  private final RequestState states = new RequestState(new SecureRandom(), now::get);
  private final McpCaller alice = new McpCaller("alice", 1, null);
  private final ObjectNode about = McpJson.object("{\"name\":\"tool\",\"arguments\":{\"a\":1}}");
  private final ObjectNode state = McpJson.object("{\"step\":2}");

  @Test
  void comesBackForTheSameCall() {
    assertThat(states.open(alice, about, states.seal(alice, about, state))).isEqualTo(state);
  }

  @Test
  void isRefusedForAnotherCallerCallOrTime() {
    String sealed = states.seal(alice, about, state);
    assertRefused(new McpCaller("bob", 2, null), about, sealed);
    assertRefused(alice, McpJson.object("{\"name\":\"tool\",\"arguments\":{\"a\":2}}"), sealed);
    now.set(now.get().plusSeconds(601));
    assertRefused(alice, about, sealed);
  }

  @Test
  void isRefusedWhenAnyCharacterIsAnother() {
    String sealed = states.seal(alice, about, state);
    Seeds.forAll(
        100,
        random -> {
          int at = random.nextInt(sealed.length() - 1);
          char other = "ABCxyz019-_.".charAt(random.nextInt(12));
          String spoiled = sealed.substring(0, at) + other + sealed.substring(at + 1);
          if (!spoiled.equals(sealed)) {
            assertRefused(alice, about, spoiled);
          }
        });
    assertRefused(alice, about, "");
    assertRefused(alice, about, ".");
    assertRefused(alice, about, sealed.substring(0, sealed.indexOf('.')));
  }

  private void assertRefused(McpCaller caller, ObjectNode call, String sealed) {
    assertThatThrownBy(() -> states.open(caller, call, sealed)).isInstanceOf(RpcError.class);
  }
}
