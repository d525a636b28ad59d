package dev.meshkore.hub.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.internal.http.WebSocketInternal;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// A WebSocket. Frames go to the channel directly, so that a batch costs one system call and not
/// one per frame.
public final class WebSocketOutlet implements Outlet {
  private static final Duration CLOSING = Duration.ofSeconds(5);

  private final ServerWebSocket socket;
  private final ChannelHandlerContext context;
  private final int messageBytesMax;
  private Buffer parts = Buffer.buffer();
  private Runnable writable = () -> {};
  private Runnable closed = () -> {};
  private boolean isClosed;
  private boolean isEnding;

  WebSocketOutlet(ServerWebSocket socket, int messageBytesMax) {
    this.socket = socket;
    this.messageBytesMax = messageBytesMax;
    this.context = ((WebSocketInternal) socket).channelHandlerContext();
    context.pipeline().addBefore(context.name(), "writable", new Writability());
    socket.closeHandler(_ -> {
      isClosed = true;
      closed.run();
    });
    socket.exceptionHandler(this::failed);
  }

  /// A frame that breaks the rules ends the connection with the code that says which.
  private void failed(Throwable cause) {
    if (cause instanceof CorruptedWebSocketFrameException broken) {
      close(broken.closeStatus().code(), broken.closeStatus().reasonText());
    }
  }

  /// Called with each text message, on the event loop. A message may come in many frames.
  public void onText(Consumer<byte[]> action) {
    socket.frameHandler(frame -> {
      if (frame.isBinary()) {
        close(Closing.BINARY);
      } else if (frame.isText() || frame.isContinuation()) {
        take(frame, action);
      }
    });
  }

  private void take(WebSocketFrame frame, Consumer<byte[]> action) {
    if (frame.isFinal() && parts.length() == 0) {
      action.accept(frame.binaryData().getBytes());
    } else if (parts.length() + frame.binaryData().length() > messageBytesMax) {
      close(Closing.TOO_LARGE);
    } else {
      parts.appendBuffer(frame.binaryData());
      if (frame.isFinal()) {
        byte[] whole = parts.getBytes();
        parts = Buffer.buffer();
        action.accept(whole);
      }
    }
  }

  /// Stops reading from the peer, so that it waits.
  public void pause() {
    socket.pause();
  }

  /// Reads from the peer again.
  public void resume() {
    socket.resume();
  }

  @Override
  public void write(String type, long sequence, byte[] head, byte[] body, int offset, int length) {
    if (isClosed || isEnding) {
      return;
    }
    ByteBuf frame = context.alloc().buffer(head.length + length);
    frame.writeBytes(head).writeBytes(body, offset, length);
    var _ = context.write(new TextWebSocketFrame(frame), context.voidPromise());
  }

  @Override
  public void flush() {
    context.flush();
  }

  @Override
  public boolean isWritable() {
    return !isClosed && !isEnding && context.channel().isWritable();
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

  /// Runs an action when the connection is gone, whoever asked before; at once when it is already.
  public void onGone(Runnable action) {
    context.channel().closeFuture().addListener(_ -> action.run());
  }

  @Override
  public void close(Closing why) {
    close(why.code(), why.reason());
  }

  /// A peer that does not read never sees the close frame, so the connection ends without it.
  private void close(int code, String reason) {
    if (isClosed || isEnding) {
      return;
    }
    isEnding = true;
    var _ = socket.close((short) code, reason);
    later(
        CLOSING,
        () -> {
          var _ = context.channel().close();
        });
  }

  /// Runs an action on the event loop after some time, unless the connection has ended before.
  public void later(Duration delay, Runnable action) {
    var timer = context.executor().schedule(action, delay.toMillis(), TimeUnit.MILLISECONDS);
    context.channel().closeFuture().addListener(_ -> timer.cancel(false));
  }

  @Override
  public Executor loop() {
    return context.executor();
  }

  private final class Writability extends ChannelInboundHandlerAdapter {
    @Override
    public void channelWritabilityChanged(ChannelHandlerContext changed) {
      if (changed.channel().isWritable()) {
        writable.run();
      }
      changed.fireChannelWritabilityChanged();
    }
  }
}
