package dev.meshkore.hub.a2a;

import static dev.meshkore.hub.a2a.Village.atOnce;
import static dev.meshkore.hub.a2a.Village.inner;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Notifications reach a webhook, in order, in spite of failures and restarts, and only allowed
/// addresses.
final class WebhooksTest {
  private static final Map<String, String> PRIVATE = Map.of("outbound-private", "true");

  @TempDir private Path data;

  /// What came to the webhook.
  private record Call(String authorization, String token, String type, JsonNode body) {}

  /// A webhook on loopback that refuses the first calls.
  private static final class Receiver implements AutoCloseable {
    final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    final CountDownLatch refused;
    private final AtomicInteger toRefuse;
    private final HttpServer server;

    Receiver(int refuseFirst) throws IOException {
      refused = new CountDownLatch(refuseFirst);
      toRefuse = new AtomicInteger(refuseFirst);
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/hook", this::receive);
      server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
      try (exchange) {
        byte[] body = exchange.getRequestBody().readAllBytes();
        boolean isRefused = toRefuse.getAndDecrement() > 0;
        if (isRefused) {
          refused.countDown();
        } else {
          var headers = exchange.getRequestHeaders();
          calls.add(
              new Call(
                  String.valueOf(headers.getFirst("Authorization")),
                  String.valueOf(headers.getFirst("X-A2A-Notification-Token")),
                  String.valueOf(headers.getFirst("Content-Type")),
                  Village.JSON.readTree(new String(body, StandardCharsets.UTF_8))));
        }
        exchange.sendResponseHeaders(isRefused ? 503 : 204, -1);
      }
    }

    String config() {
      return "{\"id\":\"c1\",\"url\":\"http://127.0.0.1:"
          + server.getAddress().getPort()
          + "/hook\",\"token\":\"t0ken\","
          + "\"authentication\":{\"scheme\":\"Bearer\",\"credentials\":\"s3cret\"}}";
    }

    /// What comes next, while time passes on the hub.
    Call next(Village village) throws InterruptedException {
      for (int i = 0; i < 100; i++) {
        Call call = calls.poll(200, TimeUnit.MILLISECONDS);
        if (call != null) {
          return call;
        }
        village.hub().advance(Duration.ofMinutes(1));
      }
      throw new AssertionError("Nothing came");
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static String begin(Village village, Receiver receiver) throws Exception {
    String request =
        "{\"message\":"
            + inner("m1", "hi", "")
            + ",\"configuration\":{\"returnImmediately\":true,\"taskPushNotificationConfig\":"
            + receiver.config()
            + "}}";
    return village.result("alice", "SendMessage", request).get("task").get("id").stringValue();
  }

  @Test
  void eventsReachTheWebhookInOrderAfterFailures() throws Exception {
    try (var receiver = new Receiver(2);
        var village = new Village(PRIVATE)) {
      String taskId = begin(village, receiver);
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"working\"}");
      village.bobSays(taskId, "{\"type\":\"task\",\"state\":\"completed\"}");
      while (!receiver.refused.await(100, TimeUnit.MILLISECONDS)) {
        village.hub().advance(Duration.ofSeconds(10));
      }
      Call first = receiver.next(village);
      assertThat(first.authorization()).isEqualTo("Bearer s3cret");
      assertThat(first.token()).isEqualTo("t0ken");
      assertThat(first.type()).isEqualTo("application/a2a+json");
      assertThat(state(first)).isEqualTo("TASK_STATE_WORKING");
      assertThat(state(receiver.next(village))).isEqualTo("TASK_STATE_COMPLETED");
      assertThat(receiver.calls).isEmpty();
    }
  }

  @Test
  void whatWaitsIsDeliveredAfterARestart() throws Exception {
    Map<String, String> settings = Map.of("outbound-private", "true", "data", data.toString());
    try (var receiver = new Receiver(1)) {
      var before = new Village(settings);
      String taskId = begin(before, receiver);
      before.bobSays(taskId, "\"done\"");
      assertThat(receiver.refused.await(20, TimeUnit.SECONDS)).isTrue();
      before.close();
      try (var after = new Village(settings, before)) {
        assertThat(state(receiver.next(after))).isEqualTo("TASK_STATE_COMPLETED");
      }
    }
  }

