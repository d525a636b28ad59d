package dev.meshkore.hub.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Caller;
import dev.meshkore.hub.testing.TestHub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Requests that are small to send and large, or slow, to take in.
final class BombsTest {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static TestHub hub;
  private static Caller alice;
  private static String key;

  @BeforeAll
  static void begin() {
    hub = TestHub.start(Map.of());
    String url = hub.invite();
    String path = url.substring(url.indexOf("/join/"));
    key =
        Caller.withoutKey(hub)
            .post(201, path, "{\"agent_id\":\"alice\"}")
            .get("api_key")
            .stringValue();
    alice = Caller.of(hub, "alice", key);
    for (int i = 0; i < 50; i++) {
      String id = "agent-" + i;
      Caller.join(hub, id)
          .call(200, "PATCH", "/profile", "{\"description\":\"" + "aaaa ".repeat(80) + "\"}");
    }
  }

  @AfterAll
  static void end() {
    hub.close();
  }

  @Test
  void aCompressedBodyIsNotUnpacked() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write("{\"to\":\"alice\",\"payload\":\"".getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 50; i++) {
        gzip.write(new byte[1_000_000]);
      }
    }
    assertThat(packed.size()).isLessThan(100_000);
    for (String path :
        List.of("/send", "/mcp", "/agents/alice/a2a", "/hooks/claude", "/acp/runs")) {
      for (String encoding : List.of("gzip", "deflate", "br", "zstd", "x-gzip, gzip", "identity")) {
        RawHttp.Answer answer = post(path, "Content-Encoding: " + encoding, packed.toByteArray());
        assertThat(answer.status()).as(path + " " + encoding + answer.body()).isBetween(400, 415);
      }
      String transfer = "Transfer-Encoding: gzip, chunked";
      assertThat(post(path, transfer, packed.toByteArray()).status()).as(path).isLessThan(500);
    }
    alice.send("alice", "still here");
  }

  @Test
  void compressionOfWebSocketsIsNotSpoken() throws IOException {
    String request =
        "GET /ws HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            + "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits,"
            + " deflate-frame\r\nAuthorization: Bearer "
            + key
            + "\r\n\r\n";
    var question = new RawHttp.Question(request.getBytes(StandardCharsets.US_ASCII), true);
    RawHttp.Answer answer = raw().send(question);
    assertThat(answer.status()).isEqualTo(101);
    assertThat(answer.head().toLowerCase(Locale.ROOT))
        .contains("upgrade: websocket")
        .doesNotContain("sec-websocket-extensions", "deflate");
  }

  @Test
  void jsonThatNestsDeepIsRefusedAtTheDoor() {
    for (int depth : List.of(100, 10_000, 100_000)) {
      for (String payload : List.of("[".repeat(depth) + "]".repeat(depth), "[".repeat(depth))) {
        for (String path :
            List.of("/send", "/mcp", "/agents/alice/a2a", "/channels", "/acp/runs")) {
          String body = "{\"to\":\"alice\",\"params\":" + payload + ",\"payload\":" + payload + "}";
          HttpResponse<String> answer = quickly("POST", path, body);
          assertRefused(path, answer);
        }
      }
    }
  }

  @Test
  void namesThatCollideCostNoMoreThanOthers() {
    List<String> names = colliding(12);
    assertThat(names.stream().map(String::hashCode).distinct()).hasSize(1);
    String members = "\"" + String.join("\":1,\"", names) + "\":1";
    for (String path : List.of("/send", "/mcp", "/agents/alice/a2a", "/channels", "/mandates")) {
      assertRefused(path, quickly("POST", path, "{" + members + "}"));
    }
    String payload = "{\"to\":\"alice\",\"payload\":{" + members + "}}";
    assertThat(quickly("POST", "/send", payload).statusCode()).isEqualTo(201);
    assertThat(quickly("GET", "/messages?acknowledge=false", null).body())
        .contains(names.getLast());
  }

  /// A door of JSON-RPC refuses within an answer.
  private static void assertRefused(String path, HttpResponse<String> answer) {
    boolean isError = answer.statusCode() == 200 && answer.body().contains("\"error\":{");
    assertThat(isError || answer.statusCode() / 100 == 4).as(path + answer.body()).isTrue();
  }

  private static List<String> colliding(int pairs) {
    List<String> names = List.of("");
    for (int i = 0; i < pairs; i++) {
      var longer = new ArrayList<String>();
      names.forEach(name -> longer.addAll(List.of(name + "Aa", name + "BB")));
      names = longer;
    }
    return names;
  }

  @Test
  void aSearchIsWordsWhateverItLooksLike() {
    String fuzzy = "aaab aaac aaad aaae aaaf aaag aaah aaai aaaj aaak aaal aaam ";
    for (String query :
        List.of(
            "(a+)+$",
            "^(([a-z])+.)+[A-Z]([a-z])+$",
            "* ".repeat(150),
            "a* ".repeat(100),
            "\"a\" NEAR/9 \"b\" AND NOT (c OR d)",
            "[a TO z] id:alice~9 ^99 \\ +-!(){}",
            "'; DROP TABLE agent; --",
            "%".repeat(200),
            "aaaa~2 ".repeat(50),
            fuzzy.repeat(6),
            "a".repeat(399),
            "\uD83D\uDE00".repeat(100),
            "\u0000\u202E\uDB40\uDC41")) {
      for (String name : List.of("q", "capability", "trust", "status", "cursor")) {
        String path = "/agents?" + name + "=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
        HttpResponse<String> answer = quickly("GET", path, null);
        assertThat(answer.statusCode()).as(path + answer.body()).isLessThan(500);
      }
    }
    for (String number : List.of("-1", "0", "1e9", "99999999999999999999", "NaN", "")) {
      for (String path : List.of("/agents?q=aaaa&limit=", "/channels?limit=", "/receipts?after=")) {
        assertThat(quickly("GET", path + number, null).statusCode()).isBetween(200, 400);
      }
    }
    assertThat(quickly("GET", "/agents?q=" + "a".repeat(9_000), null).statusCode())
        .isBetween(400, 499);
  }

  private static HttpResponse<String> quickly(String method, String path, @Nullable String body) {
    long started = System.nanoTime();
    HttpResponse<String> answer = alice.exchange(method, path, body);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).as(path).isLessThan(SOON);
    return answer;
  }

  private static RawHttp raw() {
    return new RawHttp(hub.port());
  }

  private static RawHttp.Answer post(String path, String header, byte[] body) throws IOException {
    boolean isChunked = header.startsWith("Transfer");
    String length = isChunked ? "" : "Content-Length: " + body.length + "\r\n";
    String head =
        ("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n")
            + ("Content-Type: application/json\r\nAuthorization: Bearer " + key + "\r\n")
            + (length + header + "\r\n\r\n");
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    if (isChunked) {
      bytes.writeBytes(
          (Integer.toHexString(body.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
    bytes.writeBytes(body);
    if (isChunked) {
      bytes.writeBytes("\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }
    return raw().send(new RawHttp.Question(bytes.toByteArray(), true));
  }
}
