package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// An agent that speaks MCP, of one era, and REST to compare.
final class McpPlayer {
  static final JsonMapper JSON = new JsonMapper();

  private final HttpClient client;
  private final TestHub hub;
  private final Era era;
  private final String id;
  private final String key;
  private String path = "/mcp";

  private McpPlayer(HttpClient client, TestHub hub, Era era, String id, String key) {
    this.client = client;
    this.hub = hub;
    this.era = era;
    this.id = id;
    this.key = key;
  }

  static McpPlayer join(HttpClient client, TestHub hub, Era era, String id) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(hub.invite()))
              .POST(HttpRequest.BodyPublishers.ofString("{\"agent_id\":\"" + id + "\"}"))
              .build();
      JsonNode joined =
          JSON.readTree(client.send(request, HttpResponse.BodyHandlers.ofString()).body());
      return new McpPlayer(client, hub, era, id, joined.get("api_key").stringValue());
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  /// The same agent with other toolsets.
  McpPlayer with(String toolsets) {
    var other = new McpPlayer(client, hub, era, id, key);
    other.path = "/mcp?toolsets=" + toolsets;
    return other;
  }

  String id() {
    return id;
  }

  /// The same agent over REST.
  Caller caller() {
    return Caller.of(hub, id, key);
  }

  /// The result of a tool, called with a payment that is signed.
  JsonNode call(String tool, String arguments, ObjectNode payment) {
    ObjectNode params = McpJson.object();
    params.put("name", tool).set("arguments", JSON.readTree(arguments));
    params.putObject("_meta").set("x402/payment", payment);
    return result("tools/call", params);
  }

  /// The result of a tool, which may have failed.
  JsonNode call(String tool, String arguments) {
    ObjectNode params = McpJson.object();
    params.put("name", tool).set("arguments", JSON.readTree(arguments));
    return result("tools/call", params);
  }

  /// The data of a tool that did what was asked.
  ObjectNode data(String tool, String arguments) {
    JsonNode result = call(tool, arguments);
    assertThat(result.path("isError").asBoolean(false)).as(result.toString()).isFalse();
    return (ObjectNode) result.get("structuredContent");
  }

  /// The text of a tool.
  String text(String tool, String arguments) {
    return call(tool, arguments).get("content").get(0).get("text").stringValue();
  }

  JsonNode result(String method, ObjectNode params) {
    HttpResponse<String> response = send(message(method, params));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.has("result")).as(response.body()).isTrue();
    return answer.get("result");
  }

  /// A request of the player's era.
  ObjectNode message(String method, ObjectNode params) {
    if (era == Era.MODERN) {
      ObjectNode meta = params.withObject("/_meta");
      meta.put(Era.META_VERSION, Era.VERSION).putObject(Era.META_CAPABILITIES);
    }
    ObjectNode message = McpJson.object();
    message.put("jsonrpc", "2.0").put("id", 7).put("method", method).set("params", params);
    return message;
  }

  HttpResponse<String> send(ObjectNode message) {
    return send(request(message).build());
  }

  HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  /// The lines of a stream, as they come.
  Stream<String> lines(HttpRequest request) {
    try {
      HttpResponse<Stream<String>> response =
          client.send(request, HttpResponse.BodyHandlers.ofLines());
      assertThat(response.statusCode()).isEqualTo(200);
      return response.body();
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  /// A request with the headers that its era wants.
  HttpRequest.Builder request(ObjectNode message) {
    HttpRequest.Builder request = bare(path).header("Content-Type", "application/json");
    request.header("Accept", "application/json, text/event-stream");
    if (era == Era.MODERN) {
      request.header("MCP-Protocol-Version", Era.VERSION);
      request.header("Mcp-Method", message.path("method").asString(""));
      JsonNode params = message.path("params");
      String name = params.path("name").asString(params.path("uri").asString(""));
      if (!name.isEmpty()) {
        request.header("Mcp-Name", name);
      }
    }
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(McpJson.bytes(message)));
  }

  HttpRequest.Builder bare(String target) {
    return HttpRequest.newBuilder(URI.create(hub.url() + target))
        .header("Authorization", "Bearer " + key);
  }

  /// What REST answers.
  ObjectNode rest(String method, String target, String body) {
    HttpRequest.Builder request = bare(target).header("Content-Type", "application/json");
    request.method(
        method,
        body.isEmpty()
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(body));
    return McpJson.object(send(request.build()).body());
  }

  ObjectNode rest(String target) {
    return rest("GET", target, "");
  }

  /// The names of the tools that it is offered.
  List<String> tools() {
    var names = new ArrayList<String>();
    result("tools/list", McpJson.object())
        .get("tools")
        .forEach(tool -> names.add(tool.get("name").stringValue()));
    return names;
  }
}
