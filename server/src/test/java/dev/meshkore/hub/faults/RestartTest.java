package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.meshkore.hub.store.Backup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hub that is asked to stop says so and stops in time; a copy made under load is a hub as it
/// was.
@Tag("faults")
final class RestartTest {
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int STOPPING = 1001;

  @TempDir private Path folder;

  @Test
  void stopsCleanlyUnderLoad() throws Exception {
    var history = new History();
    try (HubProcess hub =
            new HubProcess(folder.resolve("data"), folder.resolve("hub.log")).start();
        Load load = Load.start(hub, history, Load.Size.USUAL)) {
      for (int round = 0; round < 3; round++) {
        load.awaitAccepted(500);
        try (Socket witness = Socket.open(load.player("witness").register(), "")) {
          assertThat(witness.next(STOP)).as("the welcome").isNotNull();
          Duration took = hub.terminate();
          var end = catchThrowableOfType(Socket.Closed.class, () -> witness.next(STOP));
          assertThat(took).as("it wrote %s", hub.output()).isLessThan(STOP);
          assertThat(end.code).isEqualTo(STOPPING);
          assertThat(hub.output()).doesNotContain("Exception");
        }
        hub.start();
        new Reconciler(load).check(history.acceptedNow());
      }
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }

  @Test
  void restoresABackupThatWasTakenUnderLoad() throws Exception {
    Path data = folder.resolve("data");
    Path restored = Files.createDirectories(folder.resolve("restored"));
    var history = new History();
    try (HubProcess hub = new HubProcess(data, folder.resolve("hub.log")).start();
        Load load = Load.start(hub, history, Load.Size.USUAL)) {
      load.awaitAccepted(2_000);
      var before = history.acceptedNow();
      Backup.write(data.resolve("hub.db"), restored.resolve("hub.db"));
      load.awaitAccepted(500);
      load.finish();
      var whole = new Reconciler(load);
      whole.check(history.acceptedNow());

      try (HubProcess copy = new HubProcess(restored, folder.resolve("copy.log")).start();
          Load none = load.at(copy)) {
        for (String recipient : load.recipients()) {
          SortedMap<Long, String> inbox = whole.read(recipient);
          SortedMap<Long, String> part = new Reconciler(none).read(recipient);
          assertThat(part).as(recipient).isEqualTo(inbox.headMap(part.lastKey() + 1));
          assertThat(before.stream().filter(send -> send.recipient.equals(recipient)))
              .as("what was accepted before the backup began")
              .allMatch(send -> send.id.equals(part.get(send.sequence)));
        }
        assertThat(none.history().violations()).isEmpty();
      }
    }
    assertThat(history.violations()).isEmpty();
  }
}
