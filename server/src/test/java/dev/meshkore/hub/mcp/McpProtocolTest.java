package dev.meshkore.hub.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Both eras of the protocol, as their revisions want them.
final class McpProtocolTest {
  private final HttpClient client = HttpClient.newHttpClient();
  private TestHub hub;
  private McpPlayer modern;
  private McpPlayer legacy;

  @BeforeEach
  void open() {
    hub = TestHub.start(Map.of());
    modern = McpPlayer.join(client, hub, Era.MODERN, "modern");
    legacy = McpPlayer.join(client, hub, Era.LEGACY, "legacy");
  }

  @AfterEach
  void close() {
    hub.close();
    client.close();
  }

  private static void assertError(HttpResponse<String> response, int status, int code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    JsonNode answer = McpPlayer.JSON.readTree(response.body());
    assertThat(answer.path("error").path("code").intValue()).as(response.body()).isEqualTo(code);
  }

  private HttpRequest.Builder post(String body) {
    return modern
        .bare("/mcp")
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  @Test
  void tellsWhatItIs() {
    JsonNode discovered = modern.result("server/discover", McpJson.object());
    assertThat(discovered.get("supportedVersions")).hasToString("[\"2026-07-28\"]");
    assertThat(discovered.get("resultType").stringValue()).isEqualTo("complete");
    assertThat(discovered.get("_meta").toString()).contains("\"name\":\"meshkore\"");
    ObjectNode params = McpJson.object().put("protocolVersion", "2025-06-18");
    assertThat(legacy.result("initialize", params).get("protocolVersion").stringValue())
        .isEqualTo("2025-06-18");
    params.put("protocolVersion", "2024-11-05");
    assertThat(legacy.result("initialize", params).get("protocolVersion").stringValue())
        .isEqualTo("2025-11-25");
    assertThat(legacy.result("ping", McpJson.object())).isEmpty();
    assertThat(legacy.result("tools/list", McpJson.object()).has("resultType")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "initialize",
        "ping",
        "logging/setLevel",
        "resources/subscribe",
        "resources/unsubscribe",
        "no/such"
      })
  void hasNoOldMethodsInTheNewEra(String method) {
    assertError(modern.send(modern.message(method, McpJson.object())), 404, -32601);
  }

  @Test
  void checksHeadersAgainstTheBody() {
    ObjectNode list = modern.message("tools/list", McpJson.object());
    HttpRequest.Builder noMethod =
        post(list.toString()).header("MCP-Protocol-Version", Era.VERSION);
    assertError(modern.send(noMethod.build()), 400, -32020);
    HttpRequest.Builder noVersion = post(list.toString()).header("Mcp-Method", "tools/list");
    assertError(modern.send(noVersion.build()), 400, -32020);
    HttpRequest.Builder otherMethod = noMethod.copy().header("Mcp-Method", "tools/call");
    assertError(modern.send(otherMethod.build()), 400, -32020);
    ObjectNode call = modern.message("tools/call", McpJson.object().put("name", "inbox"));
    HttpRequest.Builder otherName =
        post(call.toString())
            .header("MCP-Protocol-Version", Era.VERSION)
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", "send");
    assertError(modern.send(otherName.build()), 400, -32020);
    HttpRequest.Builder encoded =
        post(call.toString())
            .header("MCP-Protocol-Version", Era.VERSION)
            .header("Mcp-Method", "tools/call")
            .header("Mcp-Name", "=?base64?aW5ib3g=?=");
    assertThat(modern.send(encoded.build()).statusCode()).isEqualTo(200);
  }

  @Test
  void checksTheEnvelope() {
    String bare = "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\"}";
    HttpRequest.Builder request =
        post(bare).header("MCP-Protocol-Version", Era.VERSION).header("Mcp-Method", "tools/list");
    assertError(modern.send(request.build()), 400, -32602);
    ObjectNode later = modern.message("tools/list", McpJson.object());
    ((ObjectNode) later.get("params").get("_meta")).put(Era.META_VERSION, "2099-01-01");
    HttpRequest.Builder future =
        post(later.toString())
            .header("MCP-Protocol-Version", "2099-01-01")
            .header("Mcp-Method", "tools/list");
    HttpResponse<String> refused = modern.send(future.build());
    assertError(refused, 400, -32022);
    assertThat(refused.body()).contains("\"supported\":[\"2026-07-28\"]", "\"id\":7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]|-32600",
        "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}|-32600",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}|-32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}|-32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}|-32600",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",\"params\":[]}|-32602",
        "{\"jsonrpc\":|-32700",
        "{}{}|-32700",
      })
  void refusesWhatIsNoMessage(String body, int code) {
    assertError(modern.send(post(body).build()), 400, code);
  }

  @Test
  void takesWhatWantsNoAnswer() {
    String told = "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}";
    assertThat(modern.send(post(told).build()).statusCode()).isEqualTo(202);
    String answered = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"result\":{}}";
    assertThat(modern.send(post(answered).build()).statusCode()).isEqualTo(202);
    HttpRequest get = modern.bare("/mcp").build();
    assertThat(modern.send(get).statusCode()).isEqualTo(405);
    assertThat(modern.send(modern.bare("/mcp").DELETE().build()).statusCode()).isEqualTo(405);
  }

  @Test
  void tellsAModernClientOfMail() {
    ObjectNode params = McpJson.object();
    ObjectNode asked = params.putObject("notifications").put("toolsListChanged", true);
    asked.putArray("resourceSubscriptions").add("hub://inbox").add("hub://nothing");
    ObjectNode listen = modern.message("subscriptions/listen", params);
    try (Stream<String> lines = modern.lines(modern.request(listen).build())) {
      Iterator<String> data = lines.filter(line -> line.startsWith("data:")).iterator();
      assertThat(data.next())
          .contains("notifications/subscriptions/acknowledged")
          .contains("\"notifications\":{\"resourceSubscriptions\":[\"hub://inbox\"]}")
          .contains("\"io.modelcontextprotocol/subscriptionId\":7");
      legacy.data("send", "{\"to\":\"modern\",\"text\":\"hi\"}");
      assertThat(data.next())
          .contains("notifications/resources/updated", "hub://inbox", "subscriptionId\":7");
    }
  }

  @Test
  void tellsALegacyClientOfMailItSubscribedTo() {
    legacy.result("resources/subscribe", McpJson.object().put("uri", "hub://inbox"));
    HttpRequest get = legacy.bare("/mcp").header("Accept", "text/event-stream").build();
    try (Stream<String> lines = legacy.lines(get)) {
      Iterator<String> all = lines.iterator();
      assertThat(all.next()).isEqualTo(": connected");
      Iterator<String> data =
          Stream.generate(all::next).filter(line -> line.startsWith("data:")).iterator();
      modern.data("send", "{\"to\":\"legacy\",\"text\":\"hi\"}");
      assertThat(data.next()).contains("notifications/resources/updated", "hub://inbox");
    }
  }

  @Test
  void saysHowToBeLetIn() throws Exception {
    String ping = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    String metadata = hub.url() + "/.well-known/oauth-protected-resource/mcp";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(hub.url() + "/mcp"))
            .POST(HttpRequest.BodyPublishers.ofString(ping));
    HttpResponse<String> nobody = modern.send(request.copy().build());
    assertThat(nobody.statusCode()).isEqualTo(401);
    assertThat(nobody.headers().firstValue("WWW-Authenticate"))
        .hasValue("Bearer resource_metadata=\"" + metadata + "\"");
    HttpRequest wrong = request.copy().header("Authorization", "Bearer nonsense").build();
    assertThat(modern.send(wrong).headers().firstValue("WWW-Authenticate").orElse(""))
        .contains("error=\"invalid_token\"");
    HttpRequest admin = request.copy().header("Authorization", "Bearer " + hub.adminKey()).build();
    assertThat(modern.send(admin).statusCode()).isEqualTo(403);
    HttpRequest get = HttpRequest.newBuilder(URI.create(metadata)).build();
    assertThat(McpPlayer.JSON.readTree(modern.send(get).body()).get("resource").stringValue())
        .isEqualTo(hub.url() + "/mcp");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,,200",
    "localhost:99,,200",
    "[::1]:99,http://localhost:3000,200",
    "192.168.1.7,,200",
    "evil.example.com,,403",
    "evil.example.com:80,,403",
    "127.0.0.1.evil.example.com,,403",
    "127.0.0.1,http://evil.example.com,403",
    "127.0.0.1,http://203.0.113.7,403",
    "127.0.0.1,null,403",
  })
  void letsInOnlyItsOwnNames(String host, String origin, int status) throws IOException {
    String body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}";
    String request =
        "POST /mcp HTTP/1.1\r\nHost: "
            + host
            + (origin == null ? "" : "\r\nOrigin: " + origin)
            + "\r\nAuthorization: "
            + modern.bare("/mcp").build().headers().firstValue("Authorization").orElseThrow()
            + "\r\nConnection: close\r\nContent-Length: "
            + body.length()
            + "\r\n\r\n"
            + body;
    int port = URI.create(hub.url()).getPort();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 " + status);
    }
  }
}
