package dev.meshkore.hub.outbound;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// Connects to checked addresses. The check and the connection use the same bytes: nothing is
/// looked up between them.
final class Connector implements AutoCloseable {
  private static final int ADDRESSES_TRIED = 3;
  private static final int LOOKUPS_AT_ONCE = 64;
  private static final String STOPPING = "The hub is stopping";

  private final AddressRules rules;
  private final NameResolver resolver;
  private final SSLSocketFactory tls;
  private final Duration connect;

  /// A lookup waits in native code, which would hold up other virtual threads.
  private final ThreadPoolExecutor lookups =
      new ThreadPoolExecutor(
          0,
          LOOKUPS_AT_ONCE,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().daemon().name("outbound-lookup-", 0).factory());

  private final ScheduledThreadPoolExecutor ends =
      new ScheduledThreadPoolExecutor(
          1,
          Thread.ofPlatform().daemon().name("outbound-end").factory(),
          new ThreadPoolExecutor.DiscardPolicy());

  private final Set<Deadline> open = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  Connector(AddressRules rules, NameResolver resolver, SSLSocketFactory tls, Duration connect) {
    this.rules = rules;
    this.resolver = resolver;
    this.tls = tls;
    this.connect = connect;
    ends.setRemoveOnCancelPolicy(true);
  }

  /// The end of a call that begins now.
  Deadline deadline(Duration time) {
    var deadline = Deadline.after(time, ends, open);
    if (isClosed) {
      deadline.end(STOPPING);
    }
    return deadline;
  }

  /// A connection to the target, secured where it is https.
  ///
  /// @throws ForbiddenAddress when any address of its name may not be called
  Socket connect(Target target, Deadline deadline) throws IOException {
    InetAddress literal = target.literal();
    List<InetAddress> addresses = literal == null ? lookUp(target.host()) : List.of(literal);
    for (InetAddress address : addresses) {
      Optional<String> refusal = rules.refusal(address);
      if (refusal.isPresent()) {
        throw new ForbiddenAddress(refusal.get());
      }
    }
    Socket connected = connectToAny(addresses, target.port(), deadline);
    try {
      return target.isTls() ? secured(connected, target) : connected;
    } catch (IOException | RuntimeException failure) {
      connected.close();
      throw failure;
    }
  }

  @Override
  public void close() {
    isClosed = true;
    open.forEach(deadline -> deadline.end(STOPPING));
    lookups.shutdownNow();
    ends.shutdownNow();
  }

  private List<InetAddress> lookUp(String host) throws IOException {
    try {
      Future<List<InetAddress>> found = lookups.submit(() -> resolver.resolve(host));
      try {
        return found.get(connect.toNanos(), TimeUnit.NANOSECONDS);
      } finally {
        found.cancel(true);
      }
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof IOException cause ? cause : new IOException(failure);
    } catch (TimeoutException _) {
      throw new UnknownHostException(host);
    } catch (RejectedExecutionException _) {
      throw new BadAnswer("The hub has too many names to look up");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new BadAnswer(STOPPING);
    }
  }

  private Socket connectToAny(List<InetAddress> addresses, int port, Deadline deadline)
      throws IOException {
    IOException last = new ConnectException();
    for (InetAddress address : addresses.stream().limit(ADDRESSES_TRIED).toList()) {
      var socket = new Socket(Proxy.NO_PROXY);
      deadline.ends(socket);
      try {
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), (int) connect.toMillis());
        return socket;
      } catch (ConnectException | SocketTimeoutException failure) {
        socket.close();
        last = failure;
      } catch (IOException | RuntimeException failure) {
        socket.close();
        throw failure;
      }
    }
    throw last;
  }

  private Socket secured(Socket connected, Target target) throws IOException {
    var socket = (SSLSocket) tls.createSocket(connected, target.host(), target.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    if (target.literal() == null) {
      parameters.setServerNames(List.of(new SNIHostName(target.host())));
    }
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }
}
