package dev.meshkore.hub.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A WebSocket of texts, read one after another.
public final class TextSocket implements AutoCloseable {
  private static final int WAIT_SECONDS = 20;

  private final HttpClient client = HttpClient.newHttpClient();
  private final LinkedBlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final WebSocket socket;

  /// Connects to the hub at this URL with this key.
  public TextSocket(String url, String key) {
    this(url + "/ws", Map.of("Authorization", "Bearer " + key));
  }

  /// Connects to this URL without a credential.
  public TextSocket(String url) {
    this(url, Map.of());
  }

  /// Connects to this URL with these headers.
  public TextSocket(String url, Map<String, String> headers) {
    WebSocket.Builder builder = client.newWebSocketBuilder();
    headers.forEach(builder::header);
    this.socket =
        builder.buildAsync(URI.create(url.replaceFirst("^http", "ws")), new Receiver()).join();
  }

  /// Sends one text.
  public void send(String text) {
    socket.sendText(text, true).join();
  }

  /// The next text; fails when none comes.
  public String next() {
    try {
      String text = received.poll(WAIT_SECONDS, TimeUnit.SECONDS);
      if (text == null) {
        throw new AssertionError("The hub does not answer any more");
      }
      return text;
    } catch (InterruptedException failure) {
      Thread.currentThread().interrupt();
      throw new AssertionError(failure);
    }
  }

  @Override
  public void close() {
    socket.abort();
    client.close();
  }

  private final class Receiver implements WebSocket.Listener {
    private final StringBuilder part = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
      part.append(text);
      if (last) {
        received.add(part.toString());
        part.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
      received.add("{\"type\":\"closed\",\"code\":" + code + "}");
      return null;
    }
  }
}
