package dev.meshkore.hub.testing;

import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// A way to a PostgreSQL server on which the answer to one commit is lost: that of the transaction
/// in which a text was written. The connection ends then, as if the server had gone away; the next
/// one is served. Thread-safe.
public final class ForgetfulDatabase implements AutoCloseable {
  private static final int BUFFER = 65_536;

  private final ServerSocket door;
  private final DatabaseUrl.PostgresqlServer server;
  private final String lost;
  private final AtomicBoolean hasForgotten = new AtomicBoolean();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private ForgetfulDatabase(ServerSocket door, DatabaseUrl.PostgresqlServer server, String lost) {
    this.door = door;
    this.server = server;
    this.lost = lost;
  }

  /// Opens the way to the database of a setting; the commit after this text is the one.
  public static ForgetfulDatabase before(String setting, String lost) throws IOException {
    var door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    var opened = new ForgetfulDatabase(door, DatabaseUrl.postgresql(setting), lost);
    opened.threads.execute(opened::accept);
    return opened;
  }

  /// The same database by this way, as a setting names it.
  public String setting() {
    URI direct = direct();
    String url = "jdbc:postgresql://127.0.0.1:" + door.getLocalPort() + direct.getPath();
    return TestDatabase.setting(
        new DatabaseUrl.PostgresqlServer(url, server.user(), server.password()));
  }

  @Override
  public void close() throws IOException {
    door.close();
    threads.shutdownNow();
    threads.close();
  }

  private URI direct() {
    return URI.create(server.jdbcUrl().substring("jdbc:".length()));
  }

  private void accept() {
    while (!door.isClosed()) {
      try {
        Socket client = door.accept();
        threads.execute(() -> serve(client));
      } catch (IOException | RejectedExecutionException _) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client;
        var behind = new Socket(direct().getHost(), direct().getPort())) {
      var one = new Connection();
      threads.execute(() -> answer(one, behind, client));
      ask(one, client.getInputStream(), behind.getOutputStream());
    } catch (IOException | RejectedExecutionException _) {
      // One of the two ended it.
    }
  }

  private void ask(Connection one, InputStream from, OutputStream to) throws IOException {
    var buffer = new byte[BUFFER];
    boolean isWritten = false;
    for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
      String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
      isWritten |= text.contains(lost);
      boolean isCommit = isWritten && text.contains("COMMIT");
      if (isCommit && hasForgotten.compareAndSet(false, true)) {
        one.isLost = true;
      }
      to.write(buffer, 0, count);
    }
  }

  /// Takes the server's answers to the client, until the one that gets lost.
  private static void answer(Connection one, Socket from, Socket to) {
    try (from;
        to) {
      var buffer = new byte[BUFFER];
      InputStream answers = from.getInputStream();
      for (int count = answers.read(buffer); count >= 0; count = answers.read(buffer)) {
        if (one.isLost) {
          return;
        }
        to.getOutputStream().write(buffer, 0, count);
      }
    } catch (IOException _) {
      // One of the two ended it.
    }
  }

  private static final class Connection {
    private volatile boolean isLost;
  }
}
