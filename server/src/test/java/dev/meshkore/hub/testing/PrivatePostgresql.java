package dev.meshkore.hub.testing;

import dev.meshkore.hub.store.DatabaseUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// One PostgreSQL server for this process: on a free loopback port, with its data in a temporary
/// folder, stopped and removed when the process ends. PostgreSQL refuses to run as root; as root it
/// is run as `postgres`.
final class PrivatePostgresql {
  private static final String SERVER_USER = "postgres";
  private static final long COMMAND_SECONDS = 60;

  private static final class Shared {
    static final Optional<PrivatePostgresql> SERVER = start();
  }

  private final Path programs;
  private final Path folder;
  private final int port;
  private final String password;

  private PrivatePostgresql(Path programs, Path folder, int port, String password) {
    this.programs = programs;
    this.folder = folder;
    this.port = port;
    this.password = password;
  }

  /// The server of this process, started on first use; empty where PostgreSQL is not installed.
  static Optional<PrivatePostgresql> shared() {
    return Shared.SERVER;
  }

  /// A fresh database.
  DatabaseUrl.PostgresqlServer create(String name) {
    try (var connection = url("postgres").openToWrite();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(true);
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException cause) {
      throw new IllegalStateException("Cannot make the database " + name, cause);
    }
    return url(name);
  }

  private DatabaseUrl.PostgresqlServer url(String name) {
    return new DatabaseUrl.PostgresqlServer(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + name, SERVER_USER, password);
  }

  static Optional<PrivatePostgresql> start() {
    Optional<Path> programs = programs();
    if (programs.isEmpty()) {
      System.err.println("PostgreSQL is not installed; its half of the store tests is left out");
      return Optional.empty();
    }
    try {
      Path folder = Files.createTempDirectory("meshkore-postgresql-");
      var server = new PrivatePostgresql(programs.get(), folder, freePort(), password());
      Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
      server.launch();
      return Optional.of(server);
    } catch (IOException cause) {
      throw new UncheckedIOException("PostgreSQL is installed but does not start", cause);
    }
  }

  private void launch() throws IOException {
    Path secret = folder.resolve("password");
    var ownerOnly = PosixFilePermissions.fromString("rw-------");
    Files.createFile(secret, PosixFilePermissions.asFileAttribute(ownerOnly));
    Files.writeString(secret, password);
    if (isRoot()) {
      UserPrincipal owner = serverUser();
      Files.setOwner(folder, owner);
      Files.setOwner(secret, owner);
    }
    run(
        "initdb",
        "--pgdata=" + data(),
        "--username=" + SERVER_USER,
        "--pwfile=" + secret,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-locale",
        "--no-sync");
    startServer();
  }

  void startServer() throws IOException {
    run(
        "pg_ctl",
        "start",
        "--wait",
        "--pgdata=" + data(),
        "--log=" + folder.resolve("log"),
        "--options=-p "
            + port
            + " -c listen_addresses=127.0.0.1 -c unix_socket_directories="
            + " -c fsync=off -c max_connections=200");
  }

  Path dump(String name) throws IOException {
    Path file = folder.resolve(name + ".sql");
    run("pg_dump", "--file=" + file, "--dbname=" + address(name));
    return file;
  }

  void restore(String name, Path dump) throws IOException {
    run(
        "psql",
        "--quiet",
        "--no-psqlrc",
        "--set=ON_ERROR_STOP=1",
        "--file=" + dump,
        "--dbname=" + address(name));
  }

  private String address(String name) {
    return "postgresql://" + SERVER_USER + ":" + password + "@127.0.0.1:" + port + "/" + name;
  }

  /// Ends all connections in the middle of what they do, and rolls back what was not committed.
  void stopServer() throws IOException {
    run("pg_ctl", "stop", "--wait", "--mode=fast", "--pgdata=" + data());
  }

  void stop() {
    try {
      if (!Files.exists(folder)) {
        return;
      }
      if (Files.exists(data().resolve("postmaster.pid"))) {
        run("pg_ctl", "stop", "--wait", "--mode=immediate", "--pgdata=" + data());
      }
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    } catch (IOException failure) {
      System.err.println("PostgreSQL in " + folder + " was not removed: " + failure.getMessage());
    }
  }

  private void run(String program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", SERVER_USER, "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile("meshkore-" + program + "-", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean ended = process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS);
      if (!ended || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(program + " failed: " + Files.readString(output).strip());
      }
    } catch (InterruptedException cause) {
      Thread.currentThread().interrupt();
      throw new IOException(program + " was interrupted", cause);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private Path data() {
    return folder.resolve("data");
  }

  /// The folder of the newest installed server's programs.
  private static Optional<Path> programs() {
    var folders = new ArrayList<Path>();
    Path debian = Path.of("/usr/lib/postgresql");
    if (Files.isDirectory(debian)) {
      try (Stream<Path> versions = Files.list(debian)) {
        versions
            .map(version -> version.resolve("bin"))
            .sorted(Comparator.reverseOrder())
            .forEach(folders::add);
      } catch (IOException cause) {
        throw new UncheckedIOException(cause);
      }
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Stream.of(path.split(":", -1))
        .filter(part -> !part.isEmpty())
        .map(Path::of)
        .forEach(folders::add);
    return folders.stream()
        .filter(folder -> Files.isExecutable(folder.resolve("initdb")))
        .filter(folder -> Files.isExecutable(folder.resolve("pg_ctl")))
        .findFirst();
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static UserPrincipal serverUser() throws IOException {
    try {
      return FileSystems.getDefault()
          .getUserPrincipalLookupService()
          .lookupPrincipalByName(SERVER_USER);
    } catch (UserPrincipalNotFoundException cause) {
      throw new IOException("PostgreSQL needs the user " + SERVER_USER, cause);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String password() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
