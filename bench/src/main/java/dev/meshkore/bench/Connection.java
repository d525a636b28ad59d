package dev.meshkore.bench;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/// One TCP connection on the loop: whole input goes to `read`, output gathers until the turn ends.
abstract class Connection extends ChannelInboundHandlerAdapter {
  private static final byte[] NOTHING = {};
  private static final int OUTPUT_BYTES = 2_048;

  private final Loop loop;
  private byte[] rest = NOTHING;
  private int restBytes;
  private boolean closing;
  private @Nullable Channel channel;
  private @Nullable ByteBuf output;

  Connection(Loop loop) {
    this.loop = loop;
  }

  /// The connection stands; the first bytes may be written.
  abstract void connected();

  /// Reads what is whole between `from` and `to` and returns where the first unread byte is.
  abstract int read(byte[] data, int from, int to);

  /// The connection broke, or never came to be.
  abstract void failed(String reason);

  final Loop loop() {
    return loop;
  }

  /// The buffer that goes out at the end of this turn.
  final ByteBuf output() {
    ByteBuf buffer = output;
    if (buffer == null) {
      Channel open = channel;
      if (open == null) {
        throw new IllegalStateException("written before it was connected");
      }
      buffer = open.alloc().directBuffer(OUTPUT_BYTES);
      output = buffer;
      loop.flushLater(this);
    }
    return buffer;
  }

  final void flush() {
    ByteBuf buffer = output;
    Channel open = channel;
    output = null;
    if (buffer != null && open != null) {
      var _ = open.writeAndFlush(buffer, open.voidPromise());
    }
  }

  /// Closes on purpose: `failed` is not called.
  public void close() {
    closing = true;
    Channel open = channel;
    if (open != null) {
      var _ = open.close();
    }
  }

  @Override
  public final void channelActive(ChannelHandlerContext context) {
    channel = context.channel();
    connected();
  }

  @Override
  public final void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf input = (ByteBuf) message;
    try {
      loop.tick();
      int fresh = input.readableBytes();
      int end = restBytes + fresh;
      byte[] data = loop.scratch(end);
      System.arraycopy(rest, 0, data, 0, restBytes);
      input.readBytes(data, restBytes, fresh);
      int used = read(data, 0, end);
      keep(data, used, end - used);
    } finally {
      input.release();
    }
  }

  private void keep(byte[] data, int from, int bytes) {
    if (bytes > rest.length) {
      rest = new byte[Math.max(bytes, Math.min(rest.length * 2, 1 << 20))];
    }
    System.arraycopy(data, from, rest, 0, bytes);
    restBytes = bytes;
  }

  @Override
  public final void channelInactive(ChannelHandlerContext context) {
    if (!closing) {
      closing = true;
      failed("the server closed the connection");
    }
  }

  @Override
  public final void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!closing) {
      closing = true;
      failed(cause.toString());
    }
    var _ = context.close();
  }
}
