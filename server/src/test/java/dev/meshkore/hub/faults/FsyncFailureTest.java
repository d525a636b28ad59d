package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.Main;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// After one failed fsync nobody knows what is stored, so the hub accepts nothing more and ends
/// itself; what it accepted before is there afterwards.
@Tag("faults")
final class FsyncFailureTest {
  private static final int FAILS_AFTER = 400;

  @TempDir private Path folder;

  @Test
  void endsItselfAndLosesNothing() throws Exception {
    Assumptions.assumeTrue(injectsFaults(), "strace is not installed or may not trace");
    var history = new History();
    HubProcess hub = new HubProcess(folder.resolve("data"), folder.resolve("hub.log"));
    hub.under(
        "strace",
        "-f",
        "-q",
        "--seccomp-bpf",
        "-o",
        folder.resolve("trace").toString(),
        "-e",
        "trace=fdatasync,fsync",
        "-e",
        "inject=fdatasync,fsync:error=EIO:when=" + FAILS_AFTER + "+");
    try (HubProcess running = hub.start();
        Load load = Load.start(running, history, Load.Size.USUAL)) {
      assertThat(running.awaitExit(Duration.ofSeconds(60))).isEqualTo(Main.EXIT_DISK_FAILED);
      var accepted = history.acceptedNow();
      assertThat(accepted).isNotEmpty();

      running.under().start();
      new Reconciler(load).check(accepted);
      load.awaitAccepted(100);
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }

  private static boolean injectsFaults() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("strace", "-q", "-o", "/dev/null", "true").start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException _) {
      return false;
    }
  }
}
