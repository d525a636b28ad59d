package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DiskProbe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class DoctorCommandTest {
  @TempDir Path place;

  @Test
  void aFreshMachineIsWell() throws Exception {
    var ended = doctor(freePort());

    assertThat(ended.code()).as(ended.out()).isZero();
    assertThat(ended.json().path("findings"))
        .extracting(finding -> Json.text(finding, "subject"))
        .contains("java", "port", "data", "disk", "fsync", "file clock", "database");
    assertThat(place.resolve("data")).doesNotExist();
  }

  @Test
  void aHubThatAnswersIsWell() throws Exception {
    try (var hub = TestHub.open(place.resolve("data"))) {
      var ended = doctor(Integer.parseInt(hub.url().replaceFirst(".*:", "")));

      assertThat(ended.code()).as(ended.out()).isZero();
      assertThat(ended.out()).contains("a hub answers", "hub's clock", "is whole");
    }
  }

  @Test
  void aPortHeldByAnotherProgramIsAProblem() throws Exception {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var silent = Thread.ofVirtual().start(() -> hangUp(other));

      var ended = doctor(other.getLocalPort());

      assertThat(ended.code()).isEqualTo(Exit.OTHER.code());
      assertThat(ended.out()).contains("held by something that is no hub", "--port");
      silent.interrupt();
    }
  }

  @Test
  void aDamagedDatabaseIsAProblem() throws Exception {
    var file = Files.createDirectories(place.resolve("data")).resolve("hub.db");
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE note (text TEXT)");
    }
    var bytes = Files.readAllBytes(file);
    bytes[105] ^= 0x7f;
    Files.write(file, bytes);

    var ended = doctor(freePort());

    assertThat(ended.code()).isEqualTo(Exit.OTHER.code());
    assertThat(ended.out()).contains("is damaged", "backup");
  }

  @Test
  void aFolderThatOthersCanReadIsAWarning() throws Exception {
    var data = Files.createDirectories(place.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));

    var ended = doctor(freePort());

    assertThat(ended.code()).isZero();
    assertThat(ended.out()).contains("can be read by other users", "chmod 700");
  }

  @Test
  void measuresAreJudged() {
    assertThat(Checkup.java(21, "/jdk").level()).isEqualTo(Finding.Level.PROBLEM);
    assertThat(Checkup.java(25, "/jdk").level()).isEqualTo(Finding.Level.OK);
    assertThat(Checkup.sync(new DiskProbe.Fsync(500_000, 900_000)).level())
        .isEqualTo(Finding.Level.OK);
    assertThat(Checkup.sync(new DiskProbe.Fsync(50_000_000, 90_000_000)).level())
        .isEqualTo(Finding.Level.WARNING);
    assertThat(Checkup.space(10L << 20).level()).isEqualTo(Finding.Level.PROBLEM);
    assertThat(Checkup.space(500L << 20).level()).isEqualTo(Finding.Level.WARNING);
    assertThat(Checkup.space(50L << 30).level()).isEqualTo(Finding.Level.OK);
  }

  @Test
  void clocksThatDisagreeAreAWarning() {
    var now = Instant.parse("2026-11-21T12:00:00Z");

    assertThat(Checkup.clock("clock", now.minusSeconds(5), now, 5).level())
        .isEqualTo(Finding.Level.OK);
    assertThat(Checkup.clock("clock", now.plusSeconds(90), now, 5).detail()).contains("90 s");
    assertThat(Checkup.clock("clock", now.plusSeconds(90), now, 5).level())
        .isEqualTo(Finding.Level.WARNING);
  }

  private Shell.Ended doctor(int port) {
    var data = place.resolve("data").toString();
    return new Shell(place).run("doctor", "--json", "--data", data, "--port", String.valueOf(port));
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void hangUp(ServerSocket other) {
    try (var connection = other.accept()) {
      connection.getOutputStream().write("SSH-2.0-other\r\n".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
