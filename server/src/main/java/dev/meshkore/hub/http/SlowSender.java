package dev.meshkore.hub.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Ends connections that take their time: a request must be there, head and body, within
/// [#REQUEST_SECONDS] of its first byte, and a connection may rest [#IDLE_SECONDS] between
/// requests. Lives on one channel; all calls are on its event loop.
final class SlowSender extends ChannelInboundHandlerAdapter {
  static final int REQUEST_SECONDS = 30;
  static final int IDLE_SECONDS = 75;

  private static final AttributeKey<SlowSender> KEY = AttributeKey.valueOf("slow-sender");
  private static final String NAME = "slow-sender";

  private @Nullable ScheduledFuture<?> deadline;
  private boolean isReading;
  private boolean isAnswering;

  static void watch(Channel channel) {
    var handler = new SlowSender();
    channel.attr(KEY).set(handler);
    channel.pipeline().addFirst(NAME, handler);
    handler.closeIn(channel, IDLE_SECONDS);
  }

  /// The request was read whole; its answer may take as long as it takes.
  static void requestRead(Channel channel) {
    SlowSender handler = channel.attr(KEY).get();
    if (handler != null) {
      handler.isReading = false;
      handler.isAnswering = true;
      handler.cancel();
    }
  }

  /// The answer was written; the connection rests.
  static void answered(Channel channel) {
    SlowSender handler = channel.attr(KEY).get();
    if (handler != null && channel.isActive()) {
      handler.isAnswering = false;
      handler.closeIn(channel, IDLE_SECONDS);
    }
  }

  /// The connection became a WebSocket, which has rules of its own.
  static void forget(Channel channel) {
    SlowSender handler = channel.attr(KEY).getAndSet(null);
    if (handler != null) {
      handler.cancel();
      channel.pipeline().remove(handler);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (!isReading && !isAnswering) {
      isReading = true;
      closeIn(context.channel(), REQUEST_SECONDS);
    }
    context.fireChannelRead(message);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    cancel();
    context.fireChannelInactive();
  }

  private void closeIn(Channel channel, int seconds) {
    cancel();
    Runnable close =
        () -> {
          var _ = channel.close();
        };
    deadline = channel.eventLoop().schedule(close, seconds, TimeUnit.SECONDS);
  }

  private void cancel() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }
}
