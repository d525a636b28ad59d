package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meshkore.hub.testing.RestartablePostgresql;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The database server is stopped and started under load: meanwhile the hub refuses, afterwards it
/// goes on by itself, and what it accepted is there.
@Tag("faults")
final class PostgresqlRestartTest {
  private static final int REFUSED = 10;
  private static final int ROUNDS = 3;

  @TempDir private Path folder;

  @Test
  void refusesWhileTheServerIsAwayAndGoesOnAfterwards() throws Exception {
    Optional<RestartablePostgresql> installed = RestartablePostgresql.start();
    Assumptions.assumeTrue(installed.isPresent(), "PostgreSQL is not installed");
    var history = new History();
    try (RestartablePostgresql server = installed.get();
        HubProcess hub =
            new HubProcess(folder.resolve("data"), folder.resolve("hub.log"))
                .on(server.create("hub"))
                .start();
        Load load = Load.start(hub, history, Load.Size.USUAL)) {
      for (int round = 0; round < ROUNDS; round++) {
        load.awaitAccepted(300);
        server.stopServer();
        long before = history.refusedCount("busy");
        load.awaitUntil("is refused", () -> history.refusedCount("busy") >= before + REFUSED);
        server.startServer();
        load.awaitAccepted(300);
        new Reconciler(load).check(history.acceptedNow());
        assertThat(hub.isAlive()).isTrue();
      }
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }
}
