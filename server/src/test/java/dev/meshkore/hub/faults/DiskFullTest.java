package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A full disk is refused in so many words; nothing that was accepted is lost, reading goes on, and
/// so does sending as soon as there is space, in the same process.
@Tag("faults")
final class DiskFullTest {
  private static final int DISK_MEGABYTES = 40;
  private static final int BALLAST_BYTES = 16 << 20;
  private static final int REFUSED = 20;
  private static final int ACCEPTED_AFTERWARDS = 2_000;

  @TempDir private Path folder;

  @Test
  void refusesWhileFullAndGoesOnAfterwards() throws Exception {
    var history = new History();
    try (LoopDisk disk = LoopDisk.make(folder, DISK_MEGABYTES);
        HubProcess hub =
            new HubProcess(disk.path().resolve("data"), folder.resolve("hub.log")).start();
        Load load = Load.start(hub, history, new Load.Size(3, 3, 1))) {
      Path ballast = disk.path().resolve("ballast");
      Files.write(ballast, new byte[BALLAST_BYTES]);
      load.awaitUntil("is full", () -> history.refusedCount("storage-full") >= REFUSED);
      assertThat(hub.isAlive()).isTrue();
      readsStillWork(load);
      new Reconciler(load).check(history.acceptedNow());

      Files.delete(ballast);
      load.awaitAccepted(ACCEPTED_AFTERWARDS);
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
      hub.kill();
      hub.start();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }

  private static void readsStillWork(Load load) throws IOException, InterruptedException {
    Player reader = load.player(Load.SILENT);
    for (String path :
        new String[] {
          "/messages", "/profile", "/network", "/stats", "/history/wssender-0", "/receipts?after=0"
        }) {
      assertThat(reader.get(path).status()).as(path).isEqualTo(200);
    }
  }
}
