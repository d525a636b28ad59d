package dev.meshkore.hub.store;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.SQLiteConfig;

/// Which database to open: a file, or a PostgreSQL server.
public sealed interface DatabaseUrl {
  /// How long a connection to SQLite waits for another.
  int BUSY_MS = 5_000;

  /// A SQLite file; made where there is none.
  ///
  /// @param file where it is
  /// @param synchronous SQLite's `synchronous`: FULL, and OFF only for the test that must lose
  record SqliteFile(Path file, String synchronous) implements DatabaseUrl {
    /// Refuses a path from which the driver would read settings, such as how much may be lost.
    ///
    /// @throws IllegalStateException with a message for people
    public SqliteFile {
      file = file.toAbsolutePath();
      if (file.toString().contains("?")) {
        throw new IllegalStateException(
            file + " has a ? in its path, which a database cannot have; choose another folder");
      }
    }

    /// The file with the setting that keeps every promise.
    public SqliteFile(Path file) {
      this(file, "FULL");
    }
  }

  /// A PostgreSQL server, version 15 or newer.
  ///
  /// @param jdbcUrl the address without credentials
  /// @param user the role
  /// @param password its password; never printed
  record PostgresqlServer(String jdbcUrl, String user, String password) implements DatabaseUrl {
    @Override
    public String toString() {
      return jdbcUrl;
    }
  }

  /// Reads `postgresql://user:password@host:port/name?options`.
  ///
  /// @throws IllegalArgumentException with a message for people
  static PostgresqlServer postgresql(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException failure) {
      throw new IllegalArgumentException(
          "cannot be read at character "
              + failure.getIndex()
              + "; encode what is no letter as %XX");
    }
    boolean known = "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
    if (!known || uri.getHost() == null || uri.getPath() == null || uri.getPath().length() < 2) {
      throw new IllegalArgumentException("expected postgresql://user:password@host:port/database");
    }
    String[] login = (uri.getUserInfo() == null ? "" : uri.getUserInfo()).split(":", 2);
    String options = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    return new PostgresqlServer(
        "jdbc:postgresql://" + uri.getHost() + port + uri.getPath() + options,
        login[0],
        login.length > 1 ? login[1] : "");
  }

  /// Which dialect it speaks.
  default Dialect dialect() {
    return switch (this) {
      case SqliteFile _ -> Dialect.SQLITE;
      case PostgresqlServer _ -> Dialect.POSTGRESQL;
    };
  }

  /// Opens a connection to write on.
  default Connection openToWrite() throws SQLException {
    return switch (this) {
      case SqliteFile sqlite -> sqlite(sqlite, false);
      case PostgresqlServer server -> {
        Connection connection = postgresqlConnection(server);
        connection.setAutoCommit(false);
        yield connection;
      }
    };
  }

  /// Opens a connection that can only read.
  default Connection openToRead() throws SQLException {
    return switch (this) {
      case SqliteFile sqlite -> sqlite(sqlite, true);
      case PostgresqlServer server -> {
        Connection connection = postgresqlConnection(server);
        connection.setReadOnly(true);
        yield connection;
      }
    };
  }

  private static Connection sqlite(SqliteFile sqlite, boolean readOnly) throws SQLException {
    var config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    // Otherwise the driver asks for the last row id after each insert.
    config.setGetGeneratedKeys(false);
    config.setSynchronous(SQLiteConfig.SynchronousMode.valueOf(sqlite.synchronous()));
    config.enforceForeignKeys(true);
    config.setBusyTimeout(BUSY_MS);
    config.setCacheSize(readOnly ? -8_192 : -65_536);
    config.setPragma(SQLiteConfig.Pragma.JOURNAL_SIZE_LIMIT, "134217728");
    Connection connection = config.createConnection("jdbc:sqlite:" + sqlite.file());
    try (var statement = connection.createStatement()) {
      statement.execute("PRAGMA wal_autocheckpoint = 0");
    }
    if (readOnly) {
      try (var statement = connection.createStatement()) {
        statement.execute("PRAGMA query_only = ON");
      }
    }
    return connection;
  }

  private static Connection postgresqlConnection(PostgresqlServer server) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", server.user());
    properties.setProperty("password", server.password());
    properties.setProperty("reWriteBatchedInserts", "true");
    properties.setProperty("connectTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("ApplicationName", "meshkore");
    properties.setProperty("charSet", StandardCharsets.UTF_8.name());
    return DriverManager.getConnection(server.jdbcUrl(), properties);
  }
}
