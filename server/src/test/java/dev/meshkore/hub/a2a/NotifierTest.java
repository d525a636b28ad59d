package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hosts that take their time hold up no other.
final class NotifierTest {
  private static final int SLOW = 2_000;
  private static final int QUICK = 50;
  private static final int OF_HOST_MAX = 8;

  @TempDir private Path folder;

  /// A host that takes calls and answers none.
  private static final class Silent implements AutoCloseable {
    private final ServerSocket server;
    final Queue<Socket> calls = new ConcurrentLinkedQueue<>();

    Silent() throws IOException {
      server = new ServerSocket(0, 1_000, InetAddress.ofLiteral("127.0.0.1"));
      Thread.startVirtualThread(this::accept);
    }

    private void accept() {
      try {
        while (true) {
          calls.add(server.accept());
        }
      } catch (IOException _) {
        // The end of the test.
      }
    }

    String url() {
      return "http://127.0.0.1:" + server.getLocalPort() + "/hook";
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket call : calls) {
        call.close();
      }
    }
  }

  @Test
  void slowWebhooksHoldUpNoOthers() throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var silent = new Silent();
          var database = Database.open(url, () -> 0, () -> {});
          var outbound = new OutboundClient(true)) {
        var called = new CountDownLatch(QUICK);
        HttpServer quick =
            HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0), 0);
        quick.createContext(
            "/",
            exchange -> {
              try (exchange) {
                exchange.sendResponseHeaders(204, -1);
              }
              called.countDown();
            });
        quick.start();
        String quickUrl = "http://127.0.0.2:" + quick.getAddress().getPort() + "/hook";
        database.write(transaction -> {
          for (int i = 0; i < SLOW + QUICK; i++) {
            String task = "t" + i;
            String to = i < SLOW ? silent.url() : quickUrl;
            SqlHooks.put(transaction, task, new Hook("h", to, "", "", ""));
            SqlHooks.addNotices(transaction, task, i, new byte[] {'{', '}'});
          }
          return true;
        });
        try (var notifier = new Notifier(database, outbound, InstantSource.system())) {
          notifier.wake();
          assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
          assertThat(silent.calls).hasSizeBetween(1, OF_HOST_MAX);
        } finally {
          quick.stop(0);
        }
      }
    }
  }
}
