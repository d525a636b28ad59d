package dev.meshkore.hub.http;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.BindException;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// Listens, reads requests whole, hands each to its route on a virtual thread, and writes the
/// answer.
public final class HttpEdge implements AutoCloseable {
  private static final int HEADER_BYTES_MAX = 16_384;
  private static final int LINE_BYTES_MAX = 8_192;
  private static final int REQUESTS_MAX = 20_000;
  private static final int WEBSOCKET_PING_MS = 60_000;
  private static final Pattern WEBSOCKET_KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  private final Vertx vertx;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicInteger requestsInFlight = new AtomicInteger();

  /// Servers that ask for the same negative port share one free port.
  private final AtomicInteger freePorts = new AtomicInteger();

  private final int bodyBytesMax;
  private final int frameBytesMax;
  private final Metrics metrics;
  private final DateHeader date;
  private final LongSupplier nanoTime;

  /// An edge that listens nowhere yet. Bodies and frames may be as large as the largest payload and
  /// what surrounds it.
  public HttpEdge(
      int payloadBytesMax, Metrics metrics, InstantSource clock, LongSupplier nanoTime) {
    this.date = new DateHeader(clock);
    this.bodyBytesMax = payloadBytesMax + 65_536;
    this.frameBytesMax = payloadBytesMax + 8_192;
    this.metrics = metrics;
    this.nanoTime = nanoTime;
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(loops)
                .setWorkerPoolSize(2)
                .setInternalBlockingPoolSize(2)
                .setFileSystemOptions(
                    new FileSystemOptions()
                        .setFileCachingEnabled(false)
                        .setClassPathResolvingEnabled(false)));
    metrics.gauge("meshkore.http.requests.active", requestsInFlight, AtomicInteger::get);
  }

  /// Listens and answers by the router. Port 0 takes any free port; the port is returned.
  ///
  /// @throws BindException when the address is taken or not of this machine
  public int listen(Router router, String host, int port) throws BindException {
    int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
    int asked = port == 0 ? freePorts.decrementAndGet() : port;
    int bound = port;
    for (int i = 0; i < loops; i++) {
      HttpServer server = vertx.createHttpServer(options());
      server.connectionHandler(HttpEdge::watch);
      server.invalidRequestHandler(this::refuseUnreadable);
      server.requestHandler(request -> receive(router, request));
      server.exceptionHandler(_ -> {});
      try {
        server.listen(asked, host).toCompletionStage().toCompletableFuture().join();
      } catch (CompletionException failure) {
        throw bindFailure(host, port, failure);
      }
      bound = server.actualPort();
    }
    return bound;
  }

  /// Stops listening, lets running handlers end, and closes what is open.
  @Override
  public void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
    handlers.shutdown();
    boolean interrupted = false;
    try {
      if (!handlers.awaitTermination(500, TimeUnit.MILLISECONDS)) {
        handlers.shutdownNow();
      }
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true)
        .setReuseAddress(true)
        .setAcceptBacklog(4_096)
        .setMaxHeaderSize(HEADER_BYTES_MAX)
        .setMaxInitialLineLength(LINE_BYTES_MAX)
        .setHandle100ContinueAutomatically(true)
        .setHttp2ClearTextEnabled(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setMaxWebSocketFrameSize(frameBytesMax)
        .setMaxWebSocketMessageSize(frameBytesMax);
  }

  private static void watch(HttpConnection connection) {
    connection.exceptionHandler(_ -> {});
    SlowSender.watch(channel(connection));
    ChannelHandlerContext context = ((ConnectionBase) connection).channelHandlerContext();
    context.pipeline().addBefore(context.name(), "known-versions", KnownVersions.INSTANCE);
  }

  private static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channelHandlerContext().channel();
  }

  private void receive(Router router, HttpServerRequest request) {
    if (wantsWebSocket(request)) {
      request.pause();
      SlowSender.requestRead(channel(request.connection()));
      dispatch(router, request, new byte[0]);
      return;
    }
    Buffer body = Buffer.buffer();
    boolean[] refused = {false};
    request.exceptionHandler(failure -> {
      if (!refused[0] && !(failure instanceof HttpClosedException)) {
        writeAndClose(request, Unreadable.notHttp());
      }
      refused[0] = true;
    });
    request.handler(chunk -> {
      if (body.length() + chunk.length() <= bodyBytesMax) {
        body.appendBuffer(chunk);
      } else if (!refused[0]) {
        refused[0] = true;
        refuseTooLarge(request);
      }
    });
    request.endHandler(_ -> {
      if (!refused[0]) {
        SlowSender.requestRead(channel(request.connection()));
        dispatch(router, request, body.getBytes());
      }
    });
  }

  private void refuseTooLarge(HttpServerRequest request) {
    Response.Whole response =
        Problems.response(
            new Refused(
                ProblemType.REQUEST_TOO_LARGE,
                "The body is larger than " + bodyBytesMax + " bytes",
                Map.of("limit", bodyBytesMax)));
    writeAndClose(request, response);
  }

  private void dispatch(Router router, HttpServerRequest request, byte[] body) {
    long started = nanoTime.getAsLong();
    if (requestsInFlight.incrementAndGet() > REQUESTS_MAX) {
      requestsInFlight.decrementAndGet();
      var busy = Refused.later(ProblemType.BUSY, "Too many requests at once", 1);
      write(request, Problems.response(busy));
      return;
    }
    String path = request.path() == null ? "/" : request.path();
    handlers.execute(() -> {
      Router.Route route = Router.NO_ROUTE;
      Response response;
      switch (router.match(request.method().name(), path)) {
        case Router.Match.Found found -> {
          route = found.route();
          response =
              Answering.answer(
                  found,
                  request.method().name(),
                  request.query() == null ? path : path + "?" + request.query(),
                  request.query() == null ? Map.of() : Percent.query(request.query()),
                  name -> request.headers().getAll(name),
                  body,
                  null,
                  new ConnectedPeer(channel(request.connection())));
        }
        case Router.Match.OtherMethods other -> response = Problems.wrongMethod(other.methods());
        case Router.Match.Unknown _ -> response = Problems.unknownPath();
      }
      requestsInFlight.decrementAndGet();
      int status = send(request, response);
      metrics.request(route, status, nanoTime.getAsLong() - started);
    });
  }

  private int send(HttpServerRequest request, Response response) {
    return switch (response) {
      case Response.Whole whole -> {
        write(request, whole);
        yield whole.status();
      }
      case Response.Events events -> {
        ContextInternal context = ((HttpServerRequestInternal) request).context();
        context.runOnContext(_ -> open(request, context, events));
        yield 200;
      }
      case Response.Upgrade upgrade -> {
        upgrade(request, upgrade);
        yield 101;
      }
    };
  }

  /// A peer that has left already is not told by an event any more.
  private void open(HttpServerRequest request, ContextInternal context, Response.Events events) {
    HttpServerResponse response = request.response();
    Channel channel = channel(request.connection());
    if (response.closed() || response.ended() || !channel.isActive()) {
      events.ended().run();
      return;
    }
    var loop = context.nettyEventLoop();
    events.headers().forEach((name, value) -> response.putHeader(name, value));
    events.opened().accept(new EventStream(response, channel, loop, vertx, events.ended()));
  }

  private void upgrade(HttpServerRequest request, Response.Upgrade upgrade) {
    if (!wantsWebSocket(request)) {
      upgrade.ended().run();
      write(
          request,
          Problems.unreadable(426, "Upgrade Required", "This path is a WebSocket (RFC 6455)")
              .with("Upgrade", "websocket"));
      return;
    }
    if (!isHandshake(request)) {
      upgrade.ended().run();
      write(
          request,
          Problems.unreadable(
                  400,
                  "Bad Request",
                  "The handshake needs Sec-WebSocket-Version 13, one Sec-WebSocket-Key of 16"
                      + " bytes in Base64, and no body (RFC 6455)")
              .with("Sec-WebSocket-Version", "13"));
      return;
    }
    ContextInternal context = ((HttpServerRequestInternal) request).context();
    Channel channel = channel(request.connection());
    channel.closeFuture().addListener(_ -> upgrade.ended().run());
    context.runOnContext(_ ->
        request
            .toWebSocket()
            .onSuccess(socket -> {
              SlowSender.forget(channel);
              long ping =
                  vertx.setPeriodic(WEBSOCKET_PING_MS, _ -> socket.writePing(Buffer.buffer("hub")));
              channel.closeFuture().addListener(_ -> vertx.cancelTimer(ping));
              upgrade.opened().accept(new WebSocketOutlet(socket, frameBytesMax));
            }));
  }

  /// Such a request has no body, and must not be read before the handshake.
  private static boolean wantsWebSocket(HttpServerRequest request) {
    String wanted = Optional.ofNullable(request.getHeader("Upgrade")).orElse("");
    return wanted.toLowerCase(Locale.ROOT).equals("websocket")
        && request.method().equals(HttpMethod.GET);
  }

  private static boolean isHandshake(HttpServerRequest request) {
    List<String> keys = request.headers().getAll("Sec-WebSocket-Key");
    String connection = String.join(",", request.headers().getAll("Connection"));
    return keys.size() == 1
        && WEBSOCKET_KEY.matcher(keys.getFirst().strip()).matches()
        && "13".equals(request.getHeader("Sec-WebSocket-Version"))
        && hasNoBody(request)
        && connection.toLowerCase(Locale.ROOT).contains("upgrade");
  }

  /// Vert.x would answer a large one by itself.
  private static boolean hasNoBody(HttpServerRequest request) {
    String length = request.getHeader("Content-Length");
    return !request.headers().contains("Transfer-Encoding")
        && (length == null || length.equals("0"));
  }

  private void write(HttpServerRequest request, Response.Whole whole) {
    HttpServerResponse response = request.response();
    if (wantsWebSocket(request)) {
      request.resume();
    }
    if (response.closed() || response.ended()) {
      return;
    }
    response.setStatusCode(whole.status());
    whole.headers().forEach(response::putHeader);
    response.putHeader("Date", date.now());
    response.putHeader("X-Content-Type-Options", "nosniff");
    Channel channel = channel(request.connection());
    if (request.method().name().equals("HEAD")) {
      response.putHeader("Content-Length", Integer.toString(whole.body().length));
      var _ = response.end();
    } else {
      var _ = response.end(Buffer.buffer(whole.body()));
    }
    channel.eventLoop().execute(() -> SlowSender.answered(channel));
  }

  private void writeAndClose(HttpServerRequest request, Response.Whole whole) {
    LastAnswer.write(channel(request.connection()), whole, date.now());
  }

  private void refuseUnreadable(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    writeAndClose(request, Unreadable.answer(cause, HEADER_BYTES_MAX));
  }

  private static BindException bindFailure(String host, int port, CompletionException failure) {
    var refused = new BindException("Cannot listen on " + host + ":" + port);
    refused.initCause(failure.getCause());
    return refused;
  }
}
