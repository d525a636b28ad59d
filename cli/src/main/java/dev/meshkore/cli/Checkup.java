package dev.meshkore.cli;

import dev.meshkore.hub.HubConfig;
import dev.meshkore.hub.store.Backup;
import dev.meshkore.hub.store.DiskProbe;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;

/// The doctor's questions, each answered by one or more findings.
final class Checkup {
  private static final long MEBIBYTE = 1024L * 1024;
  private static final List<PosixFilePermission> OWNER_RIGHTS =
      List.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Surroundings here;
  private final HubConfig config;
  private final Path data;

  Checkup(Surroundings here, HubConfig config) {
    this.here = here;
    this.config = config;
    this.data = LocalHub.dataOf(config).toAbsolutePath();
  }

  List<Finding> findings() {
    var findings = new ArrayList<Finding>();
    findings.add(
        java(Runtime.version().feature(), String.valueOf(System.getProperty("java.home"))));
    findings.addAll(portAndClock(LocalHub.urlOf(config)));
    var folder = nearestFolder(data);
    findings.add(folder());
    try {
      findings.add(space(Files.getFileStore(folder).getUsableSpace()));
      findings.addAll(disk(folder));
    } catch (IOException e) {
      findings.add(
          Finding.problem(
              "disk",
              folder + " cannot be written: " + e.getMessage(),
              "Make the folder writable for this user, or choose another one with --data."));
    }
    findings.add(database());
    return findings;
  }

  static Finding java(int feature, String home) {
    return feature >= 25
        ? Finding.ok("java", "JDK " + feature + " in " + home)
        : Finding.problem("java", "JDK " + feature + " in " + home, "Install a JDK 25 or newer.");
  }

  private List<Finding> portAndClock(URI address) {
    try (var client = new HubClient(address, null)) {
      var health = client.exchange("/health");
      if (health.statusCode() == 200 && health.body().startsWith("{")) {
        var date = health.headers().firstValue("Date").orElse("");
        return List.of(Finding.ok("port", "a hub answers at " + address), hubClock(date));
      }
      return List.of(heldByAnother(address));
    } catch (CommandFailed e) {
      return List.of(unanswered(address));
    }
  }

  private static Finding unanswered(URI address) {
    try (var socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(address.getHost(), address.getPort()));
      return Finding.ok("port", address.getPort() + " is free");
    } catch (IOException e) {
      return heldByAnother(address);
    }
  }

  private static Finding heldByAnother(URI address) {
    return Finding.problem(
        "port",
        address.getPort() + " on " + address.getHost() + " is held by something that is no hub",
        "Stop the other program, or choose another port with --port.");
  }

  private Finding hubClock(String date) {
    if (date.isEmpty()) {
      return Finding.ok("hub's clock", "the hub does not say its time");
    }
    try {
      var told = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return clock("hub's clock", told, here.clock().instant(), 5);
    } catch (DateTimeException e) {
      return Finding.warning("hub's clock", "unreadable: " + date, "Look for a proxy in between.");
    }
  }

  static Finding clock(String subject, Instant told, Instant now, long secondsMax) {
    var apart = Duration.between(told, now).abs();
    return apart.toSeconds() <= secondsMax
        ? Finding.ok(subject, "agrees with this machine's")
        : Finding.warning(
            subject,
            "is " + apart.toSeconds() + " s apart from this machine's",
            "Synchronise the clocks (NTP); tokens and expiry depend on them.");
  }

  private Finding folder() {
    if (!Files.exists(data)) {
      return Finding.ok("data", data + " is made at the first start");
    }
    if (!Files.isDirectory(data)) {
      return Finding.problem("data", data + " is no folder", "Choose another one with --data.");
    }
    try {
      var others =
          Files.getPosixFilePermissions(data).stream()
              .anyMatch(right -> !OWNER_RIGHTS.contains(right));
      return others
          ? Finding.warning(
              "data", data + " can be read by other users", "Close it: chmod 700 " + data)
          : Finding.ok("data", data + " is closed to other users");
    } catch (IOException | UnsupportedOperationException e) {
      return Finding.warning(
          "data", data + ": who may read it is not known", "Check the folder's permissions.");
    }
  }

  static Finding space(long bytes) {
    var shown = bytes / MEBIBYTE + " MiB free";
    if (bytes < 100 * MEBIBYTE) {
      return Finding.problem("disk", shown, "Free some space; the hub refuses mail without any.");
    }
    return bytes < 1024 * MEBIBYTE
        ? Finding.warning("disk", shown, "Free some space before it runs out.")
        : Finding.ok("disk", shown);
  }

  /// How long it takes until bytes are on the disk, and what time the file system tells.
  private List<Finding> disk(Path folder) throws IOException {
    var fsync = sync(DiskProbe.measure(folder, System::nanoTime));
    var probe = Files.createTempFile(folder, ".meshkore", ".probe");
    try {
      var told = Files.getLastModifiedTime(probe).toInstant();
      return List.of(fsync, clock("file clock", told, here.clock().instant(), 2));
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  static Finding sync(DiskProbe.Fsync measured) {
    return measured.advice().isEmpty()
        ? Finding.ok("fsync", measured.line())
        : Finding.warning("fsync", measured.line(), measured.advice());
  }

  private Finding database() {
    return LocalHub.databaseFileOf(config)
        .map(Checkup::file)
        .orElseGet(() -> Finding.ok("database", "PostgreSQL, which has its own tools"));
  }

  private static Finding file(Path file) {
    if (!Files.exists(file)) {
      return Finding.ok("database", "is made at the first start");
    }
    var verdict = Backup.integrity(file);
    return verdict.equals("ok")
        ? Finding.ok("database", file + " is whole")
        : damaged(file, verdict);
  }

  private static Finding damaged(Path file, String reason) {
    return Finding.problem(
        "database",
        file + " is damaged: " + reason,
        "Stop the hub, keep a copy of the file, and put back the last backup.");
  }

  private static Path nearestFolder(Path folder) {
    var nearest = folder;
    while (!Files.isDirectory(nearest) && nearest.getParent() != null) {
      nearest = nearest.getParent();
    }
    return nearest;
  }
}
