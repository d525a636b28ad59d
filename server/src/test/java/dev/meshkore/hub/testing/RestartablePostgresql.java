package dev.meshkore.hub.testing;

import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A PostgreSQL server for one test, which may stop it and start it again.
public final class RestartablePostgresql implements AutoCloseable {
  private final PrivatePostgresql server;

  private RestartablePostgresql(PrivatePostgresql server) {
    this.server = server;
  }

  /// Starts one; empty where PostgreSQL is not installed.
  public static Optional<RestartablePostgresql> start() {
    return PrivatePostgresql.start().map(RestartablePostgresql::new);
  }

  /// A fresh database.
  public DatabaseUrl create(String name) {
    return server.create(name);
  }

  /// A dump of a database, as a file of SQL that goes with this server.
  public Path dump(String name) throws IOException {
    return server.dump(name);
  }

  /// Puts a dump into an empty database.
  public void restore(String name, Path dump) throws IOException {
    server.restore(name, dump);
  }

  /// Ends all connections at once, and the server.
  public void stopServer() throws IOException {
    server.stopServer();
  }

  /// Starts it again on the same port with the same data.
  public void startServer() throws IOException {
    server.startServer();
  }

  @Override
  public void close() {
    server.stop();
  }
}
