package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import dev.meshkore.hub.testing.TextSocket;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Two hubs on one database: who waits at one hears of what the other stored, all of it in order.
final class OtherHubsTest {
  private TestHub first;
  private TestHub second;

  @BeforeEach
  void start() {
    Optional<String> database = TestDatabase.shared();
    Assumptions.assumeTrue(database.isPresent(), "PostgreSQL is not installed");
    var settings = Map.of("database", database.get());
    first = TestHub.start(settings);
    second = TestHub.start(settings);
  }

  @AfterEach
  void stop() {
    if (first != null) {
      second.close();
      first.close();
    }
  }

  @Test
  void aSessionHearsOfWhatEitherHubStored() {
    Caller alice = Caller.join(first, "alice");
    Caller bob = Caller.join(first, "bob");
    try (var here = new TextSocket(second.url(), bob.key());
        var there = new TextSocket(second.url(), alice.key())) {
      assertThat(here.next()).contains("\"welcome\"");
      assertThat(there.next()).contains("\"welcome\"");
      for (int i = 1; i <= 40; i++) {
        if (i % 3 == 0) {
          there.send("{\"type\":\"send\",\"to\":\"bob\",\"payload\":{\"text\":\"" + i + "\"}}");
          String receipt = there.next();
          while (!receipt.contains("\"state\":\"queued\"")) {
            receipt = there.next();
          }
        } else {
          alice.send("bob", Integer.toString(i));
        }
      }
      for (int i = 1; i <= 40; i++) {
        assertThat(here.next()).contains("\"sequence\":" + i + ",", "\"text\":\"" + i + "\"");
      }
    }
  }

  @Test
  void aPollThatWaitsHearsOfWhatTheOtherHubStored() throws Exception {
    Caller alice = Caller.join(first, "alice");
    Caller bob = Caller.join(second, "bob");
    CompletableFuture<JsonNode> poll =
        CompletableFuture.supplyAsync(
            () -> bob.get(200, "/messages?wait=60"), Thread::startVirtualThread);
    alice.send("bob", "hi");
    JsonNode messages = poll.get().get("messages");
    assertThat(messages).hasSize(1);
    assertThat(messages.get(0).get("payload").get("text").stringValue()).isEqualTo("hi");
  }
}
