package dev.meshkore.hub.meaning;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.Seeds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Processes that end while a model is loaded or runs, and wait for nothing. `-Dseeds` says how
/// many.
final class EndingTest {
  private static final int AT_ONCE = 2;

  @TempDir private Path folder;

  /// Loads a model on a thread for which nobody waits, and ends the process a moment later.
  static final class Hasty {
    private Hasty() {}

    public static void main(String[] arguments) throws InterruptedException {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try {
              OnnxEmbedder model = OnnxEmbedder.load();
              while (true) {
                assertThat(model.vectors(List.of("what is it about"))).hasSize(1);
              }
            } catch (Embedder.NoVectors _) {
              // As it should be.
            }
          });
      Thread.sleep(Long.parseLong(arguments[0]));
      System.exit(0);
    }
  }

  @Test
  void aProcessEndsWithoutACrash() {
    Seeds.forAll(
        6,
        random -> {
          var processes = new ArrayList<Process>();
          for (int i = 0; i < AT_ONCE; i++) {
            processes.add(start(random.nextInt(1_500)));
          }
          for (Process process : processes) {
            assertThat(process.onExit().join().exitValue()).isZero();
          }
        });
  }

  private Process start(int afterMs) {
    try {
      return new ProcessBuilder(
              ProcessHandle.current().info().command().orElse("java"),
              "--enable-native-access=ALL-UNNAMED",
              "-XX:TieredStopAtLevel=1",
              "-XX:ErrorFile=" + folder.resolve("crash.log"),
              "-cp",
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
              Hasty.class.getName(),
              Integer.toString(afterMs))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
