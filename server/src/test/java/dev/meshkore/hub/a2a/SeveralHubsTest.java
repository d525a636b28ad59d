package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.assertEnded;
import static dev.meshkore.hub.a2a.Village.envelope;
import static dev.meshkore.hub.a2a.Village.message;
import static dev.meshkore.hub.a2a.Village.next;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Whoever watches a task on one hub hears what its agent says on another one of the same database.
final class SeveralHubsTest {
  private static final String WORKING = "{\"type\":\"task\",\"state\":\"working\"}";
  private static final String ARTIFACT = "{\"type\":\"task\",\"artifact\":{\"text\":\"part\"}}";
  private static final String DONE = "{\"type\":\"task\",\"state\":\"completed\"}";

  @TempDir private Path folder;

  private Map<String, String> settings = Map.of();

  @BeforeEach
  void makeDatabase() {
    Optional<DatabaseUrl.PostgresqlServer> server =
        TestDatabase.each(folder)
            .filter(DatabaseUrl.PostgresqlServer.class::isInstance)
            .map(DatabaseUrl.PostgresqlServer.class::cast)
            .findFirst();
    Assumptions.assumeTrue(server.isPresent(), "PostgreSQL is not installed");
    String address = server.get().jdbcUrl().substring("jdbc:postgresql://".length());
    settings =
        Map.of(
            "database",
            "postgresql://" + server.get().user() + ":" + server.get().password() + "@" + address);
  }

  @Test
  void aStreamHearsWhatAnotherHubStored() throws Exception {
    try (var first = new Village(settings);
        var second = new Village(settings, first)) {
      BlockingQueue<String> events =
          second.stream(
              "POST",
              "/agents/bob/a2a",
              "alice",
              envelope("SendStreamingMessage", message("m1", "hi")));
      JsonNode task = next(events).get("result").get("task");
      String taskId = task.get("id").stringValue();
      BlockingQueue<String> subscribed =
          first.stream("GET", "/agents/bob/a2a/tasks/" + taskId + ":subscribe", "alice", "");
      assertThat(next(subscribed).get("task").get("id").stringValue()).isEqualTo(taskId);
      first.bobSays(taskId, WORKING);
      first.bobSays(taskId, ARTIFACT);
      second.bobSays(taskId, ARTIFACT);
      first.bobSays(taskId, DONE);
      for (int i = 0; i < 4; i++) {
        JsonNode event = next(events).get("result");
        assertThat(event).isEqualTo(next(subscribed));
        assertThat(event.has("statusUpdate")).isEqualTo(i == 0 || i == 3);
      }
      assertEnded(events);
      assertEnded(subscribed);
    }
  }

  @Test
  void aCallThatWaitsIsAnsweredByAnotherHub() throws Exception {
    try (var first = new Village(settings);
        var second = new Village(settings, first)) {
      CompletableFuture<JsonNode> waiting =
          second.later("alice", "SendMessage", message("m1", "hi"));
      String taskId = second.bobsMail().get("thread").stringValue();
      first.bobSays(taskId, "{\"type\":\"message\",\"text\":\"hello\"}");
      JsonNode answer = waiting.get().get("message");
      assertThat(answer.get("parts").get(0).get("text").stringValue()).isEqualTo("hello");
    }
  }
}
