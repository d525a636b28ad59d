package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.envelope;
import static dev.meshkore.hub.a2a.Village.message;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Both bindings refuse in A2A's words what A2A refuses, and in the hub's what REST would refuse.
final class ErrorsTest {
  private static final String RPC = "/agents/bob/a2a";

  @Test
  void jsonRpcHasItsOwnCodes() throws Exception {
    try (var village = new Village(Map.of())) {
      assertThat(code(village, "{")).isEqualTo(-32700);
      assertThat(code(village, "[]")).isEqualTo(-32600);
      assertThat(code(village, "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"GetTask\"}"))
          .isEqualTo(-32600);
      assertThat(code(village, "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"GetTask\"}"))
          .isEqualTo(-32600);
      assertThat(code(village, envelope("Nothing", "{}"))).isEqualTo(-32601);
      assertThat(code(village, envelope("GetTask", "[]"))).isEqualTo(-32602);
      for (String params :
          List.of(
              "{}",
              "{\"message\":{}}",
              "{\"message\":{\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[]}}",
              "{\"message\":{\"messageId\":\"m\",\"role\":\"user\",\"parts\":[{\"text\":\"t\"}]}}",
              "{\"message\":{\"messageId\":\"m\",\"role\":\"ROLE_USER\",\"parts\":[{\"text\":\"t\","
                  + "\"url\":\"u\"}]}}",
              "{\"message\":{\"messageId\":\"m\",\"role\":\"ROLE_USER\","
                  + "\"parts\":[{\"text\":\"\\u0000\"}]}}")) {
        assertThat(village.error("alice", "SendMessage", params)).as(params).isEqualTo(-32602);
      }
      assertThat(village.error("alice", "ListTasks", "{\"pageSize\":101}")).isEqualTo(-32602);
      assertThat(village.error("alice", "ListTasks", "{\"pageToken\":\"x\"}")).isEqualTo(-32602);
      assertThat(village.error("alice", "GetTask", "{\"id\":\"nope\"}")).isEqualTo(-32001);
    }
  }

  @Test
  void aWrongContextIsRefusedAndTheRightOneIsInferred() throws Exception {
    try (var village = new Village(Map.of())) {
      JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      String more = ",\"taskId\":\"" + task.get("id").stringValue() + "\",\"contextId\":\"other\"";
      assertThat(
              village.error(
                  "alice", "SendMessage", "{\"message\":" + Village.inner("m2", "hi", more) + "}"))
          .isEqualTo(-32602);
      assertThat(task.get("contextId").stringValue()).isNotBlank();
      String other = "{\"message\":" + Village.inner("m3", "hi", ",\"taskId\":\"nope\"") + "}";
      assertThat(village.error("alice", "SendMessage", other)).isEqualTo(-32001);
    }
  }

  @Test
  void versionsAreChecked() throws Exception {
    try (var village = new Village(Map.of())) {
      String get = envelope("GetTask", "{\"id\":\"nope\"}");
      for (String version : List.of("0.2", "2.0", "99.0", "x")) {
        HttpResponse<String> answer =
            village.call("POST", RPC, "alice", get, "A2A-Version", version);
        assertThat(answer.body()).as(version).contains("-32009", "VERSION_NOT_SUPPORTED");
      }
      assertThat(village.call("POST", RPC, "alice", get, "A2A-Version", "1.0.7").body())
          .contains("-32001");
      assertThat(village.call("POST", RPC + "?A2A-Version=1.0", "alice", get, "X", "y").body())
          .contains("-32001");
      HttpResponse<String> rest =
          village.call("GET", RPC + "/tasks", "alice", "", "A2A-Version", "");
      assertThat(rest.statusCode()).isEqualTo(400);
      assertThat(rest.body()).contains("VERSION_NOT_SUPPORTED", "a2a-protocol.org");
    }
  }

