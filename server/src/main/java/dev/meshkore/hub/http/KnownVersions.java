package dev.meshkore.hub.http;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;

/// Makes a request of another version of HTTP one that cannot be read, as it is for this server:
/// Vert.x would answer it by itself, with a bare status.
@Sharable
final class KnownVersions extends ChannelInboundHandlerAdapter {
  static final KnownVersions INSTANCE = new KnownVersions();

  private KnownVersions() {}

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpRequest request && !isKnown(request.protocolVersion())) {
      request.setDecoderResult(
          DecoderResult.failure(new IllegalArgumentException("an unknown version")));
    }
    context.fireChannelRead(message);
  }

  /// By identity, as Vert.x knows them: `HtTP/1.1` is equal and another object.
  @SuppressWarnings("ReferenceEquality")
  private static boolean isKnown(HttpVersion version) {
    return version == HttpVersion.HTTP_1_1 || version == HttpVersion.HTTP_1_0;
  }
}
