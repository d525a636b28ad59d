package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Every table of the door is written and read on every database.
final class DatabasesTest {
  @TempDir private Path folder;

  @Test
  void aTaskIsTheSameOnEveryDatabase() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var settings = new HashMap<String, String>(Map.of("outbound-private", "true"));
      if (url instanceof DatabaseUrl.PostgresqlServer server) {
        settings.put("database", TestDatabase.setting(server));
      }
      try (var village = new Village(settings);
          var webhook = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
        play(village, webhook);
      }
    }
  }

  private static void play(Village village, ServerSocket webhook) throws Exception {
    JsonNode begun = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
    String taskId = begun.get("id").stringValue();
    String config =
        "{\"taskId\":\""
            + taskId
            + "\",\"id\":\"c\",\"url\":\"http://127.0.0.1:"
            + webhook.getLocalPort()
            + "/\"}";
    for (int i = 0; i < 2; i++) {
      village.result("alice", "CreateTaskPushNotificationConfig", config);
    }
    for (String payload :
        List.of(
            "{\"type\":\"task\",\"state\":\"working\"}",
            "{\"type\":\"task\",\"artifact\":{\"text\":\"é ☃\"}}",
            "{\"type\":\"task\",\"state\":\"completed\"}")) {
      village.bobSays(taskId, payload);
    }
    webhook.setSoTimeout(20_000);
    for (int i = 0; i < 2; i++) {
      // The first call is broken off, and tried again.
      webhook.accept().close();
      village.hub().advance(Duration.ofMinutes(1));
    }
    JsonNode page =
        village.result(
            "alice",
            "ListTasks",
            "{\"status\":\"TASK_STATE_COMPLETED\",\"includeArtifacts\":true,\"contextId\":\""
                + begun.get("contextId").stringValue()
                + "\",\"statusTimestampAfter\":\"2020-01-01T00:00:00Z\"}");
    assertThat(page.get("totalSize").intValue()).isEqualTo(1);
    JsonNode artifact = page.get("tasks").get(0).get("artifacts").get(0);
    assertThat(artifact.get("parts").get(0).get("text").stringValue()).isEqualTo("é ☃");
    String one = "{\"taskId\":\"" + taskId + "\",\"id\":\"c\"}";
    assertThat(village.result("alice", "GetTaskPushNotificationConfig", one).get("id").asString())
        .isEqualTo("c");
    village.result("alice", "DeleteTaskPushNotificationConfig", one);
    assertThat(village.result("alice", "ListTaskPushNotificationConfigs", one).get("configs"))
        .isEmpty();
  }
}