  @Test
  void theHubsRefusalsKeepTheirStatus() throws Exception {
    try (var village = new Village(Map.of("payload-bytes-max", "1024", "unread-max", "1"))) {
      String send = message("m1", "hi");
      String rpc = envelope("SendMessage", send);
      for (boolean isRpc : new boolean[] {true, false}) {
        String path = isRpc ? RPC : RPC + "/message:send";
        String body = isRpc ? rpc : send;
        HttpResponse<String> unknown = village.call("POST", path, "", body);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(unknown.headers().firstValue("WWW-Authenticate")).isPresent();
        assertThat(unknown.body()).contains("\"error\"", "UNAUTHENTICATED");
        HttpResponse<String> nobody =
            village.call("POST", path.replace("bob", "nobody"), "alice", body);
        assertThat(nobody.statusCode()).isEqualTo(404);
        assertThat(nobody.body()).contains("UNKNOWN_AGENT");
        HttpResponse<String> large =
            village.call("POST", path, "alice", body.replace("hi", "x".repeat(2_000)));
        assertThat(large.statusCode()).isEqualTo(413);
        HttpResponse<String> text =
            village.call(
                "POST", path, "alice", body, "Content-Type", "text/plain", "A2A-Version", "1.0");
        assertThat(text.statusCode()).isEqualTo(415);
        assertThat(text.body()).contains("CONTENT_TYPE_NOT_SUPPORTED");
      }
      village.result("alice", "SendMessage", atOnce("m2", "hi"));
      HttpResponse<String> full =
          village.call("POST", RPC + "/message:send", "alice", message("m3", "hi"));
      assertThat(full.statusCode()).isEqualTo(429);
      assertThat(full.headers().firstValue("Retry-After")).isPresent();
      assertThat(full.body()).contains("RESOURCE_EXHAUSTED", "INBOX_FULL", "RetryInfo");
    }
  }

  @Test
  void restAnswersInTheMediaTypeItWasAsked() throws Exception {
    try (var village = new Village(Map.of())) {
      String path = RPC + "/message%3Asend";
      for (String type : List.of("application/json", "application/a2a+json")) {
        HttpResponse<String> answer =
            village.call(
                "POST",
                path,
                "alice",
                atOnce(type, "hi"),
                "Content-Type",
                type,
                "A2A-Version",
                "1.0");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue(type);
      }
      assertThat(village.call("POST", path, "", "{").body()).contains("MALFORMED_JSON");
      HttpResponse<String> error = village.call("GET", RPC + "/tasks/nope", "alice", "");
      assertThat(error.statusCode()).isEqualTo(404);
      assertThat(error.headers().firstValue("Content-Type")).hasValue("application/json");
      JsonNode body = Village.JSON.readTree(error.body()).get("error");
      assertThat(body.get("status").stringValue()).isEqualTo("NOT_FOUND");
      assertThat(body.get("details").get(0).get("reason").stringValue())
          .isEqualTo("TASK_NOT_FOUND");
      assertThat(village.call("POST", RPC + "/tasks/nope", "alice", "").statusCode())
          .isEqualTo(404);
    }
  }

  @Test
  void callersOfVersion03AreUnderstood() throws Exception {
    try (var village = new Village(Map.of())) {
      String send =
          envelope(
              "message/send",
              "{\"message\":{\"kind\":\"message\",\"messageId\":\"m1\",\"role\":\"user\","
                  + "\"parts\":[{\"kind\":\"text\",\"text\":\"hi\"}]},"
                  + "\"configuration\":{\"blocking\":false}}");
      JsonNode task =
          Village.JSON
              .readTree(village.call("POST", RPC, "alice", send, "X", "y").body())
              .get("result");
      assertThat(task.get("kind").stringValue()).isEqualTo("task");
      assertThat(task.get("status").get("state").stringValue()).isEqualTo("submitted");
      assertThat(task.get("history").get(0).get("role").stringValue()).isEqualTo("user");
      String taskId = task.get("id").stringValue();
      village.bobSays(
          taskId,
          "{\"type\":\"task\",\"state\":\"completed\","
              + "\"artifact\":{\"parts\":[{\"url\":\"https://example.com/a\"}]}}");
      String get = envelope("tasks/get", "{\"id\":\"" + taskId + "\"}");
      JsonNode done =
          Village.JSON
              .readTree(village.call("POST", RPC, "alice", get, "X", "y").body())
              .get("result");
      assertThat(done.get("status").get("state").stringValue()).isEqualTo("completed");
      JsonNode part = done.get("artifacts").get(0).get("parts").get(0);
      assertThat(part.get("kind").stringValue()).isEqualTo("file");
      String cancel = envelope("tasks/cancel", "{\"id\":\"" + taskId + "\"}");
      assertThat(village.call("POST", RPC, "alice", cancel, "X", "y").body()).contains("-32002");
    }
  }

  private static int code(Village village, String body) throws Exception {
    HttpResponse<String> answer = village.call("POST", RPC, "alice", body);
    assertThat(answer.statusCode()).isEqualTo(200);
    return Village.JSON.readTree(answer.body()).get("error").get("code").intValue();
  }
}
