package dev.meshkore.hub.store;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Copies what SQLite's write-ahead log holds into the database, a little and often, beside the
/// writer: done by the writer itself, as SQLite does by default, it would keep every answer waiting
/// for a second copy of all that was written. Only the log's restart from its beginning, which
/// keeps it from growing for ever, is left to the writer, between two groups, when little is left
/// to copy.
final class Checkpointer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Checkpointer.class.getName());
  private static final long EVERY_MS = 100;
  private static final long RESTART_PAGES = 4_096;
  private static final long UNCOPIED_FEW = 64;

  /// How long the writer waits for who reads from the log before it tries again later, unless the
  /// log has so many pages.
  private static final int BRIEF_MS = 20;

  private static final long MANY_PAGES = 8 * RESTART_PAGES;
  private static final int MORE_MAX = 3;

  private final DatabaseUrl url;
  private final Writer writer;
  private final Runnable onBroken;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("checkpoint").daemon().factory());
  private @Nullable Connection connection;

  Checkpointer(DatabaseUrl url, Writer writer, Runnable onBroken) {
    this.url = url;
    this.writer = writer;
    this.onBroken = onBroken;
  }

  void start() {
    var _ = thread.scheduleWithFixedDelay(this::tick, EVERY_MS, EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// Waits for a copy that is under way.
  @Override
  public void close() {
    thread.shutdown();
    boolean interrupted = false;
    while (!thread.isTerminated()) {
      try {
        var _ = thread.awaitTermination(1, TimeUnit.SECONDS);
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    disconnect();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void tick() {
    try {
      Log log = checkpoint(connected(), "PASSIVE");
      if (log.pages() > RESTART_PAGES) {
        for (int more = 0; more < MORE_MAX && log.uncopied() > UNCOPIED_FEW; more++) {
          log = checkpoint(connected(), "PASSIVE");
        }
        int patienceMs = log.pages() > MANY_PAGES ? DatabaseUrl.BUSY_MS : BRIEF_MS;
        writer.betweenGroups(transaction -> restart(transaction.connection(), patienceMs));
      }
    } catch (SQLException cause) {
      disconnect();
      told(cause);
    }
  }

  /// A disk that cannot keep the copy is as broken as one that cannot keep the log; a full one will
  /// do when there is space.
  private void told(SQLException cause) {
    if (url.dialect().failure(cause) instanceof StoreFailure.Broken) {
      LOG.log(Level.ERROR, "The database could not be brought up to its log", cause);
      onBroken.run();
    } else {
      LOG.log(Level.DEBUG, "The log will be copied later", cause);
    }
  }

  /// Begins the log anew, if within so long nobody reads from it any more; all who write wait
  /// meanwhile.
  private static Log restart(Connection writing, int patienceMs) throws SQLException {
    setBusyTimeout(writing, patienceMs);
    try {
      return checkpoint(writing, "RESTART");
    } finally {
      setBusyTimeout(writing, DatabaseUrl.BUSY_MS);
    }
  }

  private static void setBusyTimeout(Connection connection, int ms) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA busy_timeout = " + ms);
    }
  }

  private static Log checkpoint(Connection connection, String how) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(" + how + ")")) {
      return row.next() ? new Log(row.getLong(2), row.getLong(3)) : new Log(0, 0);
    }
  }

  private Connection connected() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = url.openToWrite();
      connection = open;
    }
    return open;
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException _) {
        // It held nothing that is not in the log.
      }
    }
  }

  /// The write-ahead log after a copy.
  ///
  /// @param pages how many it has
  /// @param copied how many of them are in the database
  private record Log(long pages, long copied) {
    long uncopied() {
      return pages - copied;
    }
  }
}
