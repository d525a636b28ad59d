package dev.meshkore.hub.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Owners and agents of a hub, by their keys.
final class People {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper JSON = new JsonMapper();

  private final TestHub hub;

  People(TestHub hub) {
    this.hub = hub;
  }

  /// The settings of hubs on every kind of database, each with these besides.
  static List<Map<String, String>> onEach(Path folder, Map<String, String> more) {
    var all = new ArrayList<Map<String, String>>();
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      var settings = new HashMap<>(more);
      if (url instanceof DatabaseUrl.PostgresqlServer server) {
        settings.put("database", TestDatabase.setting(server));
      }
      all.add(settings);
    }
    return all;
  }

  String owner(String name) {
    String body = "{\"name\":\"" + name + "\"}";
    return ask(201, "POST", "/owners", hub.adminKey(), body).get("api_key").stringValue();
  }

  String ownerId(String owner) {
    return ask(200, "GET", "/owners/me", owner, null).get("owner_id").stringValue();
  }

  String agentOf(String owner, String id) {
    return join(ask(201, "POST", "/invites", owner, "{}").get("url").stringValue(), id);
  }

  String agent(String id) {
    return join(hub.invite(), id);
  }

  private String join(String url, String id) {
    String path = url.substring(url.indexOf("/join/"));
    return ask(201, "POST", path, "", "{\"agent_id\":\"" + id + "\"}").get("api_key").stringValue();
  }

  int send(String key, String to, int number) {
    String body = "{\"to\":\"" + to + "\",\"payload\":" + number + "}";
    return exchange("POST", "/send", key, body).statusCode();
  }

  JsonNode refusal(String key, String to) {
    return ask(429, "POST", "/send", key, "{\"to\":\"" + to + "\",\"payload\":\"more\"}");
  }

  JsonNode inThread(int status, String key, String to, String thread) {
    String body = "{\"to\":\"" + to + "\",\"thread\":\"" + thread + "\",\"payload\":1}";
    return ask(status, "POST", "/send", key, body);
  }

  /// The first thing that an owner is told; waits until it is.
  JsonNode firstEvent(String owner) {
    while (true) {
      JsonNode events = ask(200, "GET", "/owners/me/events", owner, null).get("events");
      if (!events.isEmpty()) {
        return events.get(0).get("notice");
      }
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }

  /// Kind and object of every leaf of the audit log.
  List<String> leaves() {
    hub.hub().auditLog().tick();
    var leaves = new ArrayList<String>();
    String export = exchange("GET", "/audit/export", hub.adminKey(), null).body();
    for (String line : export.split("\n")) {
      JsonNode leaf = JSON.readTree(line).path("leaf");
      if (leaf.isString()) {
        JsonNode said = JSON.readTree(leaf.stringValue());
        leaves.add(said.path("kind").asString("") + " " + said.path("object").asString(""));
      }
    }
    return leaves;
  }

  JsonNode ask(int status, String method, String path, String key, @Nullable String body) {
    HttpResponse<String> answer = exchange(method, path, key, body);
    assertThat(answer.statusCode())
        .as(method + " " + path + ": " + answer.body())
        .isEqualTo(status);
    return JSON.readTree(answer.body().isEmpty() ? "{}" : answer.body());
  }

  HttpResponse<String> exchange(String method, String path, String key, @Nullable String body) {
    var publisher =
        body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(URI.create(hub.url() + path)).method(method, publisher);
    if (!key.isEmpty()) {
      request.header("Authorization", "Bearer " + key);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new AssertionError(method + " " + path, failure);
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }
}
