package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.assertEnded;
import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.envelope;
import static dev.meshkore.hub.a2a.Village.message;
import static dev.meshkore.hub.a2a.Village.next;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Streams begin with the task, tell everybody the same in the same order, and end with it.
final class StreamsTest {
  private static final String RPC = "/agents/bob/a2a";
  private static final String WORKING = "{\"type\":\"task\",\"state\":\"working\"}";
  private static final String ARTIFACT = "{\"type\":\"task\",\"artifact\":{\"text\":\"part\"}}";
  private static final String DONE = "{\"type\":\"task\",\"state\":\"completed\"}";

  @Test
  void aStreamFollowsItsTaskToTheEnd() throws Exception {
    try (var village = new Village(Map.of())) {
      BlockingQueue<String> events =
          village.stream(
              "POST", RPC, "alice", envelope("SendStreamingMessage", message("m1", "hi")));
      String taskId = village.bobsMail().get("thread").stringValue();
      village.bobSays(taskId, WORKING);
      JsonNode first = next(events);
      assertThat(first.get("id").intValue()).isEqualTo(7);
      JsonNode task = first.get("result").get("task");
      assertThat(task.get("id").stringValue()).isEqualTo(taskId);
      assertThat(state(task)).isEqualTo("TASK_STATE_SUBMITTED");
      assertThat(state(next(events).get("result").get("statusUpdate")))
          .isEqualTo("TASK_STATE_WORKING");
      village.bobSays(taskId, ARTIFACT);
      JsonNode update = next(events).get("result").get("artifactUpdate");
      assertThat(update.get("artifact").get("artifactId").stringValue()).isNotBlank();
      village.bobSays(taskId, DONE);
      assertThat(state(next(events).get("result").get("statusUpdate")))
          .isEqualTo("TASK_STATE_COMPLETED");
      assertEnded(events);
    }
  }

  @Test
  void aStreamShowsTheTaskThoughTheAgentSaysNothing() throws Exception {
    try (var village = new Village(Map.of())) {
      BlockingQueue<String> events =
          village.stream("POST", RPC + "/message:stream", "alice", message("m1", "hi"));
      JsonNode task = next(events).get("task");
      assertThat(state(task)).isEqualTo("TASK_STATE_SUBMITTED");
      village.bobsMail();
      village.bobSays(task.get("id").stringValue(), "{\"type\":\"message\",\"text\":\"late\"}");
      assertThat(state(next(events).get("statusUpdate"))).isEqualTo("TASK_STATE_COMPLETED");
      assertEnded(events);
    }
  }

  @Test
  void aMessageInsteadOfATaskIsTheWholeStream() throws Exception {
    try (var village = new Village(Map.of())) {
      BlockingQueue<String> events =
          village.stream("POST", RPC + "/message%3Astream", "alice", message("m1", "hi"));
      String taskId = village.bobsMail().get("thread").stringValue();
      village.bobSays(taskId, "{\"type\":\"message\",\"text\":\"hello\"}");
      JsonNode message = next(events).get("message");
      assertThat(message.get("parts").get(0).get("text").stringValue()).isEqualTo("hello");
      assertEnded(events);
    }
  }

  @Test
  void allSubscribersSeeTheSame() throws Exception {
    try (var village = new Village(Map.of())) {
      JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      String taskId = task.get("id").stringValue();
      String path = RPC + "/tasks/" + taskId + ":subscribe";
      List<BlockingQueue<String>> streams =
          List.of(
              village.stream("GET", path, "alice", ""),
              village.stream("POST", path.replace(":", "%3A"), "alice", ""),
              village.stream("GET", path, "bob", ""));
      for (BlockingQueue<String> events : streams) {
        assertThat(next(events).get("task").get("id").stringValue()).isEqualTo(taskId);
      }
      for (int i = 0; i < 5; i++) {
        village.bobSays(taskId, ARTIFACT);
      }
      village.bobSays(taskId, DONE);
      for (int i = 0; i < 6; i++) {
        JsonNode event = next(streams.get(0));
        assertThat(next(streams.get(1))).isEqualTo(event);
        assertThat(next(streams.get(2))).isEqualTo(event);
      }
      for (BlockingQueue<String> events : streams) {
        assertEnded(events);
      }
      assertThat(village.error("alice", "SubscribeToTask", "{\"id\":\"" + taskId + "\"}"))
          .isEqualTo(-32004);
    }
  }

  private static String state(JsonNode holder) {
    return holder.get("status").get("state").stringValue();
  }
}
