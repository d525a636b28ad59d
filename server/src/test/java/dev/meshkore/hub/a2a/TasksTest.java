package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.message;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// An A2A client's message becomes mail, and what the agent says becomes the task.
final class TasksTest {
  @TempDir private Path data;

  @Test
  void aMessageWaitsInTheInboxAndAPlainReplyCompletesTheTask() throws Exception {
    try (var village = new Village(Map.of())) {
      CompletableFuture<JsonNode> answer =
          village.later("alice", "SendMessage", message("m1", "What is 2+2?"));
      JsonNode mail = village.bobsMail();
      assertThat(mail.get("from").stringValue()).isEqualTo("alice");
      JsonNode payload = mail.get("payload");
      assertThat(payload.get("type").stringValue()).isEqualTo("task");
      assertThat(payload.get("text").stringValue()).isEqualTo("What is 2+2?");
      assertThat(payload.get("message_id").stringValue()).isEqualTo("m1");
      assertThat(payload.get("parts").get(0).get("text").stringValue()).isEqualTo("What is 2+2?");
      String taskId = mail.get("thread").stringValue();
      assertThat(payload.get("task_id").stringValue()).isEqualTo(taskId);
      village.json(
          "POST",
          "/send",
          "bob",
          "{\"to\":\"alice\",\"reply_to\":\""
              + mail.get("id").stringValue()
              + "\",\"payload\":{\"text\":\"4\"}}");
      JsonNode task = answer.join().get("task");
      assertThat(task.get("id").stringValue()).isEqualTo(taskId);
      assertThat(state(task)).isEqualTo("TASK_STATE_COMPLETED");
      assertThat(task.get("status").get("message").get("parts").get(0).get("text").stringValue())
          .isEqualTo("4");
      assertThat(task.get("history")).hasSize(2);
      JsonNode got =
          village.result("alice", "GetTask", "{\"id\":\"" + taskId + "\",\"historyLength\":1}");
      assertThat(got.get("history")).hasSize(1);
      JsonNode bare =
          village.result("alice", "GetTask", "{\"id\":\"" + taskId + "\",\"historyLength\":0}");
      assertThat(bare.has("history")).isFalse();
    }
  }

  @Test
  void theSameMessageIdIsOneTask() throws Exception {
    try (var village = new Village(Map.of())) {
      JsonNode first = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      JsonNode again = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      assertThat(again).isEqualTo(first);
      assertThat(village.result("eve", "SendMessage", atOnce("m1", "hi")).get("task").get("id"))
          .isNotEqualTo(first.get("id"));
      assertThat(village.bobsMail().get("from").stringValue()).isEqualTo("alice");
      assertThat(village.bobsMail().get("from").stringValue()).isEqualTo("eve");
    }
  }

  @Test
  void theSameMessageIdSentManyTimesAtOnceIsOneTask() throws Exception {
    try (var village = new Village(Map.of())) {
      List<CompletableFuture<JsonNode>> answers =
          IntStream.range(0, 16)
              .mapToObj(_ -> village.later("alice", "SendMessage", atOnce("m1", "hi")))
              .toList();
      Set<JsonNode> ids =
          answers.stream()
              .map(answer -> answer.join().get("task").get("id"))
              .collect(Collectors.toSet());
      assertThat(ids).hasSize(1);
      assertThat(village.json("GET", "/messages", "bob", "").get("head").intValue()).isEqualTo(1);
    }
  }

