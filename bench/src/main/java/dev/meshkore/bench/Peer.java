package dev.meshkore.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Another broker doing the hub's work, started privately on loopback and stopped by its id.
abstract sealed class Peer implements Target permits RedisPeer, NatsPeer, RabbitPeer {
  static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final List<String> FOLDERS =
      List.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin");

  private final Path folder;
  private final int port;
  private final List<ServerProcess> processes = new ArrayList<>();
  private int generation;

  Peer(Path parent, String name) {
    folder = ServerProcess.newFolder(parent, name);
    port = ServerProcess.freePort();
  }

  /// Starts the peer of that name: `redis`, `nats` or `rabbitmq`.
  static Peer start(String name, Path parent) throws InterruptedException {
    Peer peer =
        switch (name) {
          case "redis" -> new RedisPeer(parent);
          case "nats" -> new NatsPeer(parent);
          case "rabbitmq" -> new RabbitPeer(parent);
          default -> throw new UsageFailure("--peers knows redis, nats and rabbitmq, not " + name);
        };
    try {
      peer.begin();
      return peer;
    } catch (BenchFailure e) {
      peer.close();
      throw e;
    }
  }

  /// Launches the server and waits until it listens.
  abstract void begin() throws InterruptedException;

  final Path folder() {
    return folder;
  }

  final int port() {
    return port;
  }

  final InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /// A new name for the inboxes of one shape, so that each shape begins with empty ones.
  final String nextGeneration() {
    return "g" + generation++;
  }

  final ServerProcess launch(String name, List<String> command, Map<String, String> environment) {
    ServerProcess process = ServerProcess.start(name, folder, command, environment);
    processes.add(process);
    return process;
  }

  final Path write(String name, String text) {
    try {
      return Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new BenchFailure("cannot write " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public final Usage usage() {
    Usage total = new Usage(0, 0);
    for (ServerProcess process : processes) {
      total = total.plus(process.usage());
    }
    return total;
  }

  @Override
  public final void close() {
    for (ServerProcess process : processes.reversed()) {
      process.close();
    }
    ServerProcess.remove(folder);
  }

  /// Finds a program on the path or in the usual folders.
  static Path find(String program) {
    List<String> folders = new ArrayList<>(FOLDERS);
    folders.addAll(0, List.of(System.getenv().getOrDefault("PATH", "").split(":", -1)));
    for (String place : folders) {
      Path file = Path.of(place, program);
      if (!place.isEmpty() && Files.isExecutable(file)) {
        return file;
      }
    }
    throw new BenchFailure(program + " is not installed (looked in PATH and the usual folders)");
  }

  /// Finds a program whose folder holds a version, for example `rabbitmq_server-3.10.8/sbin`.
  static Path findBelow(String parent, String start, String rest) {
    try (Stream<Path> folders = Files.list(Path.of(parent))) {
      return folders
          .filter(place -> place.getFileName().toString().startsWith(start))
          .map(place -> place.resolve(rest))
          .filter(Files::isExecutable)
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new BenchFailure(rest + " is not installed below " + parent));
    } catch (IOException e) {
      throw new BenchFailure(rest + " is not installed: " + e.getMessage(), e);
    }
  }
}
