package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.assertEnded;
import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.envelope;
import static dev.meshkore.hub.a2a.Village.inner;
import static dev.meshkore.hub.a2a.Village.message;
import static dev.meshkore.hub.a2a.Village.next;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Whoever watches a task on one hub hears what its agent says on another one of the same database.
final class SeveralHubsTest {
  private static final String WORKING = "{\"type\":\"task\",\"state\":\"working\"}";
  private static final String ARTIFACT = "{\"type\":\"task\",\"artifact\":{\"text\":\"part\"}}";
  private static final String DONE = "{\"type\":\"task\",\"state\":\"completed\"}";

  private Map<String, String> settings = Map.of();

  @BeforeEach
  void makeDatabase() {
    Optional<String> database = TestDatabase.shared();
    Assumptions.assumeTrue(database.isPresent(), "PostgreSQL is not installed");
    settings = Map.of("database", database.get());
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

  @Test
  void eachNotificationIsSentByOneOfTheHubs() throws Exception {
    var toBoth = new HashMap<>(settings);
    toBoth.put("outbound-private", "true");
    var seen = new LinkedBlockingQueue<String>();
    var answer = new CountDownLatch(1);
    HttpServer slow =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    slow.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    slow.createContext(
        "/",
        exchange -> {
          try (exchange) {
            seen.add(exchange.getRequestURI().getPath());
            awaitLatch(answer);
            exchange.sendResponseHeaders(204, -1);
          }
        });
    slow.start();
    try (var first = new Village(toBoth);
        var second = new Village(toBoth, first)) {
      // While calls of the first are open, the second looks at all that waits.
      for (Village village : List.of(first, second)) {
        for (int i = 0; i < 3; i++) {
          String name = (village == first ? "first" : "second") + i;
          String url = "http://127.0.0.1:" + slow.getAddress().getPort() + "/" + name;
          String sent =
              "{\"message\":"
                  + inner(name, "hi", "")
                  + ",\"configuration\":{\"returnImmediately\":true,"
                  + "\"taskPushNotificationConfig\":{\"url\":\""
                  + url
                  + "\"}}}";
          JsonNode task = village.result("alice", "SendMessage", sent).get("task");
          village.bobSays(task.get("id").stringValue(), "\"done\"");
        }
        awaitSeen(seen, village == first ? 3 : 6);
      }
      answer.countDown();
      awaitNoneWaits();
      assertThat(seen).hasSize(6).doesNotHaveDuplicates();
    } finally {
      slow.stop(0);
    }
  }

  private static void awaitSeen(Queue<String> seen, int count) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (Set.copyOf(seen).size() < count) {
      assertThat(Instant.now()).as(seen.toString()).isBefore(deadline);
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitNoneWaits() throws Exception {
    DatabaseUrl url = DatabaseUrl.postgresql(settings.getOrDefault("database", ""));
    Instant deadline = Instant.now().plusSeconds(20);
    try (Connection connection = url.openToRead();
        var count = connection.prepareStatement("SELECT count(*) FROM task_notice")) {
      long waiting = 1;
      while (waiting > 0) {
        assertThat(Instant.now()).isBefore(deadline);
        try (ResultSet rows = count.executeQuery()) {
          rows.next();
          waiting = rows.getLong(1);
        }
      }
    }
  }

  @Test
  void whatIsErasedIsNotKeptForOtherHubs() throws Exception {
    try (var village = new Village(settings)) {
      JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      String taskId = task.get("id").stringValue();
      village.bobSays(taskId, "{\"type\":\"task\",\"artifact\":{\"text\":\"a secret\"}}");
      assertThat(kept()).anySatisfy(event -> assertThat(event).contains("a secret"));
      village.hub().hub().auditLog().tick();
      for (JsonNode said : village.json("GET", "/history/alice", "bob", "").get("messages")) {
        if (said.get("from").stringValue().equals("bob")) {
          String path = "/messages/" + said.get("id").stringValue();
          assertThat(village.call("DELETE", path, "bob", "").statusCode()).isEqualTo(204);
        }
      }
      assertThat(kept()).isNotEmpty().allSatisfy(e -> assertThat(e).doesNotContain("a secret"));
    }
  }

  private List<String> kept() throws Exception {
    DatabaseUrl url = DatabaseUrl.postgresql(settings.getOrDefault("database", ""));
    var kept = new ArrayList<String>();
    try (Connection connection = url.openToRead();
        ResultSet rows = connection.createStatement().executeQuery("SELECT body FROM task_event")) {
      while (rows.next()) {
        kept.add(new String(rows.getBytes(1), StandardCharsets.UTF_8));
      }
    }
    return kept;
  }
}
