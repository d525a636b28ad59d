package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.ForgetfulDatabase;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A database server that goes away after it committed and before it said so.
final class CommitInDoubtTest {
  private static final String MESSAGE = "{\"id\":\"lost-1\",\"to\":\"bob\",\"payload\":1}";
  private static final String FRAME =
      "{\"type\":\"send\",\"ref\":\"r\",\"id\":\"lost-1\",\"to\":\"bob\",\"payload\":1}";

  @Test
  void theSenderIsToldThatNobodyKnowsAndTheSameIdSettlesIt() throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    try (var way = ForgetfulDatabase.before(database.orElseThrow(), "lost-1");
        var hub = TestHub.start(Map.of("database", way.setting()))) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      JsonNode doubt = alice.post(504, "/send", MESSAGE);
      assertThat(doubt.get("type").stringValue()).isEqualTo("/problems/in-doubt");
      assertThat(doubt.get("retry_after").intValue()).isEqualTo(1);

      assertThat(alice.post(200, "/send", MESSAGE).get("sequence").intValue()).isEqualTo(1);
      assertThat(bob.get(200, "/messages").get("messages")).hasSize(1);
    }
  }

  @Test
  void soIsAWebSocketsSenderWhoseSessionGoesOn() throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    try (var way = ForgetfulDatabase.before(database.orElseThrow(), "lost-1");
        var hub = TestHub.start(Map.of("database", way.setting()))) {
      Caller alice = Caller.join(hub, "alice");
      Caller bob = Caller.join(hub, "bob");
      try (TextSocket session = alice.session()) {
        assertThat(session.next()).contains("welcome");
        session.send(FRAME);
        assertThat(session.next()).contains("refused").contains("/problems/in-doubt");
        session.send(FRAME);
        assertThat(session.next()).contains("\"sequence\":1").doesNotContain("refused");
      }
      assertThat(bob.get(200, "/messages").get("messages")).hasSize(1);
    }
  }
}
