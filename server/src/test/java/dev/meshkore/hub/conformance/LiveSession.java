package dev.meshkore.hub.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// A WebSocket or an event stream that a case opened. What arrives is kept until a step expects a
/// frame like it, since the hub may send receipts and presence at any time.
final class LiveSession implements AutoCloseable {
  private static final int WAIT_SECONDS = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition grown = lock.newCondition();
  private final List<JsonNode> arrived = new ArrayList<>();

  /// Events whose name or id says otherwise than their data.
  private final List<String> lies = new CopyOnWriteArrayList<>();

  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private @Nullable WebSocket socket;
  private Runnable end = () -> {};

  private LiveSession() {}

  static LiveSession webSocket(HttpClient client, URI url, Map<String, String> headers) {
    var session = new LiveSession();
    WebSocket.Builder builder = client.newWebSocketBuilder();
    headers.forEach(builder::header);
    URI address = URI.create(url.toString().replaceFirst("^http", "ws"));
    WebSocket opened = builder.buildAsync(address, session.new Receiver()).join();
    session.socket = opened;
    session.end = opened::abort;
    return session;
  }

  static LiveSession events(HttpClient client, URI url, Map<String, String> headers)
      throws IOException, InterruptedException {
    var session = new LiveSession();
    HttpRequest.Builder request = HttpRequest.newBuilder(url).header("Accept", "text/event-stream");
    headers.forEach(request::header);
    HttpResponse<Stream<String>> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    Thread reader = Thread.startVirtualThread(() -> session.read(answer.body()));
    session.end = reader::interrupt;
    return session;
  }

  /// Sends a text as it is.
  void send(String text) {
    WebSocket open = socket;
    if (open == null) {
      throw new IllegalArgumentException("Nothing can be sent on an event stream");
    }
    open.sendText(text, true).join();
  }

  /// The next frame of the same type as the one that is wanted, and of the same state where that
  /// names one; fails when none comes.
  JsonNode next(JsonNode wanted) throws InterruptedException {
    long left = TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
    lock.lock();
    try {
      while (true) {
        for (JsonNode frame : arrived) {
          if (isLike(wanted, frame)) {
            arrived.remove(frame);
            return frame;
          }
        }
        assertThat(lies).isEmpty();
        assertThat(left).as("a frame like " + wanted + ", of " + arrived).isPositive();
        left = grown.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private static boolean isLike(JsonNode wanted, JsonNode frame) {
    return wanted.get("type").equals(frame.get("type"))
        && (!wanted.has("state") || wanted.get("state").equals(frame.get("state")));
  }

  /// The code with which the hub ended a WebSocket.
  int closed() throws InterruptedException {
    try {
      return closed.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failure) {
      throw new AssertionError("The hub does not end the session", failure);
    }
  }

  @Override
  public void close() {
    end.run();
  }

  private void take(JsonNode frame) {
    lock.lock();
    try {
      arrived.add(frame);
      grown.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The event's name and id must say what its data says.
  private void read(Stream<String> lines) {
    var event = new HashMap<String, String>();
    try (lines) {
      lines.forEach(line -> {
        int colon = line.indexOf(':');
        if (colon > 0) {
          event.put(line.substring(0, colon), line.substring(colon + 1).strip());
        } else if (line.isEmpty() && event.containsKey("data")) {
          JsonNode frame = CaseFile.MAPPER.readTree(event.getOrDefault("data", ""));
          String type = frame.get("type").stringValue();
          String id = type.equals("message") ? frame.get("sequence").asString() : "";
          boolean agrees =
              type.equals(event.get("event")) && id.equals(event.getOrDefault("id", ""));
          if (agrees) {
            take(frame);
          } else {
            lies.add(event.toString());
          }
          event.clear();
        }
      });
    } catch (RuntimeException _) {
      // The end of the case, or of the stream.
    }
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        take(CaseFile.MAPPER.readTree(part.toString()));
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      closed.complete(code);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
      closed.completeExceptionally(failure);
    }
  }
}
