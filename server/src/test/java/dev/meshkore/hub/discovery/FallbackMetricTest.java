package dev.meshkore.hub.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class FallbackMetricTest {
  private static String total(Caller caller) {
    return caller
        .exchange("GET", "/metrics", null)
        .body()
        .lines()
        .filter(line -> line.startsWith("meshkore_interpreter_fallbacks_total"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void requestsThatRulesReadForTheModelAreCounted() throws IOException {
    HttpServer broken =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    broken.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(500, -1);
          }
        });
    broken.start();
    String url = "http://127.0.0.1:" + broken.getAddress().getPort() + "/v1";
    Map<String, String> settings = Map.of("interpreter-url", url, "interpreter-model", "broken");
    try (TestHub hub = TestHub.start(settings)) {
      Caller alice = Caller.join(hub, "alice");
      assertThat(total(alice)).endsWith(" 0.0");
      JsonNode answer = alice.post(200, "/discover", "{\"query\":\"rain tomorrow\"}");
      assertThat(answer.at("/understood/by").stringValue()).isEqualTo("plain");
      assertThat(total(alice)).endsWith(" 1.0");
    } finally {
      broken.stop(0);
    }
  }
}
