package dev.meshkore.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.DiskProbe;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What is to be pasted works where it is pasted: in the folder of another project.
final class WelcomeTest {
  private static final Welcome WELCOME =
      new Welcome(
          "http://127.0.0.1:4770",
          Path.of("data"),
          "http://127.0.0.1:4770/join/n",
          new DiskProbe.Fsync(100_000, 200_000),
          false);

  @Test
  void namesTheLauncherByItsWholePath() {
    assertThat(linesWith(Path.of("/opt/mesh")))
        .contains("  /opt/mesh/meshkore connect claude --invite")
        .contains("(others: /opt/mesh/meshkore invite)");
    assertThat(linesWith(Path.of("/opt/my hub")))
        .contains("  \"/opt/my hub/meshkore\" connect claude --invite");
    assertThat(linesWith(null)).contains("  meshkore connect claude --invite");
  }

  private static String linesWith(@Nullable Path root) {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, UTF_8);
    var here =
        new Surroundings(
            nowhere,
            nowhere,
            InputStream.nullInputStream(),
            Map.of(),
            InstantSource.system(),
            false,
            root);
    return String.join("\n", WELCOME.lines(here));
  }
}
