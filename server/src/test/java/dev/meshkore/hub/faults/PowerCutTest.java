package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a hub accepted outlives a power cut: everything that was written and not synced is lost, as
/// by a disk that stops. The hub stands still before the disk is cut, as both do without power: a
/// hub that lived on could hear of an fsync that succeeded while the cut dropped it. A hub that
/// does not sync must be seen to lose, or this test shows nothing.
@Tag("faults")
final class PowerCutTest {
  private static final int CUTS = Integer.getInteger("powercut.rounds", 3);
  private static final int DISK_MEGABYTES = 512;
  private static final int ACCEPTED_MAX = 4_000;

  @TempDir private Path folder;

  @Test
  void losesNothing() throws Exception {
    long seed = Long.getLong("powercut.seed", new Random().nextLong());
    var random = new Random(seed);
    var history = new History();
    try (LoopDisk disk = LoopDisk.make(folder, DISK_MEGABYTES);
        HubProcess hub = hub(disk, "FULL").start();
        Load load = Load.start(hub, history, Load.Size.USUAL)) {
      for (int cut = 0; cut < CUTS; cut++) {
        load.awaitAccepted(1 + random.nextInt(ACCEPTED_MAX));
        hub.freeze();
        disk.cutPower();
        hub.kill();
        disk.restorePower();
        hub.start();
        new Reconciler(load).check(history.acceptedNow());
        assertThat(history.violations()).as("seed %s, cut %s", seed, cut).isEmpty();
      }
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).as("seed %s", seed).isEmpty();
  }

  @Test
  void seesAHubLoseThatDoesNotSync() throws Exception {
    var history = new History();
    try (LoopDisk disk = LoopDisk.make(folder, DISK_MEGABYTES);
        HubProcess hub = hub(disk, "OFF").start();
        Load load = Load.start(hub, history, Load.Size.USUAL)) {
      load.awaitAccepted(ACCEPTED_MAX);
      hub.freeze();
      disk.cutPower();
      hub.kill();
      disk.restorePower();
      assertThat(hasLost(hub, load, history)).as("messages were lost").isTrue();
    }
  }

  /// A database that does not open any more has lost all.
  private static boolean hasLost(HubProcess hub, Load load, History history)
      throws InterruptedException {
    try {
      hub.start();
      new Reconciler(load).check(history.acceptedNow());
    } catch (IOException _) {
      return true;
    }
    return history.lostCount() > 0;
  }

  private HubProcess hub(LoopDisk disk, String synchronous) {
    return new HubProcess(disk.path().resolve("data"), folder.resolve("hub.log"))
        .with("MESHKORE_SQLITE_SYNCHRONOUS", synchronous);
  }
}
