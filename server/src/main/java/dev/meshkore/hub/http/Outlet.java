package dev.meshkore.hub.http;

import java.util.concurrent.Executor;

/// Where a live session writes its frames: a WebSocket or an event stream. All methods but [#loop]
/// are called on the outlet's event loop, and its callbacks run there.
public sealed interface Outlet permits WebSocketOutlet, EventOutlet {
  /// Why the hub ends a session. The code is the WebSocket close code.
  enum Closing {
    /// The hub stops.
    STOPPING(1001, "stopping"),
    /// The peer sent a binary frame.
    BINARY(1003, "text frames only"),
    /// The peer sent a message that is too large.
    TOO_LARGE(1009, "too-large"),
    /// The reader does not keep up.
    SLOW_READER(1013, "slow-reader"),
    /// The agent holds as much open as it may.
    TOO_MANY_OPEN(1013, "too-many-open"),
    /// The hub cannot serve anybody more now.
    BUSY(1013, "busy"),
    /// The hub stops, and did not let the peer in.
    TRY_LATER(1013, "stopping"),
    /// The hub's disk is full.
    STORAGE_FULL(1013, "storage-full"),
    /// No valid credential.
    UNAUTHENTICATED(4401, "unauthenticated"),
    /// The credential was valid once.
    TOKEN_EXPIRED(4401, "token-expired"),
    /// The credential is no agent's.
    NOT_ALLOWED(4401, "not-allowed"),
    /// What proved the caller was revoked.
    REVOKED(4403, "revoked"),
    /// No hello in time.
    NO_HELLO(4408, "no hello in time");

    private final int code;
    private final String reason;

    Closing(int code, String reason) {
      this.code = code;
      this.reason = reason;
    }

    int code() {
      return code;
    }

    String reason() {
      return reason;
    }
  }

  /// Writes one frame, without flushing. `head` and a part of `body` follow one another, so that a
  /// body need not be copied to be numbered.
  ///
  /// @param type the frame's type, which an event stream names
  /// @param sequence the message's sequence, or 0
  void write(String type, long sequence, byte[] head, byte[] body, int offset, int length);

  /// Writes one frame that is a single array of bytes.
  default void write(String type, byte[] frame) {
    write(type, 0, frame, frame, 0, 0);
  }

  /// Sends what was written.
  void flush();

  /// False while the peer has more waiting than it should; [#onWritable] tells the end of that.
  boolean isWritable();

  /// Called each time the outlet becomes writable again.
  void onWritable(Runnable action);

  /// Called once, when the connection is gone.
  void onClose(Runnable action);

  /// Ends the session.
  void close(Closing why);

  /// The event loop, the same object for all outlets that share it. Thread-safe.
  Executor loop();
}
