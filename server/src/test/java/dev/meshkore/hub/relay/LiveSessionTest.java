package dev.meshkore.hub.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Live sessions of a running hub: how they begin, and what is told of the mail they hand over.
final class LiveSessionTest {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int UNREAD = 600;

  @TempDir private Path data;

  private final HttpClient http = HttpClient.newHttpClient();
  private @Nullable TestHub running;

  @AfterEach
  void stop() {
    http.close();
    if (running != null) {
      running.close();
    }
  }

  @Test
  void mailThatWasReadFromDiskIsTold() throws Exception {
    TestHub before = start();
    register(before, "reader");
    String sender = register(before, "sender");
    String last = "";
    for (int i = 0; i < UNREAD; i++) {
      JsonNode sent = post(before, "/send", sender, "{\"to\":\"reader\",\"payload\":" + i + "}");
      last = sent.get("id").asString();
    }
    before.close();
    TestHub after = start();
    var frames = new Frames();
    connect(after, register(after, "reader"), frames);
    for (int i = 1; i <= UNREAD; i++) {
      assertThat(frames.next("message").get("sequence").asLong()).isEqualTo(i);
    }
    frames.socket().sendText("{\"type\":\"ping\",\"ref\":\"r\"}", true).join();
    assertThat(frames.next("pong").get("ref").asString()).isEqualTo("r");
    JsonNode receipt = get(after, "/receipts/" + last, register(after, "sender"));
    assertThat(receipt.toString()).contains("\"delivered\"");
    frames.socket().abort();
  }

  @Test
  void aHelloThatAsksForTooMuchMayBeSaidAgain() throws Exception {
    TestHub hub = start();
    String token = register(hub, "late");
    var frames = new Frames();
    connect(hub, null, frames);
    frames.socket().sendText(hello(token, 99), true).join();
    assertThat(frames.next("problem").get("problem").get("type").asString())
        .isEqualTo("/problems/invalid-field");
    frames.socket().sendText(hello(token, 0), true).join();
    assertThat(frames.next("welcome").get("agent_id").asString()).isEqualTo("late");
    frames.socket().abort();
  }

  @Test
  void aHelloOfNobodyEndsTheConnectionAndSaysWhy() throws Exception {
    TestHub hub = start();
    var nobody = new Frames();
    connect(hub, null, nobody);
    nobody.socket().sendText(hello("nobody's", 0), true).join();
    assertThat(nobody.next("closed").toString()).contains("4401", "\"unauthenticated\"");
    var admin = new Frames();
    connect(hub, null, admin);
    admin.socket().sendText(hello(hub.adminKey(), 0), true).join();
    assertThat(admin.next("closed").toString()).contains("4401", "\"not-allowed\"");
  }

  @Test
  void whatIsNoHandshakeIsAProblem() throws Exception {
    TestHub hub = start();
    String head = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n";
    String key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    assertThat(answer(hub, head + "Sec-WebSocket-Version: 13\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("about:blank");
    assertThat(answer(hub, head + key + "Sec-WebSocket-Version: 7\r\n\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("about:blank");
    assertThat(answer(hub, head + key + "Sec-WebSocket-Version: 13\r\n\r\n"))
        .startsWith("HTTP/1.1 101 ");
  }

  @Test
  void aBrokenChunkIsAProblem() throws Exception {
    String head = "POST /send HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(answer(start(), head + "zz\r\n{}\r\n"))
        .startsWith("HTTP/1.1 400 ")
        .contains("about:blank");
  }

  private TestHub start() {
    TestHub hub = TestHub.start(Map.of("open", "true", "data", data.toString()));
    running = hub;
    return hub;
  }

  private static String hello(String token, long after) {
    return "{\"type\":\"hello\",\"token\":\"" + token + "\",\"after\":" + after + "}";
  }

  private String register(TestHub hub, String id) throws IOException, InterruptedException {
    String key = "mk_" + (id + "x".repeat(43)).substring(0, 43);
    String body = "{\"agent_id\":\"" + id + "\",\"api_key\":\"" + key + "\"}";
    return post(hub, "/register", null, body).get("token").asString();
  }

  private JsonNode post(TestHub hub, String path, @Nullable String token, String body)
      throws IOException, InterruptedException {
    return exchange(
        HttpRequest.newBuilder(URI.create(hub.url()).resolve(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)),
        token);
  }

  private JsonNode get(TestHub hub, String path, String token)
      throws IOException, InterruptedException {
    return exchange(HttpRequest.newBuilder(URI.create(hub.url()).resolve(path)), token);
  }

  private JsonNode exchange(HttpRequest.Builder request, @Nullable String token)
      throws IOException, InterruptedException {
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return JSON.readTree(
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).body());
  }

  private void connect(TestHub hub, @Nullable String token, Frames frames) {
    WebSocket.Builder builder = http.newWebSocketBuilder();
    if (token != null) {
      builder.header("Authorization", "Bearer " + token);
    }
    URI uri = URI.create(hub.url().replaceFirst("^http", "ws") + "/ws");
    frames.opened.complete(builder.buildAsync(uri, frames).join());
  }

  /// The first that comes back for what is sent as it is.
  private static String answer(TestHub hub, String request) throws IOException {
    URI uri = URI.create(hub.url());
    try (var socket = new Socket(uri.getHost(), uri.getPort())) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      var bytes = new byte[4_096];
      int n = socket.getInputStream().read(bytes);
      return new String(bytes, 0, Math.max(0, n), StandardCharsets.US_ASCII);
    }
  }

  /// What comes over one WebSocket; its end is a frame too.
  private static final class Frames implements WebSocket.Listener {
    private final CompletableFuture<WebSocket> opened = new CompletableFuture<>();
    private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final StringBuilder parts = new StringBuilder();

    WebSocket socket() {
      return opened.join();
    }

    /// The next frame of a type; others are passed over.
    JsonNode next(String type) throws InterruptedException {
      while (true) {
        String text = received.poll(20, TimeUnit.SECONDS);
        assertThat(text).as("a frame of type %s in time", type).isNotNull();
        JsonNode frame = JSON.readTree(text);
        if (frame.get("type").asString().equals(type)) {
          return frame;
        }
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      parts.append(text);
      if (last) {
        received.add(parts.toString());
        parts.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      received.add("{\"type\":\"closed\",\"code\":" + code + ",\"reason\":\"" + reason + "\"}");
      return null;
    }
  }
}
