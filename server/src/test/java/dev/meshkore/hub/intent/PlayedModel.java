package dev.meshkore.hub.intent;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.http.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// A server on this machine that speaks chat completions and plays a model, of whatever character.
final class PlayedModel implements AutoCloseable {
  /// What is answered.
  ///
  /// @param status the HTTP status
  /// @param body the body
  record Played(int status, byte[] body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<JsonNode> asked = new CopyOnWriteArrayList<>();
  private final List<String> keys = new CopyOnWriteArrayList<>();
  private volatile Function<JsonNode, Played> character;

  PlayedModel(Function<JsonNode, Played> character) throws IOException {
    this.character = character;
    this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  /// One that writes this.
  static PlayedModel saying(String content) throws IOException {
    return new PlayedModel(_ -> said(content));
  }

  /// An answer in the usual form whose text is this.
  static Played said(String content) {
    ObjectNode body = Json.object();
    ObjectNode choice = body.putArray("choices").addObject();
    choice.put("index", 0).put("finish_reason", "stop");
    choice.putObject("message").put("role", "assistant").put("content", content);
    return new Played(200, Json.bytes(body));
  }

  /// An answer of which this is the body.
  static Played raw(int status, String body) {
    return new Played(status, body.getBytes(StandardCharsets.UTF_8));
  }

  void becomes(Function<JsonNode, Played> other) {
    character = other;
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1");
  }

  /// Every question so far.
  List<JsonNode> asked() {
    return asked;
  }

  /// What stood in `Authorization`, for each question.
  List<String> keys() {
    return keys;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode question = Json.own(exchange.getRequestBody().readAllBytes());
      asked.add(question);
      String key = exchange.getRequestHeaders().getFirst("Authorization");
      keys.add(key == null ? "" : key);
      Played played = character.apply(question);
      exchange.sendResponseHeaders(played.status, played.body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(played.body);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
