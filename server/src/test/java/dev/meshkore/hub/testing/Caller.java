package dev.meshkore.hub.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An agent of a hub that speaks plain REST.
public final class Caller {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();
  private static final int BUSY_MAX = 2;

  private final String url;
  private final String id;
  private final String key;

  private Caller(String url, String id, String key) {
    this.url = url;
    this.id = id;
    this.key = key;
  }

  /// Lets an agent join.
  public static Caller join(TestHub hub, String id) {
    var stranger = new Caller("", id, "");
    JsonNode joined = stranger.ask(201, "POST", hub.invite(), "{\"agent_id\":\"" + id + "\"}");
    return new Caller(hub.url(), id, joined.get("api_key").stringValue());
  }

  /// Whoever holds this key.
  public static Caller of(TestHub hub, String id, String key) {
    return new Caller(hub.url(), id, key);
  }

  /// Somebody without a credential.
  public static Caller withoutKey(TestHub hub) {
    return new Caller(hub.url(), "", "");
  }

  /// Whoever holds the admin key.
  public static Caller admin(TestHub hub) {
    return new Caller(hub.url(), "admin", hub.adminKey());
  }

  /// The same agent at another hub on the same database.
  public Caller at(TestHub other) {
    return new Caller(other.url(), id, key);
  }

  /// Its name.
  public String id() {
    return id;
  }

  /// Its API key.
  public String key() {
    return key;
  }

  /// A live session of it.
  public TextSocket session() {
    return new TextSocket(url, key);
  }

  /// Sends a text, and answers the message's id.
  public String send(String to, String text) {
    JsonNode payload = JSON.createObjectNode().put("text", text);
    return post(201, "/send", "{\"to\":\"" + to + "\",\"payload\":" + payload + "}")
        .get("id")
        .stringValue();
  }

  /// Posts JSON and expects a status.
  public JsonNode post(int status, String path, String body) {
    return ask(status, "POST", url + path, body);
  }

  /// Gets JSON and expects a status.
  public JsonNode get(int status, String path) {
    return ask(status, "GET", url + path, null);
  }

  /// Gets JSON, and asks again where the hub is busy: where a machine has very much to do, its
  /// database may fail for a moment. A hub that goes on to say so is at fault.
  public JsonNode patiently(String path) {
    HttpResponse<String> answer = exchange("GET", path, null);
    for (int i = 0; i < BUSY_MAX && answer.body().contains("/problems/busy"); i++) {
      answer = exchange("GET", path, null);
    }
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body());
  }

  /// Makes any request with a JSON body, and expects a status; an empty answer is null.
  public JsonNode call(int status, String method, String path, @Nullable String body) {
    HttpResponse<String> answer = exchange(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body().isEmpty() ? "null" : answer.body());
  }

  /// The answer, whatever it is.
  public HttpResponse<String> exchange(String method, String path, @Nullable String body) {
    return exchangeAt(method, url + path, body, Map.of());
  }

  /// The same, with more headers.
  public HttpResponse<String> exchange(
      String method, String path, @Nullable String body, Map<String, String> headers) {
    return exchangeAt(method, url + path, body, headers);
  }

  private JsonNode ask(int status, String method, String address, @Nullable String body) {
    HttpResponse<String> answer = exchangeAt(method, address, body, Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return JSON.readTree(answer.body());
  }

  private HttpResponse<String> exchangeAt(
      String method, String address, @Nullable String body, Map<String, String> headers) {
    var publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(address)).method(method, publisher);
    headers.forEach(request::header);
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(method + " " + address, failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }
}
