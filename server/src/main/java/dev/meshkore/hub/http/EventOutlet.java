package dev.meshkore.hub.http;

import io.netty.channel.Channel;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;

/// A stream of Server-Sent Events (WHATWG HTML §9.2). JSON holds no line breaks outside strings and
/// none unescaped inside, so a frame is one `data:` line.
public final class EventOutlet implements Outlet {
  private static final long HEARTBEAT_MS = 15_000;
  private static final long CLOSING_MS = 5_000;

  private static final int PENDING_MAX = 1 << 18;

  private final HttpServerResponse response;
  private final Channel channel;
  private final EventExecutor loop;
  private final Vertx vertx;
  private final long heartbeat;
  private Buffer pending = Buffer.buffer();
  private Runnable writable = () -> {};
  private Runnable closed = () -> {};
  private boolean isClosed;
  private boolean isEnding;

  /// On the event loop.
  EventOutlet(HttpServerResponse response, Channel channel, EventExecutor loop, Vertx vertx) {
    this.response = response;
    this.channel = channel;
    this.loop = loop;
    this.vertx = vertx;
    response.setChunked(true);
    response.putHeader("Content-Type", "text/event-stream");
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Accel-Buffering", "no");
    response.drainHandler(_ -> writable.run());
    response.closeHandler(_ -> end());
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
      end();
    }
  }

  @Override
  public void write(String type, long sequence, byte[] head, byte[] body, int offset, int length) {
    if (isClosed || isEnding) {
      return;
    }
    pending.appendString("event: " + type + "\n");
    if (sequence > 0) {
      pending.appendString("id: " + sequence + "\n");
    }
    pending.appendString("data: ");
    if (length == 0) {
      appendOneLine(head, 0, head.length);
    } else {
      appendOneLine(head, 0, head.length);
      appendOneLine(body, offset, length);
    }
    pending.appendString("\n\n");
  }

  @Override
  public void flush() {
    if (isClosed || isEnding || pending.length() == 0) {
      return;
    }
    Buffer chunk = pending;
    pending = Buffer.buffer();
    var _ = response.write(chunk);
  }

  @Override
  public boolean isWritable() {
    return !isClosed && !isEnding && pending.length() < PENDING_MAX && !response.writeQueueFull();
  }

  @Override
  public void onWritable(Runnable action) {
    writable = action;
  }

  @Override
  public void onClose(Runnable action) {
    closed = action;
    if (isClosed) {
      action.run();
    }
  }

  @Override
  public void close(Closing why) {
    if (!isClosed && !isEnding) {
      write("closing", ("{\"reason\":\"" + why.reason() + "\"}").getBytes(StandardCharsets.UTF_8));
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
          });
    }
  }

  @Override
  public Executor loop() {
    return loop;
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

  private void end() {
    if (!isClosed) {
      isClosed = true;
      vertx.cancelTimer(heartbeat);
      closed.run();
    }
  }
}
