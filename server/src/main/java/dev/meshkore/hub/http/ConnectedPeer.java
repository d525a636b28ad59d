package dev.meshkore.hub.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;

/// The peer at the other end of a connection.
///
/// @param channel the connection
record ConnectedPeer(Channel channel) implements Peer {
  @Override
  public boolean isGone() {
    return !channel.isActive();
  }

  @Override
  public Runnable onGone(Runnable action) {
    ChannelFutureListener listener = _ -> action.run();
    channel.closeFuture().addListener(listener);
    return () -> channel.closeFuture().removeListener(listener);
  }
}