  @Test
  void configsAreKeptListedAndDeleted() throws Exception {
    try (var receiver = new Receiver(0);
        var village = new Village(PRIVATE)) {
      JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      String taskId = task.get("id").stringValue();
      String path = "/agents/bob/a2a/tasks/" + taskId + "/pushNotificationConfigs";
      JsonNode made = village.json("POST", path, "alice", receiver.config());
      assertThat(made.get("taskId").stringValue()).isEqualTo(taskId);
      assertThat(village.json("GET", path + "/c1", "alice", "")).isEqualTo(made);
      assertThat(village.json("GET", path, "alice", "").get("configs")).hasSize(1);
      assertThat(village.call("GET", path + "/c1", "eve", "").statusCode()).isEqualTo(404);
      assertThat(village.call("GET", path, "bob", "").statusCode()).isEqualTo(403);
      String of = "{\"taskId\":\"" + taskId + "\",\"id\":\"c1\"}";
      assertThat(village.result("alice", "DeleteTaskPushNotificationConfig", of)).isEmpty();
      village.json("DELETE", path + "/c1", "alice", "");
      assertThat(village.error("alice", "GetTaskPushNotificationConfig", of)).isEqualTo(-32001);
      village.bobSays(taskId, "\"done\"");
      assertThat(village.result("alice", "GetTask", "{\"id\":\"" + taskId + "\"}")).isNotEmpty();
      assertThat(receiver.calls).isEmpty();
    }
  }

  @Test
  void addressesThatMayNotBeCalledAreRefused() throws Exception {
    try (var village = new Village(Map.of())) {
      JsonNode task = village.result("alice", "SendMessage", atOnce("m1", "hi")).get("task");
      String path =
          "/agents/bob/a2a/tasks/" + task.get("id").stringValue() + "/pushNotificationConfigs";
      for (String url :
          List.of(
              "http://127.0.0.1:1/hook",
              "http://[::ffff:10.0.0.1]/",
              "http://2130706433/",
              "http://169.254.169.254/latest",
              "file:///etc/passwd",
              "ftp://example.com/",
              "http://user:password@example.com/",
              "no address")) {
        HttpResponse<String> answer =
            village.call("POST", path, "alice", "{\"url\":\"" + url + "\"}");
        assertThat(answer.statusCode()).as(url).isEqualTo(400);
        assertThat(answer.body()).containsAnyOf("OUTBOUND_REFUSED", "INVALID_FIELD");
      }
      HttpResponse<String> header =
          village.call(
              "POST",
              path,
              "alice",
              "{\"url\":\"https://example.com/\",\"token\":\"a\\r\\nX-Evil: 1\"}");
      assertThat(header.statusCode()).isEqualTo(400);
      for (int i = 0; i <= Tasks.HOOKS_MAX; i++) {
        HttpResponse<String> one =
            village.call(
                "POST", path, "alice", "{\"id\":\"" + i + "\",\"url\":\"https://example.com/\"}");
        assertThat(one.statusCode()).isEqualTo(i < Tasks.HOOKS_MAX ? 200 : 400);
      }
    }
  }

  private static String state(Call call) {
    return call.body().get("statusUpdate").get("status").get("state").stringValue();
  }

  @Test
  void messagesBringNoMoreWebhooksThanATaskMayHave() throws Exception {
    try (Village village = new Village(PRIVATE)) {
      String taskId =
          village
              .result("alice", "SendMessage", atOnce("m", "work"))
              .get("task")
              .get("id")
              .stringValue();
      for (int i = 0; i <= Tasks.HOOKS_MAX; i++) {
        String params =
            "{\"message\":"
                + inner("m" + i, "more", ",\"taskId\":\"" + taskId + "\"")
                + ",\"configuration\":{\"returnImmediately\":true,"
                + "\"taskPushNotificationConfig\":{\"id\":\"c"
                + i
                + "\",\"url\":\"http://127.0.0.1:9999/hook\"}}}";
        JsonNode answer = village.rpc("alice", "SendMessage", params);
        assertThat(answer.has("result")).as(answer.toString()).isEqualTo(i < Tasks.HOOKS_MAX);
      }
      String of = "{\"taskId\":\"" + taskId + "\"}";
      assertThat(village.result("alice", "ListTaskPushNotificationConfigs", of).get("configs"))
          .hasSize(Tasks.HOOKS_MAX);
    }
  }
}
