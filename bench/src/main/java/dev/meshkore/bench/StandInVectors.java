package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An embeddings API on this machine that takes no time: a direction by chance for each word, and
/// their sum for a text. So a hub can be filled with very many agents at once.
final class StandInVectors implements AutoCloseable {
  private static final int SIZE = 384;
  private static final double SCALE = 100_000;

  private final JsonMapper json = new JsonMapper();
  private final ConcurrentHashMap<String, float[]> directions = new ConcurrentHashMap<>();
  private final ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  private StandInVectors(HttpServer server) {
    this.server = server;
  }

  static StandInVectors start() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    var vectors = new StandInVectors(HttpServer.create(address, 0));
    vectors.server.setExecutor(vectors.workers);
    vectors.server.createContext("/v1/embeddings", vectors::answer);
    vectors.server.start();
    return vectors;
  }

  /// The options of a hub that asks here.
  List<String> hubOptions() {
    String url = "http://127.0.0.1:" + server.getAddress().getPort();
    return List.of("--embeddings-url", url, "--embeddings-model", "stand-in");
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode texts = json.readTree(exchange.getRequestBody().readAllBytes()).path("input");
      var body = new StringBuilder("{\"data\":[");
      for (int i = 0; i < texts.size(); i++) {
        body.append(i == 0 ? "" : ",").append("{\"index\":").append(i).append(",\"embedding\":[");
        write(body, vector(texts.path(i).asString()));
        body.append("]}");
      }
      byte[] bytes = body.append("]}").toString().getBytes(UTF_8);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static void write(StringBuilder body, float[] vector) {
    for (int i = 0; i < vector.length; i++) {
      body.append(i == 0 ? "" : ",").append(Math.round(SCALE * vector[i])).append("e-5");
    }
  }

  /// The vector of a text, of length one.
  float[] vector(String text) {
    float[] sum = direction("a").clone();
    for (String word : text.toLowerCase(Locale.ROOT).split("[^a-z]+")) {
      float[] direction = direction(word);
      for (int i = 0; i < SIZE; i++) {
        sum[i] += direction[i];
      }
    }
    double squares = 0;
    for (float one : sum) {
      squares += (double) one * one;
    }
    float length = (float) Math.sqrt(squares);
    for (int i = 0; i < SIZE; i++) {
      sum[i] /= length;
    }
    return sum;
  }

  private float[] direction(String word) {
    return directions.computeIfAbsent(
        word,
        one -> {
          RandomGenerator random = new SplittableRandom(one.hashCode());
          float[] direction = new float[SIZE];
          for (int i = 0; i < SIZE; i++) {
            direction[i] = (float) random.nextGaussian();
          }
          return direction;
        });
  }

  @Override
  public void close() {
    server.stop(0);
    workers.close();
  }
}
