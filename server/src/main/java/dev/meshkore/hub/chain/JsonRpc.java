package dev.meshkore.hub.chain;

import dev.meshkore.hub.http.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Asks a node by JSON-RPC 2.0 over HTTP. The operator named it, so any address goes; answers are
/// bounded in time and size, and no redirect is followed. Its address may hold a key and is never
/// shown. Thread-safe; calls block.
final class JsonRpc implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration CALL = Duration.ofSeconds(10);
  private static final long ANSWER_BYTES_MAX = 4 << 20;
  private static final int REASON_CHARACTERS_MAX = 200;

  /// What a node says to a call.
  sealed interface Answer {
    /// It did what was asked.
    record Result(JsonNode value) implements Answer {}

    /// It did not.
    ///
    /// @param reason its own words, capped, without what is no printable ASCII
    record Refusal(long code, String reason) implements Answer {}
  }

  private final URI url;
  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final AtomicLong lastId = new AtomicLong();
  private final Duration patience;
  private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

  JsonRpc(URI url) {
    this(url, CALL);
  }

  /// Asks a node that has so long for a whole answer.
  JsonRpc(URI url, Duration patience) {
    this.url = url;
    this.patience = patience;
  }

  /// Calls a method.
  ///
  /// @throws NodeFailure when nothing usable came back in time
  Answer call(String method, ArrayNode parameters) {
    long id = lastId.incrementAndGet();
    ObjectNode body = Json.object();
    body.put("jsonrpc", "2.0");
    body.put("id", id);
    body.put("method", method);
    body.set("params", parameters);
    JsonNode answer = parsed(method, sent(method, Json.bytes(body)));
    if (answer.path("id").asLong(-1) != id) {
      throw new NodeFailure(method + ": the answer is to another call");
    }
    if (answer.has("error")) {
      JsonNode error = answer.get("error");
      String reason = error.path("message").asString("").replaceAll("[^ -~]", "?");
      return new Answer.Refusal(
          error.path("code").asLong(0),
          reason.substring(0, Math.min(reason.length(), REASON_CHARACTERS_MAX)));
    }
    if (!answer.has("result")) {
      throw new NodeFailure(method + ": the answer has no result");
    }
    return new Answer.Result(answer.get("result"));
  }

  private byte[] sent(String method, byte[] body) {
    HttpRequest request =
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build();
    // A request's own timeout ends with the headers; this one holds for all of the answer. The
    // client's asynchronous calls would end on the common pool, which others may keep busy.
    Future<byte[]> answer;
    try {
      answer =
          calls.submit(() ->
              http.send(
                      request,
                      HttpResponse.BodyHandlers.limiting(
                          HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX))
                  .body());
    } catch (RejectedExecutionException _) {
      throw new NodeFailure(method + ": the hub ends");
    }
    try {
      return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException failure) {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      throw new NodeFailure(method + ": " + cause.getClass().getSimpleName());
    } catch (TimeoutException _) {
      answer.cancel(true);
      throw new NodeFailure(method + ": no whole answer in time");
    } catch (InterruptedException _) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new NodeFailure(method + ": interrupted");
    }
  }

  /// Nodes answer JSON with every status; what is none is no answer.
  private static JsonNode parsed(String method, byte[] answer) {
    try {
      JsonNode json = Json.tree(answer);
      if (json.isObject()) {
        return json;
      }
    } catch (JacksonException _) {
      // Told below, like JSON of another form.
    }
    throw new NodeFailure(method + ": the answer is no JSON-RPC");
  }

  @Override
  public void close() {
    calls.shutdownNow();
    http.shutdownNow();
  }
}
