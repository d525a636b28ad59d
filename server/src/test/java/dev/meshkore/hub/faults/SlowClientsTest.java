package dev.meshkore.hub.faults;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.TestHub;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Clients that are slow, silent or without end cost themselves alone.
@Tag("faults")
final class SlowClientsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int REQUEST_DEADLINE_MS = 45_000;
  private static final int TAKEN_MAX = 32 << 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final TestHub hub = TestHub.start(Map.of("open", "true"));
  private final URI base = URI.create(hub.url());

  @AfterEach
  void stop() {
    http.close();
    hub.close();
  }

  @Test
  void aReaderThatNeverReadsCostsOthersNothingAndKeepsItsMail() throws Exception {
    Player slow = player("slow");
    Player quick = player("quick");
    Player sender = player("sender");
    String payload = "\"" + "p".repeat(200_000) + "\"";
    int count = 300;
    try (SocketChannel _ = webSocket(slow);
        Socket reads = Socket.open(quick, "");
        Socket sends = Socket.open(sender, "")) {
      for (int i = 1; i <= count; i++) {
        for (String to : List.of("slow", "quick")) {
          sends.send("{\"type\":\"send\",\"to\":\"" + to + "\",\"payload\":" + payload + "}");
        }
        assertThat(sequenceOfNextMessage(reads)).as("sequence after %s", i - 1).isEqualTo(i);
      }
    }
    try (Socket again = Socket.open(slow, "")) {
      for (int i = 1; i <= count; i++) {
        assertThat(sequenceOfNextMessage(again)).isEqualTo(i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"ping\",\"ref\":\"r\"}",
        "{\"type\":\"nonsense\"}",
        "{\"type\":\"send\",\"to\":\"nobody\",\"payload\":1}",
        "{\"type\":\"send\",\"to\":\"flooder\",\"payload\":1}"
      })
  void aClientThatAsksAndNeverReadsIsNotAskedForMore(String frame) throws Exception {
    try (SocketChannel socket = webSocket(player("flooder"))) {
      assertThat(taken(socket, masked(frame))).as("bytes that the hub took").isLessThan(TAKEN_MAX);
    }
    assertThat(player("other").get("/messages").status()).isEqualTo(200);
  }

  @Test
  void endsRequestsThatTakeTooLong() throws Exception {
    try (java.net.Socket loris = connect();
        java.net.Socket body = connect()) {
      body.getOutputStream()
          .write(ascii("POST /send HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"));
      loris.getOutputStream().write(ascii("GET /health HTTP/1.1\r\nX: "));
      Thread drip = Thread.ofVirtual().start(() -> drip(loris, body));
      body.setSoTimeout(REQUEST_DEADLINE_MS);
      loris.setSoTimeout(REQUEST_DEADLINE_MS);
      assertThat(readToEnd(loris)).isEmpty();
      assertThat(readToEnd(body)).isEmpty();
      drip.interrupt();
      drip.join();
    }
  }

  /// What it sends is read and dropped, for a reset would take the answer with it.
  @Test
  void whoIsRefusedHalfwayMaySendOnAndReadsWhy() throws Exception {
    int length = 24 << 20;
    String much = "b".repeat(length);
    assertThat(answer("GET /health HTTP/1.1\r\nHost: h\r\nX: " + much))
        .startsWith("HTTP/1.1 431")
        .contains("/problems/headers-too-large");
    String head = "POST /send HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n";
    assertThat(answer(head + much))
        .startsWith("HTTP/1.1 413")
        .contains("/problems/request-too-large");
  }

  @Test
  void whoSendsOnAfterARefusalIsEndedAfterAWhile() throws Exception {
    try (java.net.Socket endless = connect()) {
      endless.getOutputStream().write(ascii("What is this?\r\n\r\n"));
      assertThat(readToEnd(endless)).startsWith("HTTP/1.1 400");
      Thread drip = Thread.ofVirtual().start(() -> drip(endless, endless));
      assertThat(drip.join(SOON)).as("the hub ended the connection").isTrue();
    }
  }

  @Test
  void refusesWhatIsTooLarge() throws Exception {
    String largeHeader = "X-Large: " + "h".repeat(20_000) + "\r\n";
    assertThat(answer("GET /health HTTP/1.1\r\nHost: h\r\n" + largeHeader + "\r\n"))
        .startsWith("HTTP/1.1 431")
        .contains("/problems/headers-too-large");
    assertThat(answer("GET /" + "u".repeat(20_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
        .startsWith("HTTP/1.1 414");
    assertThat(answer("What is this?\r\n\r\n")).startsWith("HTTP/1.1 400");
    int length = 1 << 20;
    String head = "POST /send HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n";
    assertThat(answer(head + "b".repeat(length)))
        .startsWith("HTTP/1.1 413")
        .contains("/problems/request-too-large");
    String chunk = "8000\r\n" + "b".repeat(0x8000) + "\r\n";
    String chunked = "POST /send HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThat(answer(chunked + chunk.repeat(32))).startsWith("HTTP/1.1 413");
  }

  @Test
  void servesWhileManyConnectionsSendNothing() throws Exception {
    var silent = new ArrayList<java.net.Socket>();
    try {
      for (int i = 0; i < 200; i++) {
        silent.add(connect());
      }
      assertThat(player("anybody").get("/messages").status()).isEqualTo(200);
    } finally {
      for (java.net.Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void endsAConnectionWhoseClientSpeaksNoMore() throws Exception {
    try (java.net.Socket half = connect()) {
      half.getOutputStream()
          .write(ascii("POST /send HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n"));
      half.shutdownOutput();
      half.setSoTimeout((int) SOON.toMillis());
      assertThat(readToEnd(half)).isEmpty();
    }
  }

  private Player player(String id) throws IOException, InterruptedException {
    return new Player(base, http, hub.invite(), id).register();
  }

  private static long sequenceOfNextMessage(Socket socket)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode frame = socket.next(SOON);
      assertThat(frame).as("a frame in time").isNotNull();
      if (frame != null && frame.path("type").asString("").equals("message")) {
        return frame.get("sequence").asLong();
      }
    }
  }

  /// How much of what is written again and again the hub takes before it takes nothing for a while
  /// or ends the connection; at most a little more than it may take.
  private static long taken(SocketChannel socket, byte[] frame) throws IOException {
    var many = new byte[frame.length * 1_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = frame[i % frame.length];
    }
    long taken = 0;
    socket.configureBlocking(false);
    try (Selector selector = Selector.open()) {
      socket.register(selector, SelectionKey.OP_WRITE);
      while (taken <= TAKEN_MAX) {
        ByteBuffer bytes = ByteBuffer.wrap(many);
        while (bytes.hasRemaining() && selector.select(5_000) > 0) {
          selector.selectedKeys().clear();
          taken += socket.write(bytes);
        }
        if (bytes.hasRemaining()) {
          return taken;
        }
      }
    } catch (IOException _) {
      return taken;
    }
    return taken;
  }

  /// A WebSocket whose owner never reads after the handshake.
  private SocketChannel webSocket(Player player) throws IOException {
    SocketChannel channel = SocketChannel.open();
    channel.setOption(java.net.StandardSocketOptions.SO_RCVBUF, 4_096);
    channel.connect(new InetSocketAddress(base.getHost(), base.getPort()));
    String request =
        "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + "Authorization: Bearer "
            + player.token()
            + "\r\n\r\n";
    channel.write(ByteBuffer.wrap(ascii(request)));
    ByteBuffer head = ByteBuffer.allocate(12);
    while (head.hasRemaining() && channel.read(head) >= 0) {
      assertThat(head.position()).isPositive();
    }
    assertThat(new String(head.array(), US_ASCII)).isEqualTo("HTTP/1.1 101");
    return channel;
  }

  /// A text frame as a client sends it, masked with zeros.
  private static byte[] masked(String text) {
    byte[] payload = ascii(text);
    ByteBuffer frame = ByteBuffer.allocate(6 + payload.length);
    frame.put((byte) 0x81).put((byte) (0x80 | payload.length)).putInt(0).put(payload);
    return frame.array();
  }

  private static void drip(java.net.Socket loris, java.net.Socket body) {
    try {
      while (Thread.currentThread().isAlive()) {
        loris.getOutputStream().write('x');
        body.getOutputStream().write(ascii("1\r\nx\r\n"));
        Thread.sleep(Duration.ofSeconds(1));
      }
    } catch (IOException | InterruptedException _) {
      // The hub ended it, or the test is over.
    }
  }

  private String answer(String request) throws IOException {
    try (java.net.Socket socket = connect()) {
      socket.setSoTimeout((int) SOON.toMillis());
      socket.getOutputStream().write(ascii(request));
      return readToEnd(socket);
    }
  }

  private java.net.Socket connect() throws IOException {
    return new java.net.Socket(base.getHost(), base.getPort());
  }

  /// What comes until the hub ends the connection, in whichever way.
  private static String readToEnd(java.net.Socket socket) throws IOException {
    var text = new StringBuilder();
    InputStream in = socket.getInputStream();
    byte[] bytes = new byte[8_192];
    try {
      for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
        text.append(new String(bytes, 0, n, US_ASCII));
      }
    } catch (java.net.SocketTimeoutException failure) {
      throw new AssertionError("The hub did not end the connection; it wrote " + text, failure);
    } catch (IOException _) {
      // A reset ends it as well.
    }
    return text.toString();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
