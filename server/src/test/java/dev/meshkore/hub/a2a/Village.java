package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A hub on which alice and eve are A2A clients, and bob answers by plain REST.
final class Village implements AutoCloseable {
  static final JsonMapper JSON = JsonMapper.shared();
  private static final String END = "end of stream";

  private final TestHub hub;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<String, String> keys = new HashMap<>();
  private long read;

  Village(Map<String, String> settings) throws Exception {
    hub = TestHub.start(settings);
    for (String name : new String[] {"alice", "bob", "eve"}) {
      join(name);
    }
  }

  /// The same agents on a hub that was started again over their data.
  Village(Map<String, String> settings, Village before) {
    hub = TestHub.start(settings);
    keys.putAll(before.keys);
    read = before.read;
  }

  void join(String name) throws Exception {
    String path = URI.create(hub.invite()).getPath();
    HttpResponse<String> joined = call("POST", path, "", "{\"agent_id\":\"" + name + "\"}");
    assertThat(joined.statusCode()).as(joined.body()).isEqualTo(201);
    keys.put(name, JSON.readTree(joined.body()).get("api_key").stringValue());
  }

  /// Somebody else who may call, with a key of its own.
  void keep(String name, String key) {
    keys.put(name, key);
  }

  TestHub hub() {
    return hub;
  }

  HttpResponse<String> call(String method, String path, String who, String body, String... headers)
      throws IOException, InterruptedException {
    return http.send(
        request(method, path, who, body, headers), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest request(
      String method, String path, String who, String body, String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(hub.url() + path))
            .timeout(java.time.Duration.ofSeconds(30))
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!who.isEmpty()) {
      request.header("Authorization", "Bearer " + keys.get(who));
    }
    if (headers.length == 0 && path.contains("/a2a")) {
      request.header("A2A-Version", "1.0");
    }
    for (int i = 0; i < headers.length; i += 2) {
      request.setHeader(headers[i], headers[i + 1]);
    }
    return request.build();
  }

  JsonNode json(String method, String path, String who, String body) throws Exception {
    HttpResponse<String> answer = call(method, path, who, body);
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    return JSON.readTree(answer.body());
  }

  /// Calls bob by JSON-RPC and answers the whole response.
  JsonNode rpc(String who, String method, String params) throws Exception {
    return JSON.readTree(call("POST", "/agents/bob/a2a", who, envelope(method, params)).body());
  }

  /// The result of a call to bob, which must succeed.
  JsonNode result(String who, String method, String params) throws Exception {
    JsonNode answer = rpc(who, method, params);
    assertThat(answer.has("result")).as(answer.toString()).isTrue();
    return answer.get("result");
  }

  /// The error code of a call to bob, which must fail.
  int error(String who, String method, String params) throws Exception {
    JsonNode answer = rpc(who, method, params);
    assertThat(answer.has("error")).as(answer.toString()).isTrue();
    assertThat(answer.get("error").get("data").get(0).get("reason").stringValue()).isNotBlank();
    return answer.get("error").get("code").intValue();
  }

  static String envelope(String method, String params) {
    return "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"" + method + "\",\"params\":" + params + "}";
  }

  /// A call that waits for bob meanwhile.
  CompletableFuture<JsonNode> later(String who, String method, String params) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return result(who, method, params);
          } catch (Exception failure) {
            throw new IllegalStateException(failure);
          }
        },
        Thread::startVirtualThread);
  }

  /// The events of a stream, as JSON texts, in order.
  BlockingQueue<String> stream(String method, String path, String who, String body) {
    var events = new LinkedBlockingQueue<String>();
    var _ =
        http.sendAsync(
                request(method, path, who, body, "A2A-Version", "1.0"),
                HttpResponse.BodyHandlers.ofLines())
            .thenAccept(answer -> {
              try (var lines = answer.body()) {
                lines
                    .filter(line -> !line.isEmpty() && !line.startsWith(":"))
                    .map(line -> line.replaceFirst("^data: ", ""))
                    .forEach(events::add);
              }
              events.add(END);
            });
    return events;
  }

  static JsonNode next(BlockingQueue<String> events) throws InterruptedException {
    String event = events.poll(20, TimeUnit.SECONDS);
    assertThat(event).isNotNull().isNotEqualTo(END);
    return JSON.readTree(String.valueOf(event));
  }

  static void assertEnded(BlockingQueue<String> events) throws InterruptedException {
    assertThat(events.poll(20, TimeUnit.SECONDS)).isEqualTo(END);
  }

  /// Bob's next message.
  JsonNode bobsMail() throws Exception {
    JsonNode page = json("GET", "/messages?wait=20&limit=1&after=" + read, "bob", "");
    assertThat(page.get("messages")).hasSize(1);
    read = page.get("after").longValue();
    return page.get("messages").get(0);
  }

  /// Bob answers in a thread.
  void bobSays(String taskId, String payload) throws Exception {
    json(
        "POST",
        "/send",
        "bob",
        "{\"to\":\"alice\",\"thread\":\"" + taskId + "\",\"payload\":" + payload + "}");
  }

  static String message(String messageId, String text) {
    return "{\"message\":" + inner(messageId, text, "") + "}";
  }

  static String message(String messageId, String text, String taskId) {
    return "{\"message\":" + inner(messageId, text, ",\"taskId\":\"" + taskId + "\"") + "}";
  }

  static String inner(String messageId, String text, String more) {
    return "{\"messageId\":\""
        + messageId
        + "\",\"role\":\"ROLE_USER\",\"parts\":[{\"text\":\""
        + text
        + "\"}]"
        + more
        + "}";
  }

  /// A message whose answer does not wait.
  static String atOnce(String messageId, String text) {
    return "{\"message\":"
        + inner(messageId, text, "")
        + ",\"configuration\":{\"returnImmediately\":true}}";
  }

  @Override
  public void close() {
    http.shutdownNow();
    hub.close();
  }
}
