package dev.meshkore.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The one event loop that carries every connection of the generator.
///
/// One thread leaves the other core to the hub and needs no locks. Output gathers per connection
/// and is flushed once at the end of a turn, so that a turn costs one system call for each
/// connection.
final class Loop implements AutoCloseable {
  /// How many connections leave from one loopback address: fewer than the ports of the kernel.
  private static final int CONNECTIONS_PER_ADDRESS = 20_000;

  private final int connectionsPerAddress;
  private final MultiThreadIoEventLoopGroup group;
  private final EventLoop executor;
  private final Class<? extends Channel> channelType;
  private byte[] scratch = new byte[1 << 18];
  private Connection[] unflushed = new Connection[64];
  private int unflushedCount;
  private int connectionCount;
  private long now = System.nanoTime();

  Loop() {
    this(CONNECTIONS_PER_ADDRESS);
  }

  Loop(int connectionsPerAddress) {
    this.connectionsPerAddress = connectionsPerAddress;
    boolean epoll = Epoll.isAvailable();
    IoHandlerFactory factory = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    channelType = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    group = new MultiThreadIoEventLoopGroup(1, factory);
    executor = group.next();
  }

  /// Opens a connection; the handler hears of it by `connected` or `failed`.
  void connect(Connection connection, InetSocketAddress address) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(executor)
            .channel(channelType)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 30_000)
            .handler(connection);
    var _ =
        bootstrap
            .connect(address, source(address))
            .addListener(connecting -> {
              if (!connecting.isSuccess()) {
                connection.failed("cannot connect to " + address + ": " + connecting.cause());
              }
            });
  }

  private synchronized @Nullable InetSocketAddress source(InetSocketAddress address) {
    int number = connectionCount++ / connectionsPerAddress;
    if (number == 0 || !address.getAddress().isLoopbackAddress()) {
      return null;
    }
    return new InetSocketAddress("127.0.0." + (number % 250 + 2), 0);
  }

  /// Runs `work` on the loop and waits for it; work there sees and changes all state safely.
  <T> T call(Callable<T> work) throws InterruptedException {
    try {
      return executor.submit(work).get();
    } catch (ExecutionException e) {
      throw new BenchFailure("the generator failed: " + e.getCause(), e);
    }
  }

  void run(Runnable work) throws InterruptedException {
    call(() -> {
      work.run();
      return true;
    });
  }

  /// Lets the caller wait while the loop works.
  void pause(Duration duration) throws InterruptedException {
    try {
      executor.schedule(() -> {}, duration.toNanos(), TimeUnit.NANOSECONDS).get();
    } catch (ExecutionException e) {
      throw new BenchFailure("the generator failed: " + e.getCause(), e);
    }
  }

  void later(Runnable work, Duration delay) {
    var _ = executor.schedule(work, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /// The time at which the present batch of input was read, on the clock of `System.nanoTime`.
  long now() {
    return now;
  }

  void tick() {
    now = System.nanoTime();
  }

  byte[] scratch(int bytes) {
    if (scratch.length < bytes) {
      scratch = new byte[Math.max(bytes, scratch.length * 2)];
    }
    return scratch;
  }

  /// Remembers that a connection has output; the first one of a turn schedules the flush of all.
  void flushLater(Connection connection) {
    if (unflushedCount == 0) {
      executor.execute(this::flushAll);
    }
    if (unflushedCount == unflushed.length) {
      unflushed = Arrays.copyOf(unflushed, unflushedCount * 2);
    }
    unflushed[unflushedCount++] = connection;
  }

  private void flushAll() {
    for (int i = 0; i < unflushedCount; i++) {
      unflushed[i].flush();
    }
    unflushedCount = 0;
  }

  @Override
  public void close() {
    var _ = group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5_000);
  }
}
