package dev.meshkore.hub.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A stream of Server-Sent Events (WHATWG HTML §9.2). JSON holds no line breaks outside strings and
/// none unescaped inside, so a frame is one `data:` line. Belongs to its event loop, but for
/// [#send], [#finish] and [#loop], which any thread may call.
public final class EventStream {
  private static final long HEARTBEAT_MS = 15_000;
  private static final long CLOSING_MS = 5_000;
  private static final int PENDING_MAX = 1 << 18;
  private static final int UNREAD_MAX = 1 << 22;

  private final HttpServerResponse response;
  private final Channel channel;
  private final EventExecutor loop;
  private final Vertx vertx;
  private final long heartbeat;
  private Buffer pending = Buffer.buffer();
  private Runnable writable = () -> {};
  private Runnable closed = () -> {};
  private final Runnable ended;
  private boolean isClosed;
  private boolean isEnding;
  private long unread;

  /// On the event loop. `ended` runs when it is gone.
  EventStream(
      HttpServerResponse response,
      Channel channel,
      EventExecutor loop,
      Vertx vertx,
      Runnable ended) {
    this.response = response;
    this.channel = channel;
    this.loop = loop;
    this.vertx = vertx;
    this.ended = ended;
    response.setChunked(true);
    response.putHeader("Content-Type", "text/event-stream");
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Accel-Buffering", "no");
    response.drainHandler(_ -> drained());
    response.closeHandler(_ -> closed());
    response.exceptionHandler(_ -> {});
    heartbeat =
        vertx.setPeriodic(
            HEARTBEAT_MS,
            _ -> {
              pending.appendString(":\n\n");
              flush();
            });
    pending.appendString(": connected\n\n");
    flush();
    if (response.closed() || !channel.isActive()) {
      closed();
    }
  }

  /// Sends one event. A peer that leaves some megabytes unread is cut off. Any thread may call.
  ///
  /// @param name the event's type, or null for none
  public void send(@Nullable String name, byte[] json) {
    loop.execute(() -> {
      write(name, 0, json, json, 0, 0);
      unread += response.writeQueueFull() ? json.length : 0;
      if (unread > UNREAD_MAX) {
        var _ = channel.close();
      } else {
        flush();
      }
    });
  }

  /// Ends the stream after what was sent. Any thread may call.
  public void finish() {
    loop.execute(this::end);
  }

  /// Called once, when the stream is gone, whoever ended it; at once when it is already.
  public void onClose(Runnable action) {
    closed = action;
    if (isClosed) {
      action.run();
    }
  }

  /// The event loop.
  public Executor loop() {
    return loop;
  }

  void onWritable(Runnable action) {
    writable = action;
  }

  boolean isWritable() {
    return isOpen() && pending.length() < PENDING_MAX && !response.writeQueueFull();
  }

  /// Writes one event without flushing; `head` and a part of `body` are its data.
  void write(@Nullable String name, long id, byte[] head, byte[] body, int offset, int length) {
    if (!isOpen()) {
      return;
    }
    if (name != null) {
      pending.appendString("event: " + name + "\n");
    }
    if (id > 0) {
      pending.appendString("id: " + id + "\n");
    }
    pending.appendString("data: ");
    appendOneLine(head, 0, head.length);
    if (length > 0) {
      appendOneLine(body, offset, length);
    }
    pending.appendString("\n\n");
  }

  void flush() {
    if (!isOpen() || pending.length() == 0) {
      return;
    }
    Buffer chunk = pending;
    pending = Buffer.buffer();
    var _ = response.write(chunk);
  }

  void end() {
    if (!isOpen()) {
      return;
    }
    flush();
    isEnding = true;
    vertx.cancelTimer(heartbeat);
    long giveUp =
        vertx.setTimer(
            CLOSING_MS,
            _ -> {
              var _ = channel.close();
            });
    response
        .end()
        .onComplete(_ -> {
          vertx.cancelTimer(giveUp);
          SlowSender.answered(channel);
          closed();
        });
  }

  private boolean isOpen() {
    return !isClosed && !isEnding;
  }

  private void drained() {
    unread = 0;
    writable.run();
  }

  /// White space between JSON tokens may hold line breaks, which would end the event's line.
  private void appendOneLine(byte[] bytes, int offset, int length) {
    int from = offset;
    int end = offset + length;
    for (int i = offset; i < end; i++) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        pending.appendBytes(bytes, from, i - from).appendByte((byte) ' ');
        from = i + 1;
      }
    }
    pending.appendBytes(bytes, from, end - from);
  }

  private void closed() {
    if (!isClosed) {
      isClosed = true;
      vertx.cancelTimer(heartbeat);
      ended.run();
      closed.run();
    }
  }
}