  @Test
  void statesArtifactsAndMessagesGatherInTheTask() throws Exception {
    try (var village = new Village(Map.of())) {
      String taskId = begin(village, "m1");
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"working\",\"text\":\"on it\"}");
      village.bobSays(
          taskId,
          "{\"type\":\"task\",\"artifact\":{\"artifact_id\":\"a\",\"name\":\"n\",\"text\":\"1\"}}");
      village.bobSays(
          taskId,
          "{\"type\":\"task\",\"artifact\":{\"artifact_id\":\"a\",\"text\":\"2\",\"append\":true,"
              + "\"last_chunk\":true},\"state\":\"input-required\",\"text\":\"Which?\"}");
      JsonNode paused = get(village, taskId);
      assertThat(state(paused)).isEqualTo("TASK_STATE_INPUT_REQUIRED");
      assertThat(paused.get("artifacts")).hasSize(1);
      assertThat(paused.get("artifacts").get(0).get("parts")).hasSize(2);
      CompletableFuture<JsonNode> answer =
          village.later("alice", "SendMessage", message("m2", "This one", taskId));
      assertThat(village.bobsMail().get("payload").get("text").stringValue()).isEqualTo("This one");
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_WORKING");
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"completed\"}");
      JsonNode task = answer.join().get("task");
      assertThat(state(task)).isEqualTo("TASK_STATE_COMPLETED");
      assertThat(task.get("history")).hasSize(4);
      assertThat(village.error("alice", "SendMessage", message("m3", "more", taskId)))
          .isEqualTo(-32004);
    }
  }

  @Test
  void anErasedMessageLeavesTheTaskToo() throws Exception {
    try (var village = new Village(Map.of())) {
      village.result("alice", "SendMessage", Village.atOnce("m1", "caller's secret"));
      JsonNode mail = village.bobsMail();
      String taskId = mail.get("thread").stringValue();
      String first = mail.get("id").stringValue();
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"working\",\"text\":\"on it\"}");
      String artifact =
          "{\"type\":\"task\",\"artifact\":{\"artifact_id\":\"a\",\"name\":\"secret name\","
              + "\"text\":\"agent's secret\"},\"state\":\"input-required\","
              + "\"text\":\"secret question\"}";
      village.bobSays(taskId, artifact);
      String before = get(village, taskId).toString();
      assertThat(before)
          .contains("caller's secret", "agent's secret", "secret name", "secret question");

      erase(village, "alice", first);
      erase(village, "bob", newestId(village));
      JsonNode after = get(village, taskId);
      assertThat(after.toString()).doesNotContain("secret").contains("on it", "meshkore_erased");
      assertThat(state(after)).isEqualTo("TASK_STATE_INPUT_REQUIRED");
      assertThat(after.get("history")).hasSize(3);
    }
  }

  private static void erase(Village village, String who, String id) throws Exception {
    assertThat(village.call("DELETE", "/messages/" + id, who, "").statusCode()).isEqualTo(204);
  }

  private static String newestId(Village village) throws Exception {
    JsonNode page = village.json("GET", "/history/alice?limit=1", "bob", "");
    return page.get("messages").get(0).get("id").stringValue();
  }

  @Test
  void anAnswerCanBeAMessageInsteadOfATask() throws Exception {
    try (var village = new Village(Map.of())) {
      CompletableFuture<JsonNode> answer =
          village.later("alice", "SendMessage", message("m1", "hi"));
      String taskId = village.bobsMail().get("thread").stringValue();
      village.bobSays(taskId, "{\"type\":\"message\",\"text\":\"hello\"}");
      JsonNode message = answer.join().get("message");
      assertThat(message.get("parts").get(0).get("text").stringValue()).isEqualTo("hello");
      assertThat(message.get("role").stringValue()).isEqualTo("ROLE_AGENT");
      assertThat(village.error("alice", "GetTask", "{\"id\":\"" + taskId + "\"}"))
          .isEqualTo(-32001);
      assertThat(village.result("alice", "SendMessage", message("m1", "hi")).get("message"))
          .isEqualTo(message);
    }
  }

  @Test
  void foreignTasksAreInvisibleAndForeignAnswersCountForNothing() throws Exception {
    try (var village = new Village(Map.of())) {
      String taskId = begin(village, "m1");
      String id = "{\"id\":\"" + taskId + "\"}";
      assertThat(village.error("eve", "GetTask", id)).isEqualTo(-32001);
      assertThat(village.error("eve", "CancelTask", id)).isEqualTo(-32001);
      assertThat(village.error("eve", "SubscribeToTask", id)).isEqualTo(-32001);
      assertThat(village.error("eve", "SendMessage", message("m2", "hi", taskId)))
          .isEqualTo(-32001);
      assertThat(
              village.error(
                  "eve", "ListTaskPushNotificationConfigs", "{\"taskId\":\"" + taskId + "\"}"))
          .isEqualTo(-32001);
      assertThat(village.result("eve", "ListTasks", "{}").get("totalSize").intValue()).isZero();
      village.json(
          "POST",
          "/send",
          "eve",
          "{\"to\":\"alice\",\"thread\":\""
              + taskId
              + "\",\"payload\":{\"type\":\"task\",\"state\":\"completed\"}}");
      village.json(
          "POST",
          "/send",
          "bob",
          "{\"to\":\"eve\",\"thread\":\"" + taskId + "\",\"payload\":\"done\"}");
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_SUBMITTED");
      assertThat(state(village.result("bob", "GetTask", id))).isEqualTo("TASK_STATE_SUBMITTED");
      assertThat(village.error("bob", "CancelTask", id)).isEqualTo(-32000);
    }
  }

  @Test
  void cancelingTellsTheAgentAndEndsTheTask() throws Exception {
    try (var village = new Village(Map.of())) {
      String taskId = begin(village, "m1");
      String id = "{\"id\":\"" + taskId + "\"}";
      assertThat(state(village.result("alice", "CancelTask", id))).isEqualTo("TASK_STATE_CANCELED");
      JsonNode payload = village.bobsMail().get("payload");
      assertThat(payload.get("state").stringValue()).isEqualTo("canceled");
      assertThat(payload.get("task_id").stringValue()).isEqualTo(taskId);
      assertThat(village.error("alice", "CancelTask", id)).isEqualTo(-32002);
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"completed\"}");
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_CANCELED");
    }
  }

  @Test
  void listsArePagedFilteredAndOrdered() throws Exception {
    try (var village = new Village(Map.of())) {
      var ids = new ArrayList<String>();
      for (int i = 0; i < 5; i++) {
        ids.addFirst(begin(village, "m" + i));
        village.hub().advance(java.time.Duration.ofSeconds(1));
      }
      village.bobSays(ids.getLast(), "\"done\"");
      ids.addFirst(ids.removeLast());
      var listed = new ArrayList<String>();
      String token = "";
      do {
        JsonNode page =
            village.result(
                "alice", "ListTasks", "{\"pageSize\":2,\"pageToken\":\"" + token + "\"}");
        page.get("tasks").forEach(task -> listed.add(task.get("id").stringValue()));
        assertThat(page.get("totalSize").intValue()).isEqualTo(5);
        assertThat(page.get("pageSize").intValue()).isEqualTo(2);
        token = page.get("nextPageToken").stringValue();
      } while (!token.isEmpty());
      assertThat(listed).containsExactlyElementsOf(ids);
      JsonNode done = village.result("alice", "ListTasks", "{\"status\":\"TASK_STATE_COMPLETED\"}");
      assertThat(done.get("tasks")).hasSize(1);
      assertThat(done.get("tasks").get(0).has("artifacts")).isFalse();
      JsonNode bobs = village.json("GET", "/agents/bob/a2a/tasks?pageSize=1", "bob", "");
      assertThat(bobs.get("totalSize").intValue()).isEqualTo(5);
    }
  }

  @Test
  void tasksLiveThroughARestart() throws Exception {
    Map<String, String> settings = Map.of("data", data.toString());
    var before = new Village(settings);
    String taskId = begin(before, "m1");
    before.bobSays(taskId, "{\"type\":\"task\",\"state\":\"working\"}");
    JsonNode task = get(before, taskId);
    before.close();
    try (var after = new Village(settings, before)) {
      assertThat(get(after, taskId)).isEqualTo(task);
      after.bobSays(taskId, "{\"type\":\"task\",\"state\":\"failed\",\"text\":\"broken\"}");
      assertThat(state(get(after, taskId))).isEqualTo("TASK_STATE_FAILED");
    }
  }

  @Test
  void wrongVerbsAreRefusedToTheAgentAndChangeNothing() throws Exception {
    try (var village = new Village(Map.of())) {
      String taskId = begin(village, "m1");
      for (String payload :
          List.of(
              "{\"type\":\"task\",\"state\":\"done\"}",
              "{\"type\":\"task\",\"parts\":[{\"text\":\"a\",\"url\":\"b\"}]}",
              "{\"type\":\"task\",\"artifact\":{\"name\":\"empty\"}}",
              "{\"type\":\"task\",\"text\":\"\\ud800\"}")) {
        HttpResponse<String> answer =
            village.call(
                "POST",
                "/send",
                "bob",
                "{\"to\":\"alice\",\"thread\":\"" + taskId + "\",\"payload\":" + payload + "}");
        assertThat(answer.statusCode()).as(payload).isEqualTo(400);
        assertThat(answer.body()).contains("/problems/invalid-field");
      }
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_SUBMITTED");
    }
  }

  @Test
  void whatATaskKeepsIsBounded() throws Exception {
    try (var village = new Village(Map.of("payload-bytes-max", "4096"))) {
      String taskId = begin(village, "m1");
      String chunk = "x".repeat(3_000);
      for (int i = 0; i < 12; i++) {
        village.bobSays(
            taskId,
            "{\"type\":\"task\",\"artifact\":{\"artifact_id\":\"a\",\"append\":true,\"text\":\""
                + i
                + chunk
                + "\"}}");
      }
      JsonNode task = get(village, taskId);
      assertThat(task.toString().length()).isLessThan(4 * 4_096);
      assertThat(task.get("metadata").get("meshkore_trimmed").booleanValue()).isTrue();
      JsonNode parts = task.get("artifacts").get(0).get("parts");
      assertThat(parts.get(parts.size() - 1).get("text").stringValue()).startsWith("11x");
    }
  }

  @Test
  void anAnswerReachesACallerWhoseInboxIsFull() throws Exception {
    try (var village = new Village(Map.of("unread-max", "2"))) {
      String taskId = begin(village, "m1");
      for (int i = 0; i < 4; i++) {
        village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"working\"}");
      }
      HttpResponse<String> plain =
          village.call("POST", "/send", "bob", "{\"to\":\"alice\",\"payload\":1}");
      assertThat(plain.statusCode()).isEqualTo(429);
      village.bobSays(taskId, "\"done\"");
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_COMPLETED");
    }
  }

  @Test
  void idsOfTheDoorAreForTheDoor() throws Exception {
    try (var village = new Village(Map.of())) {
      String taskId = begin(village, "m1");
      HttpResponse<String> forged =
          village.call(
              "POST",
              "/send",
              "alice",
              "{\"to\":\"bob\",\"id\":\""
                  + TaskIds.cancellation(taskId)
                  + "\",\"thread\":\""
                  + taskId
                  + "\",\"payload\":1}");
      assertThat(forged.statusCode()).isEqualTo(400);
      assertThat(state(get(village, taskId))).isEqualTo("TASK_STATE_SUBMITTED");
    }
  }

  /// A task that bob has got and not answered.
  private static String begin(Village village, String messageId) throws Exception {
    JsonNode task = village.result("alice", "SendMessage", atOnce(messageId, "hi")).get("task");
    assertThat(state(task)).isEqualTo("TASK_STATE_SUBMITTED");
    assertThat(village.bobsMail().get("thread")).isEqualTo(task.get("id"));
    return task.get("id").stringValue();
  }

  private static JsonNode get(Village village, String taskId) throws Exception {
    return village.result("alice", "GetTask", "{\"id\":\"" + taskId + "\"}");
  }

  private static String state(JsonNode task) {
    return task.get("status").get("state").stringValue();
  }

  @Test
  void anAnswerWithANumberBeyondAllBoundsIsRefusedAlone() throws Exception {
    try (Village village = new Village(Map.of())) {
      String taskId =
          village
              .result("alice", "SendMessage", atOnce("m1", "work"))
              .get("task")
              .get("id")
              .stringValue();
      String answer =
          "{\"to\":\"alice\",\"thread\":\"" + taskId + "\",\"payload\":{\"n\":1e9999999999}}";
      assertThat(village.call("POST", "/send", "bob", answer).statusCode()).isEqualTo(400);
    }
  }
}
