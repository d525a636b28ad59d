package dev.meshkore.hub.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/// The last answer of a connection, which ends in stages (RFC 9112 section 9.6): the hub closes its
/// own half, and reads and drops what the client still sends until the client closes or
/// [#LINGER_SECONDS] are over. Closing at once would reset the connection, and the client would
/// lose the answer while it is still sending what was refused.
///
/// The answer is written on the channel itself: what could not be read has no version, and the
/// server would take it for HTTP/1.0, while an answer carries the version of who gives it (RFC 9110
/// section 2.5). Lives on one channel; all calls are on its event loop.
final class LastAnswer extends ChannelInboundHandlerAdapter {
  static final int LINGER_SECONDS = 5;

  private LastAnswer() {}

  static void write(Channel channel, Response.Whole whole, String date) {
    var answer =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(whole.status()),
            Unpooled.wrappedBuffer(whole.body()));
    whole.headers().forEach((name, value) -> answer.headers().set(name, value));
    answer.headers().set("Date", date).set("Connection", "close");
    answer.headers().set("Content-Length", whole.body().length);
    var _ = channel.writeAndFlush(answer).addListener(_ -> linger(channel));
  }

  private static void linger(Channel channel) {
    if (!channel.isActive() || !(channel instanceof DuplexChannel duplex)) {
      var _ = channel.close();
      return;
    }
    channel.pipeline().addFirst(new LastAnswer());
    channel.config().setAutoRead(true);
    var _ = duplex.shutdownOutput();
    Runnable close =
        () -> {
          var _ = channel.close();
        };
    var end = channel.eventLoop().schedule(close, LINGER_SECONDS, TimeUnit.SECONDS);
    channel.closeFuture().addListener(_ -> end.cancel(false));
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ReferenceCountUtil.release(message);
  }
}
