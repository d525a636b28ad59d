package dev.meshkore.hub.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent that talks to the hub over HTTP, with a key it brought and the token it got for it.
final class Player {
  /// An answer of the hub.
  record Answer(int status, JsonNode body) {
    /// The name of a problem: `storage-full`, or `about:blank`.
    String slug() {
      String type = body.path("type").asString("none");
      return type.substring(type.lastIndexOf('/') + 1);
    }
  }

  static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  final String id;
  final HttpClient http;
  private final URI base;
  private volatile String token = "";

  Player(URI base, HttpClient http, String id) {
    this.base = base;
    this.http = http;
    this.id = id;
  }

  URI webSocketUri(String query) {
    return URI.create("ws://" + base.getAuthority() + "/ws" + query);
  }

  String token() {
    return token;
  }

  /// Registers, or gets a new token.
  Player register() throws IOException, InterruptedException {
    String key = "mk_" + (id + "x".repeat(43)).substring(0, 43);
    String body = JSON.writeValueAsString(Map.of("agent_id", id, "api_key", key));
    Answer answer = exchange(posting("/register", body));
    if (answer.status() / 100 != 2) {
      throw new IOException("register was answered " + answer);
    }
    token = answer.body().get("token").asString();
    return this;
  }

  Answer get(String path) throws IOException, InterruptedException {
    return exchange(HttpRequest.newBuilder(base.resolve(path)).GET());
  }

  Answer send(History.Send send) throws IOException, InterruptedException {
    return exchange(posting("/send", sendBody(send, "")));
  }

  Answer acknowledge(long sequence) throws IOException, InterruptedException {
    return exchange(posting("/messages/ack", "{\"sequence\":" + sequence + "}"));
  }

  Answer post(String path, String body) throws IOException, InterruptedException {
    return exchange(posting(path, body));
  }

  /// The members of a send, after what is put before them.
  static String sendBody(History.Send send, String before) {
    return "{"
        + before
        + "\"to\":\""
        + send.recipient
        + "\",\"id\":\""
        + send.id
        + "\",\"payload\":{\"number\":"
        + send.number
        + ",\"text\":\""
        + "m".repeat(200)
        + "\"}}";
  }

  private HttpRequest.Builder posting(String path, String body) {
    URI uri = base.resolve(path);
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private Answer exchange(HttpRequest.Builder request) throws IOException, InterruptedException {
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpResponse<byte[]> response =
        http.send(request.timeout(TIMEOUT).build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(response.statusCode(), JSON.readTree(response.body()));
  }
}
