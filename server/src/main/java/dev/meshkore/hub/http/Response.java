package dev.meshkore.hub.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/// What a handler answers.
public sealed interface Response {
  /// A whole answer.
  ///
  /// @param status the HTTP status
  /// @param headers by name, Content-Type among them
  /// @param body the bytes; a HEAD request gets their length only
  record Whole(int status, Map<String, String> headers, byte[] body) implements Response {
    /// The same answer with one more header.
    public Whole with(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Whole(status, more, body);
    }
  }

  /// Server-Sent Events: the stream is handed over on its event loop, after the head is written.
  ///
  /// @param opened takes the stream
  /// @param ended runs when the stream is over, also when it never began; perhaps more than once
  /// @param headers by name, besides those of every stream
  record Events(Consumer<EventStream> opened, Runnable ended, Map<String, String> headers)
      implements Response {
    /// Events with no header of their own.
    public Events(Consumer<EventStream> opened, Runnable ended) {
      this(opened, ended, Map.of());
    }

    /// Events with nothing to do after them.
    public Events(Consumer<EventStream> opened) {
      this(opened, () -> {});
    }

    /// The same events with one more header.
    public Events with(String name, String value) {
      var more = new LinkedHashMap<>(headers);
      more.put(name, value);
      return new Events(opened, ended, more);
    }

    /// Events of a session.
    public static Events ofSession(Consumer<Outlet> opened) {
      return ofSession(opened, () -> {});
    }

    /// Events of a session, after which something is to be done.
    public static Events ofSession(Consumer<Outlet> opened, Runnable ended) {
      return new Events(stream -> opened.accept(new EventOutlet(stream)), ended);
    }
  }

  /// A WebSocket: handed over on its event loop, after the handshake.
  ///
  /// @param opened takes the WebSocket
  /// @param ended runs when the connection is gone, also when there was no handshake; perhaps more
  ///   than once
  record Upgrade(Consumer<WebSocketOutlet> opened, Runnable ended) implements Response {
    /// A WebSocket with nothing to do after it.
    public Upgrade(Consumer<WebSocketOutlet> opened) {
      this(opened, () -> {});
    }
  }

  /// JSON, never kept by caches.
  static Whole json(int status, JsonNode body) {
    return json(status, Json.bytes(body));
  }

  /// JSON that is already written.
  static Whole json(int status, byte[] body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", "application/json");
    headers.put("Cache-Control", "no-store");
    return new Whole(status, headers, body);
  }

  /// Text of a media type.
  static Whole text(int status, String mediaType, String body) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", mediaType + "; charset=utf-8");
    return new Whole(status, headers, body.getBytes(StandardCharsets.UTF_8));
  }

  /// An HTML page that may load nothing but what the hub serves.
  static Whole page(int status, String html) {
    return text(status, "text/html", html)
        .with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
        .with("Referrer-Policy", "no-referrer");
  }
}
