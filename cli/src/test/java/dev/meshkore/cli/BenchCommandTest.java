package dev.meshkore.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// How the load generator ends as a command of `meshkore`.
@Timeout(60)
final class BenchCommandTest {
  @TempDir Path place;

  private int run(String... arguments) {
    return new Shell(place).run(arguments).code();
  }

  @Test
  void itEndsAsOtherCommandsDo() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    String key = Files.writeString(place.resolve("admin.key"), "mka_x").toString();
    assertThat(run("bench", "--help")).isEqualTo(Exit.OK.code());
    assertThat(run("bench", "--runz")).isEqualTo(Exit.USER.code());
    assertThat(run("bench", "all", "--url", "http://127.0.0.1:" + port, "--admin-key-file", key))
        .isEqualTo(Exit.NETWORK.code());
    assertThat(run("bench", "report", "--from", place.resolve("none").toString()))
        .isEqualTo(Exit.OTHER.code());
  }
}
