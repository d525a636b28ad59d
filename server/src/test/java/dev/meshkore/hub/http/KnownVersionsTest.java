package dev.meshkore.hub.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The hub answers what it cannot read in its own words, and nothing else answers for it.
final class KnownVersionsTest {
  private static TestHub hub;

  @BeforeAll
  static void start() {
    hub = TestHub.start(Map.of());
  }

  @AfterAll
  static void stop() {
    hub.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET /health HtTP/1.1",
        "GET /health http/1.1",
        "GET /health HTTP/1.7",
        "GET /health HTTP/2.0",
        "GET /health HTTP/0.9",
        "GET /health ICY/1.0",
        "PRI * HTTP/2.0",
        "GET /health",
        "GET /health HTTP/1.1 more",
      })
  void anotherVersionIsToldToBeUnreadable(String line) throws IOException {
    String answer = send(line + "\r\nHost: hub\r\n\r\n");
    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("\r\nContent-Type: application/problem+json\r\n")
        .contains("\"status\":400");
  }

  @Test
  void aHandshakeWithABodyIsRefused() throws IOException {
    String answer =
        head(
            "GET /ws HTTP/1.1\r\nHost: hub\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                + "Content-Length: 20000\r\n\r\n"
                + "x".repeat(20_000));
    assertThat(answer)
        .startsWith("HTTP/1.1 400 ")
        .containsIgnoringCase("\r\nContent-Type: application/problem+json\r\n");
  }

  private static String head(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), hub.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      var head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = socket.getInputStream().read();
        assertThat(next).as(head.toString()).isNotNegative();
        head.append((char) next);
      }
      return head.toString();
    }
  }

  @Test
  void theVersionsThatAreKnownAreAnswered() throws IOException {
    assertThat(send("GET /health HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.0 200 ");
    assertThat(send("GET /health HTTP/1.1\r\nHost: hub\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 ");
  }

  private static String send(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), hub.port())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
