package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.inner;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// A webhook is asked for by all that asks for a message, by both bindings and within a message: it
/// is no way around a stop, a mandate or a person.
final class WebhookGatesTest {
  private static final String CONFIG = "{\"id\":\"c1\",\"url\":\"https://hooks.invalid/\"}";
  private static final String ROUTE = "/agents/{agent_id}/a2a/tasks/{task}/pushNotificationConfigs";

  private Village village;
  private String taskId;
  private String path;
  private int messages;

  @BeforeEach
  void begin() throws Exception {
    village = new Village(Map.of());
    village.keep("admin", village.hub().adminKey());
    JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
    taskId = task.get("id").stringValue();
    path = "/agents/bob/a2a/tasks/" + taskId + "/pushNotificationConfigs";
    village.json("POST", path, "alice", CONFIG);
  }

  @AfterEach
  void end() {
    village.close();
  }

  @Test
  void whoIsStoppedKeepsNoWebhookAndTakesNoneAway() throws Exception {
    String stop = "{\"scope\":\"agent:alice\",\"reason\":\"r\"}";
    village.json("POST", "/stop", "admin", stop);
    assertCreatingIsRefused("stopped");
    assertDeletingIsRefused("stopped");
    assertReadingWorks();
    village.json("POST", "/resume", "admin", "{\"scope\":\"agent:alice\"}");
    assertEverythingWorks();
  }

  @Test
  void withoutAMandateForItThereIsNoWebhook() throws Exception {
    JsonNode owner =
        village.json("POST", "/owners", "admin", "{\"name\":\"Ada\",\"mandates\":\"required\"}");
    village.keep("owner", owner.get("api_key").stringValue());
    village.json("POST", "/owners/me/agents/alice", "owner", "");
    village.json("POST", "/owner", "alice", "{\"owner_id\":" + owner.get("owner_id") + "}");
    mandate("\"send\"");
    village.result("alice", "SendMessage", atOnce("m2", "this is allowed"));
    assertCreatingIsRefused("mandate-required");
    assertDeletingIsRefused("mandate-required");
    assertReadingWorks();
    mandate("\"send\",\"POST " + ROUTE + "\",\"DELETE " + ROUTE + "/{config}\"");
    assertEverythingWorks();
  }

  @Test
  void aPolicyOfWhatGoesOutsideHoldsWebhooksToo() throws Exception {
    village.json("PUT", "/holds/alice", "admin", "{\"kinds\":[\"outside\"]}");
    village.result("alice", "SendMessage", atOnce("m2", "this stays inside"));
    assertCreatingIsRefused("approval-required");
    assertReadingWorks();
    village.json("PUT", "/holds/alice", "admin", "{\"kinds\":[]}");
    assertEverythingWorks();
  }

  private void mandate(String calls) throws Exception {
    village.json(
        "POST",
        "/mandates",
        "owner",
        "{\"agent_id\":\"alice\",\"calls\":["
            + calls
            + "],\"counterparties\":{\"agents\":[\"bob\"]},\"messages\":{}}");
  }

  private String withWebhook() {
    messages++;
    return "{\"message\":"
        + inner("w" + messages, "hi", "")
        + ",\"configuration\":{\"returnImmediately\":true,\"taskPushNotificationConfig\":"
        + CONFIG
        + "}}";
  }

  private String named() {
    return "{\"taskId\":\"" + taskId + "\",\"id\":\"c1\"}";
  }

  private String created() {
    return "{\"taskId\":\"" + taskId + "\"," + CONFIG.substring(1);
  }

  private void assertCreatingIsRefused(String slug) throws Exception {
    assertRefused(slug, village.call("POST", path, "alice", CONFIG));
    assertRefused(
        slug, village.call("POST", "/agents/bob/a2a/message:send", "alice", withWebhook()));
    assertRefused(slug, village.rpc("alice", "CreateTaskPushNotificationConfig", created()));
    assertRefused(slug, village.rpc("alice", "SendMessage", withWebhook()));
    assertRefused(slug, old(withWebhook()));
    assertThat(village.result("alice", "ListTaskPushNotificationConfigs", named()).get("configs"))
        .hasSize(1);
  }

  /// The same message as a client of A2A 0.3 sends it.
  private JsonNode old(String request) throws Exception {
    String params =
        request
            .replace("ROLE_USER", "user")
            .replace("returnImmediately", "blocking")
            .replace("taskPushNotificationConfig", "pushNotificationConfig");
    String body =
        Village.envelope("message/send", params.replace("\"blocking\":true", "\"blocking\":false"));
    String answer =
        village.call("POST", "/agents/bob/a2a", "alice", body, "A2A-Version", "0.3").body();
    return Village.JSON.readTree(answer);
  }

  private void assertDeletingIsRefused(String slug) throws Exception {
    assertRefused(slug, village.call("DELETE", path + "/c1", "alice", ""));
    assertRefused(slug, village.rpc("alice", "DeleteTaskPushNotificationConfig", named()));
  }

  private void assertReadingWorks() throws Exception {
    assertThat(village.json("GET", path, "alice", "").get("configs")).hasSize(1);
    village.json("GET", path + "/c1", "alice", "");
    village.result("alice", "GetTaskPushNotificationConfig", named());
    village.result("alice", "ListTaskPushNotificationConfigs", named());
  }

  private void assertEverythingWorks() throws Exception {
    village.json("POST", path, "alice", CONFIG);
    village.result("alice", "DeleteTaskPushNotificationConfig", named());
    village.result("alice", "CreateTaskPushNotificationConfig", created());
    village.json("DELETE", path + "/c1", "alice", "");
    village.result("alice", "SendMessage", withWebhook());
  }

  private static void assertRefused(String slug, HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(403);
    assertThat(answer.body()).contains("\"problem\":\"" + slug + "\"");
  }

  private static void assertRefused(String slug, JsonNode answer) {
    assertThat(answer.path("error").toString()).contains("\"problem\":\"" + slug + "\"");
  }
}
