package dev.meshkore.hub.chain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.evm.Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A node answers what was not asked for, or half of it: that is told as a failure, and in time.
final class NodeTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Address TOKEN = new Address("036cbd53842c5426634e7929541ec2318f3dcf7e");
  private static final String WORD = "0x" + "ab".repeat(32);
  private static final String OTHER = "0x" + "cd".repeat(32);

  private static URI url(int port) {
    return URI.create("http://127.0.0.1:" + port + "/");
  }

  private static List<Node.Log> logs(String result) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          var call = (ObjectNode) JSON.readTree(exchange.getRequestBody().readAllBytes());
          ObjectNode answer = JSON.createObjectNode();
          answer.set("id", call.get("id"));
          answer.set("result", JSON.readTree(result));
          byte[] bytes = JSON.writeValueAsBytes(answer);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    try (var rpc = new JsonRpc(url(server.getAddress().getPort()))) {
      return new Node(rpc).logs(TOKEN, 1, 2, List.of(WORD));
    } finally {
      server.stop(0);
    }
  }

  private static String log(String contract, String topics) {
    return """
    [{"address":"%s","topics":%s,"data":"0x","transactionHash":"%s","logIndex":"0x3"}]
    """
        .formatted(contract, topics, OTHER);
  }

  @Test
  void readsLogsThatWereAskedFor() throws IOException {
    List<Node.Log> logs = logs(log(TOKEN.text(), "[\"" + OTHER + "\",\"" + WORD + "\"]"));
    assertThat(logs).hasSize(1);
    assertThat(logs.getFirst().kind()).isEqualTo(OTHER);
    assertThat(logs.getFirst().index()).isEqualTo(3);
    assertThat(logs("[]")).isEmpty();
  }

  @Test
  void refusesLogsThatWereNotAskedFor() {
    String good = "[\"" + OTHER + "\",\"" + WORD + "\"]";
    List<String> wrong =
        List.of(
            log(TOKEN.text(), "[]"),
            log(TOKEN.text(), "null"),
            log(TOKEN.text(), "[\"" + OTHER + "\"]"),
            log(TOKEN.text(), "[\"" + WORD + "\",\"" + OTHER + "\"]"),
            log(TOKEN.text(), "[7,\"" + WORD + "\"]"),
            log("0x" + "00".repeat(20), good),
            log(TOKEN.text(), good).replace("0x3", "three"),
            log(TOKEN.text(), good).replace("\"logIndex\":\"0x3\"", "\"logIndex\":null"),
            "[null]",
            "[7]",
            "{}",
            "null");
    for (String result : wrong) {
      assertThatThrownBy(() -> logs(result)).as(result).isInstanceOf(NodeFailure.class);
    }
  }

  @Test
  void aNodeThatStallsAfterItsHeadersIsLeft() throws Exception {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var rpc = new JsonRpc(url(server.getLocalPort()), Duration.ofMillis(500));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Socket> accepted = threads.submit(() -> stalling(server));
      Future<?> asked =
          threads.submit(() ->
              assertThatThrownBy(() -> new Node(rpc).chain()).isInstanceOf(NodeFailure.class));
      Socket socket = accepted.get(20, TimeUnit.SECONDS);
      try (socket) {
        asked.get(20, TimeUnit.SECONDS);
      }
    }
  }

  private static Socket stalling(ServerSocket server) throws IOException {
    Socket socket = server.accept();
    String head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":";
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }
}
