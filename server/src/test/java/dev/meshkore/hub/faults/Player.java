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

/// An agent that talks to the hub over HTTP, with the key that it was given when it joined and the
/// token it got for it. A key of its own choice would be hashed slowly.
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
  private final String invite;
  private volatile String key = "";
  private volatile String token = "";

  Player(URI base, HttpClient http, String invite, String id) {
    this.base = base;
    this.http = http;
    this.invite = invite;
    this.id = id;
  }

  /// The same at another hub, which knows its key.
  Player at(URI other) {
    var player = new Player(other, http, invite, id);
    player.key = key;
    return player;
  }

  URI webSocketUri(String query) {
    return URI.create("ws://" + base.getAuthority() + "/ws" + query);
  }

  String token() {
    return token;
  }

  /// Joins, or gets a new token.
  Player register() throws IOException, InterruptedException {
    Map<String, String> known =
        key.isEmpty() ? Map.of("agent_id", id) : Map.of("agent_id", id, "api_key", key);
    String path = key.isEmpty() ? invite : "/register";
    Answer answer = exchange(posting(path, JSON.writeValueAsString(known)));
    if (answer.status() / 100 != 2) {
      throw new IOException("Joining was answered " + answer);
    }
    if (key.isEmpty()) {
      key = answer.body().get("api_key").asString();
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
