package dev.meshkore.hub.testing;

import dev.meshkore.hub.Hub;
import dev.meshkore.hub.HubConfig;
import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// A real hub on a free port of loopback, with a data folder of its own that goes with it.
public final class TestHub implements AutoCloseable {
  private final Hub hub;
  private final AtomicReference<Duration> ahead;
  private final Path data;
  private final DatabaseUrl database;

  private TestHub(Hub hub, AtomicReference<Duration> ahead, Path data, DatabaseUrl database) {
    this.hub = hub;
    this.ahead = ahead;
    this.data = data;
    this.database = database;
  }

  /// Plays a test on a hub of each kind of database that this machine can run, all with the same
  /// settings.
  public static void onEach(Map<String, String> settings, Consumer<TestHub> test) {
    for (Map<String, String> database : TestDatabase.settings()) {
      var all = new HashMap<>(settings);
      all.putAll(database);
      try (TestHub hub = start(all)) {
        test.accept(hub);
      }
    }
  }

  /// The same, with the settings of every test.
  public static void onEach(Consumer<TestHub> test) {
    onEach(Map.of(), test);
  }

  /// Starts a hub without a rate limit; settings are named as on the command line.
  public static TestHub start(Map<String, String> settings) {
    try {
      Path data = Files.createTempDirectory("hub");
      var all = new HashMap<String, String>();
      all.put("port", "0");
      all.put("data", data.toString());
      all.put("rate-per-minute", "0");
      // A model takes a second of a core; whoever tests what it does asks for it.
      all.put("meaning", "false");
      all.putAll(settings);
      var ahead = new AtomicReference<>(Duration.ZERO);
      InstantSource clock = () -> InstantSource.system().instant().plus(ahead.get());
      HubConfig config = HubConfig.read(all, Map.of());
      return new TestHub(Hub.open(config, clock, () -> {}), ahead, data, config.database());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Where it listens.
  public String url() {
    return hub.url();
  }

  /// The port on which it listens, however it is reached.
  public int port() {
    return hub.port();
  }

  /// The operator's key.
  public String adminKey() {
    return hub.adminKey();
  }

  /// The hub itself.
  public Hub hub() {
    return hub;
  }

  /// Lets the hub's clock run ahead by so much more.
  public void advance(Duration more) {
    ahead.updateAndGet(before -> before.plus(more));
  }

  /// What its clock says.
  public Instant now() {
    return Instant.now().plus(ahead.get());
  }

  /// The folder that holds its data.
  public Path data() {
    return data;
  }

  /// Writes into its database, behind its back.
  public void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
  }

  /// The texts in the first column of what its database answers.
  public List<String> texts(String sql) {
    var texts = new ArrayList<String>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    } catch (SQLException failure) {
      throw new AssertionError(failure);
    }
    return texts;
  }

  private Connection connect() throws SQLException {
    return switch (database) {
      case DatabaseUrl.SqliteFile sqlite -> {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + sqlite.file());
        try (Statement statement = connection.createStatement()) {
          statement.execute("PRAGMA busy_timeout = 10000");
        }
        yield connection;
      }
      case DatabaseUrl.PostgresqlServer server ->
          DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
    };
  }

  /// A fresh invite's URL.
  public String invite() {
    return hub.newInvite("test");
  }

  @Override
  public void close() {
    hub.close();
    try (var files = Files.walk(data)) {
      List<Path> deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
