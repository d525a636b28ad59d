package dev.meshkore.hub.a2a;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.sun.net.httpserver.HttpServer;
import dev.meshkore.hub.outbound.NameResolver;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.OutboundLimits;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import dev.meshkore.hub.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Sites that take their time hold up no other.
final class NotifierTest {
  private static final int SLOW = 2_000;
  private static final int QUICK = 50;
  private static final int OF_SITE_MAX = 8;

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

    /// The same by one of many names.
    String url(int number) {
      return "http://n" + number + ".slow.example:" + server.getLocalPort() + "/hook";
    }

    @Override
    public void close() throws IOException {
      server.close();
      for (Socket call : calls) {
        call.close();
      }
    }
  }

  /// A host that answers at once.
  private static final class Quick implements AutoCloseable {
    private final HttpServer server;
    final Queue<String> calls = new ConcurrentLinkedQueue<>();
    final CountDownLatch called = new CountDownLatch(QUICK);

    Quick() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 0), 0);
      server.createContext(
          "/",
          exchange -> {
            try (exchange) {
              calls.add(exchange.getRequestURI().getPath());
              exchange.sendResponseHeaders(204, -1);
            }
            called.countDown();
          });
      server.start();
    }

    String url() {
      return "http://127.0.0.2:" + server.getAddress().getPort() + "/hook";
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  @Test
  void slowWebhooksHoldUpNoOthers() throws Exception {
    slowOnesHoldUpNoOthers((silent, _) -> silent.url());
  }

  @Test
  void slowWebhooksUnderManyNamesOfADomainHoldUpNoOthers() throws Exception {
    slowOnesHoldUpNoOthers((silent, i) -> silent.url(i % 200));
  }

  private void slowOnesHoldUpNoOthers(BiFunction<Silent, Integer, String> slowUrl)
      throws Exception {
    for (DatabaseUrl url : TestDatabase.each(folder).toList()) {
      try (var silent = new Silent();
          var quick = new Quick();
          var database = Database.open(url, () -> 0, () -> {});
          var outbound = outbound()) {
        database.write(transaction -> {
          for (int i = 0; i < SLOW + QUICK; i++) {
            put(transaction, "t" + i, i < SLOW ? slowUrl.apply(silent, i) : quick.url(), i);
          }
          return true;
        });
        try (var notifier = new Notifier(database, outbound, InstantSource.system())) {
          notifier.wake();
          assertThat(quick.called.await(10, TimeUnit.SECONDS)).isTrue();
          assertThat(silent.calls).hasSizeBetween(1, OF_SITE_MAX);
        }
      }
    }
  }

  /// A hub that takes a notification and dies keeps others from it for its lease, and no longer.
  @Test
  void whatAHubTookThatDiedIsSentByAnother() throws Exception {
    List<DatabaseUrl> shared =
        TestDatabase.each(folder).filter(url -> url.dialect().isShared()).toList();
    assumeThat(shared).isNotEmpty();
    var now = new AtomicLong(1_000_000);
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    try (var quick = new Quick();
        var database = Database.open(shared.getFirst(), () -> 0, () -> {});
        var outbound = outbound()) {
      database.write(transaction -> {
        put(transaction, "taken", quick.url() + "/taken", 0);
        put(transaction, "left", quick.url() + "/left", 1);
        SqlHooks.Notice first = SqlHooks.due(transaction, "127.0.0.2", now.get(), 1).getFirst();
        assertThat(first.taskId()).isEqualTo("taken");
        assertThat(SqlHooks.take(transaction, first, now.get() + Notifier.LEASE_MS)).isTrue();
        assertThat(SqlHooks.take(transaction, first, now.get() + Notifier.LEASE_MS)).isFalse();
        return true;
      });
      try (var notifier = new Notifier(database, outbound, clock)) {
        notifier.wake();
        awaitCalls(quick, "/hook/left");
        now.addAndGet(Notifier.LEASE_MS - 1);
        database.write(transaction -> put(transaction, "later", quick.url() + "/later", 0));
        notifier.wake();
        awaitCalls(quick, "/hook/left", "/hook/later");
        // Nobody wakes it for what is another's.
        now.addAndGet(1_001);
        awaitCalls(quick, "/hook/left", "/hook/later", "/hook/taken");
      }
    }
  }

  private static void awaitCalls(Quick quick, String... paths) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (quick.calls.size() < paths.length && Instant.now().isBefore(deadline)) {
      Thread.onSpinWait();
    }
    assertThat(quick.calls).containsExactly(paths);
  }

  private static OutboundClient outbound() {
    NameResolver resolver =
        name -> List.of(InetAddress.ofLiteral(name.endsWith(".slow.example") ? "127.0.0.1" : name));
    var tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
    return new OutboundClient(true, resolver, tls, OutboundLimits.NORMAL);
  }

  private static boolean put(Transaction transaction, String task, String url, long dueAt)
      throws SQLException {
    SqlHooks.put(transaction, task, new Hook("h", url, "", "", ""));
    SqlHooks.addNotices(transaction, task, dueAt, new byte[] {'{', '}'});
    return true;
  }
}
