package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.store.Backup;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestDatabase;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hub that is killed at any moment under load keeps every promise. `crash.rounds` says how often
/// it is killed, `crash.seed` when.
@Tag("faults")
final class CrashTest {
  private static final int CHECK_EVERY = 5;
  private static final int ACCEPTED_MAX = 600;

  @TempDir private Path folder;

  @Test
  void losesNothingWhenKilledOnSqlite() throws Exception {
    Path data = folder.resolve("data");
    HubProcess hub = new HubProcess(data, folder.resolve("hub.log"));
    crash(hub, Integer.getInteger("crash.rounds", 20));
    assertThat(Backup.integrity(data.resolve("hub.db"))).isEqualTo("ok");
  }

  @Test
  void losesNothingWhenKilledOnPostgresql() throws Exception {
    DatabaseUrl database =
        TestDatabase.each(folder)
            .filter(DatabaseUrl.PostgresqlServer.class::isInstance)
            .findFirst()
            .orElse(null);
    Assumptions.assumeTrue(database != null, "PostgreSQL is not installed");
    HubProcess hub = new HubProcess(folder.resolve("data"), folder.resolve("hub.log"));
    crash(hub.on(database), 5);
  }

  private static void crash(HubProcess hub, int rounds) throws Exception {
    long seed = Long.getLong("crash.seed", new Random().nextLong());
    var random = new Random(seed);
    var history = new History();
    try (HubProcess running = hub.start();
        Load load = Load.start(running, history, Load.Size.USUAL)) {
      for (int round = 0; round < rounds; round++) {
        load.awaitAccepted(1 + random.nextInt(ACCEPTED_MAX));
        running.kill();
        List<History.Send> accepted = history.acceptedNow();
        running.start();
        if (round % CHECK_EVERY == CHECK_EVERY - 1) {
          new Reconciler(load).check(accepted);
        }
        assertThat(history.violations()).as("seed %s, round %s", seed, round).isEmpty();
      }
      load.awaitAccepted(100);
      load.finish();
      assertThat(history.acceptedNow())
          .as("every send was answered")
          .hasSize(history.sends().size());
      new Reconciler(load).check(history.acceptedNow());
    }
    System.err.println("Killed " + rounds + " times, seed " + seed + ": " + history);
    assertThat(history.violations()).as("seed %s", seed).isEmpty();
  }
}
