package dev.meshkore.cli;

import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One WebSocket session with a hub. Frames are read from a queue; one thread writes.
final class HubSocket implements AutoCloseable {
  private final WebSocket socket;
  private final LinkedBlockingQueue<Event> events;

  private HubSocket(WebSocket socket, LinkedBlockingQueue<Event> events) {
    this.socket = socket;
    this.events = events;
  }

  static HubSocket connect(HubClient client) {
    var events = new LinkedBlockingQueue<Event>();
    var builder = client.http().newWebSocketBuilder().connectTimeout(Duration.ofSeconds(10));
    if (client.credential() != null) {
      builder.header("Authorization", "Bearer " + client.credential());
    }
    try {
      var socket = builder.buildAsync(address(client.hub()), new Listener(events)).join();
      return new HubSocket(socket, events);
    } catch (CompletionException e) {
      throw new CommandFailed(
          Exit.NETWORK,
          "The hub cannot be reached over WebSocket",
          client.hub() + ": " + reasonOf(e),
          "Check that a hub listens there; `meshkore doctor` helps.");
    }
  }

  /// The next frame; null when none came in time.
  @Nullable JsonNode next(long waitMs) throws Closed, InterruptedException {
    return switch (events.poll(waitMs, TimeUnit.MILLISECONDS)) {
      case null -> null;
      case Frame(var frame) -> frame;
      case Ended(var code, var reason) -> throw new Closed(code, reason);
    };
  }

  void send(JsonNode frame) throws Closed {
    try {
      socket.sendText(Json.line(frame), true).join();
    } catch (CompletionException e) {
      throw new Closed(1006, reasonOf(e));
    }
  }

  @Override
  public void close() {
    if (!socket.isOutputClosed()) {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "").exceptionally(_ -> socket).join();
    }
    socket.abort();
  }

  private static URI address(URI hub) {
    var base = hub.toString().replaceFirst("^http", "ws");
    return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/ws");
  }

  private static String reasonOf(CompletionException e) {
    return e.getCause() == null ? e.toString() : String.valueOf(e.getCause().getMessage());
  }

  /// The session is over; a new one resumes after the last acknowledged message.
  static final class Closed extends Exception {
    private final int code;

    Closed(int code, String reason) {
      super(reason.isEmpty() ? "closed with code " + code : reason);
      this.code = code;
    }

    int code() {
      return code;
    }

    /// Whether connecting again with the same credential is of no use.
    boolean isForGood() {
      return code == 4401;
    }
  }

  private sealed interface Event {}

  private record Frame(JsonNode frame) implements Event {}

  private record Ended(int code, String reason) implements Event {}

  private static final class Listener implements WebSocket.Listener {
    private final LinkedBlockingQueue<Event> events;
    private final StringBuilder part = new StringBuilder();

    Listener(LinkedBlockingQueue<Event> events) {
      this.events = events;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      part.append(data);
      if (last) {
        try {
          events.add(new Frame(Json.read(part.toString())));
        } catch (Json.Unreadable e) {
          events.add(new Ended(1007, "the hub sent a frame that is not JSON"));
        }
        part.setLength(0);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      events.add(new Ended(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      events.add(new Ended(1006, String.valueOf(error.getMessage())));
    }
  }
}
