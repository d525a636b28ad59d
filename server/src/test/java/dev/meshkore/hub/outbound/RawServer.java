package dev.meshkore.hub.outbound;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A server of plain sockets that answers whatever a test wants, well-behaved or not.
final class RawServer implements AutoCloseable {
  /// Answers one connection after its request was read; it is closed afterwards.
  @FunctionalInterface
  interface Answer {
    void write(OutputStream out) throws IOException;
  }

  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Answer answer;

  private RawServer(ServerSocket listener, Answer answer) {
    this.listener = listener;
    this.answer = answer;
    threads.execute(this::accept);
  }

  static RawServer start(Answer answer) throws IOException {
    return start(new ServerSocket(), "127.0.0.1", 0, answer);
  }

  static RawServer start(ServerSocket listener, String address, int port, Answer answer)
      throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.ofLiteral(address), port));
    return new RawServer(listener, answer);
  }

  /// One that answers this text.
  static RawServer saying(String text) throws IOException {
    return start(out -> out.write(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  /// One that begins with a text and then repeats another, every so many milliseconds, for ever.
  static RawServer repeating(String start, String text, long ms) throws IOException {
    return start(out -> {
      out.write(start.getBytes(StandardCharsets.ISO_8859_1));
      while (!Thread.currentThread().isInterrupted()) {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
        LockSupport.parkNanos(ms * 1_000_000);
      }
    });
  }

  /// One that says nothing for as long as it is there.
  static RawServer silent() throws IOException {
    return start(_ -> {
      while (!Thread.currentThread().isInterrupted()) {
        LockSupport.park();
      }
    });
  }

  int port() {
    return listener.getLocalPort();
  }

  URI url(String host) {
    return URI.create("http://" + host + ":" + port() + "/");
  }

  /// How often somebody connected.
  int connections() {
    return connections.get();
  }

  /// The heads and bodies of requests as they came.
  List<String> requests() {
    return requests;
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.incrementAndGet();
        sockets.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException _) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      readRequest(socket.getInputStream());
      answer.write(socket.getOutputStream());
      socket.getOutputStream().flush();
    } catch (IOException _) {
      // The client went away, as it should.
    }
  }

  private void readRequest(InputStream in) throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("No whole request came");
      }
      head.write(next);
    }
    String text = head.toString(StandardCharsets.ISO_8859_1);
    int at = text.indexOf("Content-Length: ");
    if (at >= 0) {
      String length = text.substring(at + 16, text.indexOf('\r', at));
      head.write(in.readNBytes(Integer.parseInt(length)));
    }
    requests.add(head.toString(StandardCharsets.ISO_8859_1));
  }
}
