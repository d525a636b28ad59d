package dev.meshkore.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArgumentsTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @Test
  void measuresWebSocketsWhenNothingIsSaid() {
    BenchOptions options = Arguments.parse();
    assertThat(options.scenarios()).containsExactly("ws");
    assertThat(options.runs()).isEqualTo(5);
    assertThat(options.payloadBytes()).isEqualTo(400);
    assertThat(options.shapes())
        .containsExactly(
            new Shape(64, 1, 0),
            new Shape(64, 16, 0),
            new Shape(1000, 4, 0),
            new Shape(64, 0, 20_000));
  }

  @Test
  void readsBothWaysOfGivingAValue() {
    BenchOptions options =
        Arguments.parse("rest", "--runs", "3", "--seconds=2", "--topology", "random", "--no-hub");
    assertThat(options.scenarios()).containsExactly("rest");
    assertThat(options.runs()).isEqualTo(3);
    assertThat(options.runTime()).isEqualTo(Duration.ofSeconds(2));
    assertThat(options.topology()).isSameAs(Topology.RANDOM);
    assertThat(options.hub()).isFalse();
  }

  @Test
  void saysWhichPartIsWrong() {
    assertRefused("no scenario wss", "wss");
    assertRefused("--runz is unknown", "--runz", "3");
    assertRefused("--runs needs a value", "--runs");
    assertRefused("--runs is a number from 1 to 1,000", "--runs", "many");
    assertRefused("--bytes is a number from 64 to 262,144", "--bytes", "3");
    assertRefused("a shape is written 64x16 or 20000/s, not 64", "--shapes", "64");
    assertRefused("--topology is ring or random, not star", "--topology", "star");
    assertRefused("--url and --admin-key-file belong together", "--url", "http://localhost:1");
  }

  @Test
  void answersWithAStatus() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(UTF_8)).contains("Usage: bench");
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(err.toString(UTF_8)).contains("bench: there is no scenario nonsense");
    assertThat(run("report", "--from", "missing.json")).isEqualTo(1);
    assertThat(err.toString(UTF_8)).contains("cannot read results from missing.json");
  }

  @Test
  void saysAtOnceThatNobodyListens(@TempDir Path folder) throws Exception {
    Path key = Files.writeString(folder.resolve("admin.key"), "mka_x");
    Path result = folder.resolve("result.json");
    String[] rest = {"--admin-key-file", key.toString(), "--json", result.toString()};
    String url = "http://127.0.0.1:" + closedPort();
    assertThat(run(Stream.concat(Stream.of("all", "--url", url), Stream.of(rest)))).isEqualTo(3);
    assertThat(err.toString(UTF_8).lines())
        .singleElement()
        .asString()
        .startsWith("bench: no hub can be reached at " + url + ": ");
    assertThat(result).doesNotExist();
    assertThat(run(Stream.concat(Stream.of("ws", "--url", "nowhere"), Stream.of(rest))))
        .isEqualTo(2);
    assertThat(run(Stream.concat(Stream.of("ws", "--url", "http://x y"), Stream.of(rest))))
        .isEqualTo(2);
  }

  private static int closedPort() throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private int run(Stream<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void writesAPageWithoutMeasuring(@TempDir Path folder) throws Exception {
    Path page = folder.resolve("benchmarks.md");
    assertThat(run("report", "--markdown", page.toString())).isZero();
    assertThat(Files.readString(page)).isEqualTo(BenchmarksPage.of(List.of()));
  }

  private int run(String... arguments) {
    return BenchCommand.run(
        arguments,
        InstantSource.fixed(Instant.EPOCH),
        new PrintStream(out, true, UTF_8),
        new PrintStream(err, true, UTF_8));
  }

  private static void assertRefused(String words, String... arguments) {
    assertThatThrownBy(() -> Arguments.parse(arguments))
        .isInstanceOf(UsageFailure.class)
        .hasMessageContaining(words);
  }
}
