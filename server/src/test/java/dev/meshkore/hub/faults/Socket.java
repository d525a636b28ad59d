package dev.meshkore.hub.faults;

import java.io.IOException;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// A WebSocket to the hub, read frame by frame. One thread uses it.
final class Socket implements AutoCloseable {
  /// The hub closed the connection, or it broke.
  static final class Closed extends IOException {
    final int code;

    Closed(int code) {
      super("The WebSocket was closed with " + code);
      this.code = code;
    }
  }

  /// What a connection that broke without a close frame ends with.
  static final int BROKEN = 1006;

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private sealed interface Event {
    record Text(String json) implements Event {}

    record End(int code) implements Event {}
  }

  private final LinkedBlockingDeque<Event> events;
  private final WebSocket socket;

  private Socket(WebSocket socket, LinkedBlockingDeque<Event> events) {
    this.socket = socket;
    this.events = events;
  }

  /// Connects, and says who it is only then. The JDK's client now and then loses bytes that come
  /// with the answer to its handshake, from any server: of one that sends 600 frames in the same
  /// write it read 19 of 4,000 connections wrongly, while a reader of plain bytes read none of
  /// 12,000 of the hub's wrongly. A refused credential is renewed before the exception is thrown.
  static Socket open(Player player, String query) throws IOException, InterruptedException {
    var events = new LinkedBlockingDeque<Event>();
    try {
      WebSocket socket =
          player
              .http
              .newWebSocketBuilder()
              .connectTimeout(TIMEOUT)
              .buildAsync(player.webSocketUri(query), new Listener(events))
              .join();
      var opened = new Socket(socket, events);
      opened.send("{\"type\":\"hello\",\"token\":\"" + player.token() + "\"}");
      opened.awaitWelcome(player);
      return opened;
    } catch (CompletionException failure) {
      throw new IOException("No WebSocket", failure.getCause());
    }
  }

  private void awaitWelcome(Player player) throws IOException, InterruptedException {
    Event first = events.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    if (first instanceof Event.Text text && text.json().contains("\"welcome\"")) {
      events.putFirst(first);
      return;
    }
    close();
    if (first instanceof Event.Text) {
      player.register();
    }
    throw new IOException("The hub did not welcome " + player.id);
  }

  void send(String json) throws IOException {
    try {
      socket.sendText(json, true).orTimeout(TIMEOUT.toSeconds(), TimeUnit.SECONDS).join();
    } catch (CompletionException failure) {
      throw new IOException("The WebSocket takes no more", failure.getCause());
    }
  }

  /// The next frame, or null where none comes in time.
  ///
  /// @throws Closed when there will be none
  @Nullable JsonNode next(Duration most) throws IOException, InterruptedException {
    return switch (events.poll(most.toMillis(), TimeUnit.MILLISECONDS)) {
      case null -> null;
      case Event.Text text -> json(text.json());
      case Event.End end -> throw new Closed(end.code());
    };
  }

  private static JsonNode json(String text) throws IOException {
    try {
      return Player.JSON.readTree(text);
    } catch (JacksonException failure) {
      throw new IOException("A frame is no JSON: " + text, failure);
    }
  }

  @Override
  public void close() {
    socket.abort();
  }

  private static final class Listener implements WebSocket.Listener {
    private final LinkedBlockingDeque<Event> events;
    private final StringBuilder parts = new StringBuilder();

    Listener(LinkedBlockingDeque<Event> events) {
      this.events = events;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      parts.append(data);
      if (last) {
        events.add(new Event.Text(parts.toString()));
        parts.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add(new Event.End(code));
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      events.add(new Event.End(BROKEN));
    }
  }
}
