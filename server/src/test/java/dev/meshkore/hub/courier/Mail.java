package dev.meshkore.hub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An agent of a hub, over REST.
final class Mail {
  /// What the hub answered.
  record Answer(int status, JsonNode body) {}

  private static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final String hub;
  private final String key;
  private long after;

  private Mail(String hub, String key) {
    this.hub = hub;
    this.key = key;
  }

  static Mail join(String invite, String name) throws Exception {
    String hub = invite.substring(0, invite.indexOf("/join/"));
    ObjectNode body = JSON.createObjectNode().put("agent_id", name);
    Answer joined = new Mail(hub, "").call("POST", invite.substring(hub.length()), body.toString());
    assertThat(joined.status()).as(joined.body().toString()).isEqualTo(201);
    return new Mail(hub, joined.body().get("api_key").stringValue());
  }

  String key() {
    return key;
  }

  /// The same agent, at a hub that listens elsewhere now.
  Mail at(String newHub) {
    return new Mail(newHub, key);
  }

  Answer call(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(hub + path))
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    HttpResponse<String> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
  }

  Answer trySend(String to, String text, String more) throws Exception {
    ObjectNode body = JSON.createObjectNode().put("to", to);
    body.putObject("payload").put("text", text);
    body.setAll((ObjectNode) JSON.readTree(more));
    return call("POST", "/send", body.toString());
  }

  /// Sends text and answers what the hub said of it.
  JsonNode send(String to, String text, String more) throws Exception {
    Answer answer = trySend(to, text, more);
    assertThat(answer.status()).as(answer.body().toString()).isLessThan(300);
    return answer.body();
  }

  /// Reads until a message is as wanted, and answers all that were read.
  List<JsonNode> readUntil(Predicate<JsonNode> isWanted) throws Exception {
    var read = new ArrayList<JsonNode>();
    for (int polls = 0; polls < 15; polls++) {
      Answer page = call("GET", "/messages?wait=2&limit=1&after=" + after, "");
      for (JsonNode message : page.body().get("messages")) {
        read.add(message);
        if (isWanted.test(message)) {
          after = message.get("sequence").longValue();
          return read;
        }
      }
      after = page.body().get("after").longValue();
      if (page.body().get("messages").isEmpty()) {
        polls++;
      } else {
        polls--;
      }
    }
    throw new IOException("It did not come; read " + read);
  }

  static Predicate<JsonNode> inState(String state) {
    return message -> message.path("payload").path("state").asString("").equals(state);
  }

  static Predicate<JsonNode> saying(String text) {
    return message -> message.path("payload").path("text").asString("").equals(text);
  }

  /// Waits until a message that was sent counts as read.
  void awaitRead(String id) throws Exception {
    String receipt = "";
    for (int i = 0; i < 1_000 && !receipt.contains("\"state\":\"read\""); i++) {
      receipt = call("GET", "/receipts/" + id, "").body().toString();
    }
    assertThat(receipt).contains("\"state\":\"read\"");
  }
}
