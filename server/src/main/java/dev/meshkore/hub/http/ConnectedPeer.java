package dev.meshkore.hub.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// The peer at the other end of a connection.
///
/// @param channel the connection
record ConnectedPeer(Channel channel) implements Peer {
  @Override
  public Optional<InetAddress> address() {
    return channel.remoteAddress() instanceof InetSocketAddress from
        ? Optional.ofNullable(from.getAddress())
        : Optional.empty();
  }

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
