package dev.meshkore.hub.market;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.http.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToIntFunction;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A server on this machine that makes embeddings. Texts point the same way as far as they have
/// words in common. It keeps what it was asked for.
final class PlayedEmbeddings implements AutoCloseable {
  private static final int SIZE = 256;

  private final HttpServer server;
  private final int size;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<String> texts = new CopyOnWriteArrayList<>();
  private volatile ToIntFunction<String> character = _ -> 200;

  PlayedEmbeddings() {
    this(SIZE);
  }

  /// Vectors of so many numbers.
  PlayedEmbeddings(int size) {
    this.size = size;
    try {
      this.server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.setExecutor(threads);
    server.createContext("/v1/embeddings", this::answer);
    server.start();
  }

  /// What has a hub ask for a model here.
  Map<String, String> settings(String model) {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return Map.of("meaning", "true", "embeddings-url", url, "embeddings-model", model);
  }

  /// How often a text was asked for.
  int asked(String text) {
    return Collections.frequency(texts, text);
  }

  /// Answers from now on with the status of the first text whose status is not 200.
  void becomes(ToIntFunction<String> other) {
    character = other;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode input = Json.own(exchange.getRequestBody().readAllBytes()).get("input");
      List<String> asked = input.valueStream().map(JsonNode::stringValue).toList();
      texts.addAll(asked);
      int status =
          asked.stream().mapToInt(character).filter(one -> one != 200).findFirst().orElse(200);
      byte[] body = status == 200 ? vectors(asked) : new byte[] {'{', '}'};
      exchange.sendResponseHeaders(status, body.length);
      try (OutputStream out = exchange.getResponseBody()) {
        out.write(body);
      }
    }
  }

  private byte[] vectors(List<String> asked) {
    ObjectNode answer = Json.object();
    ArrayNode data = answer.putArray("data");
    for (int i = 0; i < asked.size(); i++) {
      ArrayNode vector = data.addObject().put("index", i).putArray("embedding");
      float[] sum = new float[size];
      for (String word : asked.get(i).toLowerCase(Locale.ROOT).split("[^\\p{L}]+")) {
        var random = new SplittableRandom(word.hashCode());
        for (int place = 0; place < size; place++) {
          sum[place] += (float) random.nextGaussian();
        }
      }
      for (float number : sum) {
        vector.add(Math.round(number * 1_000));
      }
    }
    return Json.bytes(answer);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
