package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Two hubs on one database: an agent goes on at one where it stopped at the other, at once.
final class HubsTogetherTest {
  @Test
  void whatOneHubStoredIsReadAndAcknowledgedAtTheOther() throws Exception {
    atTwoHubs((one, two) -> {
      Caller reader = Caller.join(one, "reader");
      Caller there = reader.at(two);
      assertThat(there.get(200, "/messages").get("messages")).isEmpty();
      Caller.join(one, "sender").send("reader", "hello");
      assertThat(there.get(200, "/messages").get("messages")).hasSize(1);
      there.post(200, "/messages/ack", "{\"sequence\":1}");
    });
  }

  @Test
  void whatWasReadAtOneHubIsAcknowledgedAtTheOther() throws Exception {
    atTwoHubs((one, two) -> {
      Caller reader = Caller.join(one, "reader");
      Caller there = reader.at(two);
      assertThat(there.get(200, "/messages").get("messages")).isEmpty();
      Caller.join(one, "sender").send("reader", "hello");
      assertThat(reader.get(200, "/messages").get("messages")).hasSize(1);
      assertThat(there.get(200, "/messages?after=1").get("messages")).isEmpty();
      there.post(200, "/messages/ack", "{\"sequence\":1}");
      there.post(400, "/messages/ack", "{\"sequence\":2}");
    });
  }

  @Test
  void aSessionAcknowledgesWhatAnotherHubHandedOver() throws Exception {
    atTwoHubs((one, two) -> {
      Caller reader = Caller.join(one, "reader");
      try (TextSocket session = reader.at(two).session()) {
        assertThat(session.next()).contains("\"welcome\"");
        Caller.join(one, "sender").send("reader", "hello");
        assertThat(reader.get(200, "/messages").get("messages")).hasSize(1);
        session.send("{\"type\":\"ack\",\"sequence\":1,\"ref\":\"a\"}");
        String answer = session.next();
        while (answer.contains("\"type\":\"message\"")) {
          answer = session.next();
        }
        assertThat(answer).contains("\"acknowledged\"");
      }
    });
  }

  private interface Play {
    void play(TestHub one, TestHub two) throws Exception;
  }

  private static void atTwoHubs(Play play) throws Exception {
    Optional<String> database = TestDatabase.shared();
    assumeThat(database).isPresent();
    Map<String, String> settings = Map.of("database", database.orElseThrow());
    try (TestHub one = TestHub.start(settings);
        TestHub two = TestHub.start(settings)) {
      play.play(one, two);
    }
  }
}
