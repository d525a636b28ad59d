package dev.meshkore.hub.courier;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Outside agents that answer what no agent should: the sender hears of it, the hub goes on, and
/// nothing is logged as an error.
final class HostileAgentTest {
  private static final String CARD =
      """
      {"name":"x","capabilities":{"streaming":%s},"supportedInterfaces":
       [{"url":"%s/a2a","protocolBinding":"JSONRPC","protocolVersion":"1.0"}]}
      """;
  private final Errors errors = new Errors();
  private final AtomicInteger calls = new AtomicInteger();

  @BeforeEach
  void listen() {
    Logger.getLogger("dev.meshkore").addHandler(errors);
  }

  @AfterEach
  void nothingIsLoggedAsAnError() {
    Logger.getLogger("dev.meshkore").removeHandler(errors);
    assertThat(errors.lines).isEmpty();
  }

  /// Serves a card and one answer; `%s` in either is the server's address.
  private HttpServer serve(String card, String type, String answer) throws IOException {
    var at = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpServer server = HttpServer.create(at, 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    String url = url(server);
    server.createContext(
        "/",
        exchange -> {
          boolean isCard = exchange.getRequestURI().getPath().endsWith(".json");
          calls.addAndGet(isCard ? 0 : 1);
          String body = (isCard ? card : answer).replace("%s", url);
          write(exchange, isCard ? "application/json" : type, body);
        });
    server.start();
    return server;
  }

  private static void write(HttpExchange exchange, String type, String body) throws IOException {
    try (exchange) {
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().add("Content-Type", type);
      exchange.sendResponseHeaders(200, 0);
      exchange.getResponseBody().write(body.getBytes(StandardCharsets.UTF_8));
    } catch (IOException _) {
      // The hub had enough of it.
    }
  }

  private static String url(HttpServer server) {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// What the sender hears first; the hub's clock runs on until it does.
  private static JsonNode firstAnswer(HttpServer server) throws Exception {
    try (TestHub hub = TestHub.start(Map.of("outbound-private", "true"))) {
      Mail alice = Mail.join(hub.invite(), "alice");
      alice.send(url(server), "hello", "{}");
      hub.advance(Duration.ofHours(25));
      JsonNode answer = alice.readUntil(_ -> true).getFirst();
      alice.send("alice", "still here", "{}");
      alice.readUntil(Mail.saying("still here"));
      return answer.path("payload");
    } finally {
      server.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"supportedInterfaces\":\"x\"}",
        "{\"supportedInterfaces\":[null,1,[],{}]}",
        "{\"supportedInterfaces\":[{\"url\":{},\"protocolBinding\":[],\"protocolVersion\":1}]}",
        "{\"supportedInterfaces\":[{\"url\":\"a b\",\"protocolBinding\":\"JSONRPC\","
            + "\"protocolVersion\":\"1.0\"}]}",
        "{\"supportedInterfaces\":[{\"url\":\"file:///etc/passwd\","
            + "\"protocolBinding\":\"JSONRPC\",\"protocolVersion\":\"1.0\"}]}",
        "{\"supportedInterfaces\":[{\"url\":\"http://169.254.169.254/\","
            + "\"protocolBinding\":\"JSONRPC\",\"protocolVersion\":\"1.0\"}]}",
        "{\"supportedInterfaces\":[{\"url\":\"%s/a2a\","
            + "\"protocolBinding\":\"JSONRPC\",\"protocolVersion\":\"0.3.0\"}]}",
        "<html>",
        "{\"a\":1,\"a\":2}"
      })
  void aCardThatIsNone(String card) throws Exception {
    JsonNode heard = firstAnswer(serve(card, "application/json", "{}"));
    assertThat(heard.path("state").asString("")).isEqualTo("failed");
    assertThat(heard.path("problem").path("type").asString("")).startsWith("/problems/out");
    assertThat(calls).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"result\":null}",
        "{\"result\":{}}",
        "{\"result\":{\"task\":{}}}",
        "{\"result\":{\"task\":{\"id\":{},\"status\":{\"state\":\"TASK_STATE_COMPLETED\"}}}}",
        "{\"result\":{\"task\":{\"id\":\"a\\u0000b\",\"status\":{}}}}",
        "{\"result\":{\"statusUpdate\":{\"status\":{\"state\":\"TASK_STATE_COMPLETED\"}}}}",
        "{\"error\":{}}",
        "{\"error\":{\"code\":\"x\",\"message\":{}}}",
        "{\"error\":{\"code\":-32603,\"message\":\"\\ud800\"}}",
        "[1,2,3]"
      })
  void anAnswerThatIsNone(String answer) throws Exception {
    for (boolean isStreaming : List.of(true, false)) {
      String card = CARD.replaceFirst("%s", Boolean.toString(isStreaming));
      assertThat(firstAnswer(serve(card, "application/json", answer)).path("state").asString(""))
          .isEqualTo("failed");
    }
    String card = CARD.replaceFirst("%s", "true");
    String event = "data: " + answer + "\n\n";
    assertThat(firstAnswer(serve(card, "text/event-stream", event)).path("state").asString(""))
        .isEqualTo("failed");
  }

  private JsonNode heardOfTask(String status, String more) throws Exception {
    String task = "{\"id\":\"t\",\"status\":" + status + more + "}";
    String card = CARD.replaceFirst("%s", "false");
    return firstAnswer(serve(card, "application/json", "{\"result\":{\"task\":" + task + "}}"));
  }

  private static String done(String part) {
    return "{\"state\":\"TASK_STATE_COMPLETED\",\"message\":{\"parts\":[" + part + "]}}";
  }

  @Test
  void whatIsMoreThanAMessageMayHoldIsToldAsSuch() throws Exception {
    JsonNode large = heardOfTask(done("{\"text\":\"" + "x".repeat(300_000) + "\"}"), "");
    assertThat(large.path("state").asString("")).isEqualTo("completed");
    assertThat(large.path("problem").path("type").asString(""))
        .isEqualTo("/problems/message-too-large");
    String deep = "[".repeat(28) + "]".repeat(28);
    JsonNode nested = heardOfTask(done("{\"data\":" + deep + "}"), "");
    assertThat(nested.path("state").asString("")).isEqualTo("failed");
    JsonNode torn = heardOfTask(done("{\"text\":\"\\ud800\"}"), "");
    assertThat(torn.path("state").asString("")).isEqualTo("completed");
  }

  @Test
  void statesAndPartsOfAnyKindAreRead() throws Exception {
    String odd = "{\"state\":\"TASK_STATE_\\n\\\"X\",\"message\":{\"parts\":[1,null,{}]}}";
    assertThat(heardOfTask(odd, "").path("state").asString("")).isEqualTo("working");
    String oddArtifacts = ",\"artifacts\":[null,1,{\"parts\":\"x\"}]";
    JsonNode heard = heardOfTask("{\"state\":\"TASK_STATE_COMPLETED\"}", oddArtifacts);
    assertThat(heard.path("type").asString("")).isEqualTo("task");
  }

  @Test
  void aFloodOfEventsIsCutOff() throws Exception {
    var flood = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      flood
          .append("data: {\"result\":{\"statusUpdate\":{\"taskId\":\"t\",\"status\":")
          .append("{\"state\":\"TASK_STATE_WORKING\",\"timestamp\":\"")
          .append(i)
          .append("\"}}}}\n\n");
    }
    HttpServer server =
        serve(CARD.replaceFirst("%s", "true"), "text/event-stream", flood.toString());
    try (TestHub hub = TestHub.start(Map.of("outbound-private", "true"))) {
      Mail alice = Mail.join(hub.invite(), "alice");
      alice.send(url(server), "hello", "{\"id\":\"k1\"}");
      alice.awaitRead("k1");
      List<JsonNode> heard =
          alice.readUntil(message ->
              message.path("payload").path("state").asString("").equals("failed")
                  || message.path("sequence").longValue() >= 200);
      assertThat(heard).hasSize(200);
      alice.send("alice", "still here", "{}");
      assertThat(alice.readUntil(Mail.saying("still here"))).hasSizeLessThan(5);
    } finally {
      server.stop(0);
    }
  }

  private static final class Errors extends Handler {
    private final List<String> lines = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord line) {
      if (line.getLevel().intValue() >= Level.SEVERE.intValue()) {
        lines.add(line.getMessage() + " " + line.getThrown());
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
