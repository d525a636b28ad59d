package dev.meshkore.hub.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The wall clock may jump: no message is lost or changes its place, and nothing hangs. A token
/// that a jump made old is refused by name, and a new one works.
@Tag("faults")
final class ClockTest {
  private static final List<Path> LIBRARIES =
      Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
          .map(of -> Path.of("/usr/lib", of, "faketime", "libfaketimeMT.so.1"))
          .toList();

  private static final Duration SEEN = Duration.ofMinutes(30);

  @TempDir private Path folder;

  @Test
  void keepsEveryMessageWhenTheClockJumps() throws Exception {
    var history = new History();
    try (HubProcess hub = hub().start();
        Load load = Load.start(hub, history, new Load.Size(1, 1, 1))) {
      for (String jump : List.of("-1h", "+2h", "+0")) {
        load.awaitAccepted(50);
        Instant before = newest(history);
        setClock(jump);
        load.awaitUntil(
            "jumps " + jump,
            () -> Duration.between(before, newest(history)).abs().compareTo(SEEN) > 0);
        load.awaitAccepted(50);
        new Reconciler(load).check(history.acceptedNow());
      }
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }

  @Test
  void refusesATokenThatAJumpMadeOldAndTakesANewOne() throws Exception {
    var history = new History();
    try (HubProcess hub = hub().start();
        Load load = Load.start(hub, history, new Load.Size(1, 1, 1))) {
      load.awaitAccepted(50);
      setClock("+25h");
      load.awaitUntil(
          "refuses old tokens and takes new ones", () -> history.refusedCount("token-expired") > 0);
      load.awaitAccepted(50);
      load.finish();
      new Reconciler(load).check(history.acceptedNow());
    }
    assertThat(history.violations()).isEmpty();
  }

  @Test
  void tellsOfWatermarksThatMovedAfterARestartWithTheClockBehind() throws Exception {
    var history = new History();
    try (HubProcess hub = hub().start();
        Load load = Load.start(hub, history, new Load.Size(0, 0, 0))) {
      Player alice = load.player("alice").register();
      Player bob = load.player("bob").register();
      exchange(alice, bob, history, 1);
      long version = alice.get("/receipts?after=0").body().get("version").asLong();
      assertThat(version).isPositive();

      assertThat(hub.terminate()).isPositive();
      setClock("-1h");
      hub.start();
      exchange(alice, bob, history, 2);
      Player.Answer moved = alice.get("/receipts?after=" + version);
      assertThat(moved.body().get("receipts")).as("what bob read meanwhile").isNotEmpty();
    }
  }

  private static Instant newest(History history) {
    return history.acceptedNow().stream()
        .max(Comparator.comparingLong(send -> send.acceptedAt))
        .map(send -> Instant.parse(Objects.requireNonNull(send.sentAt)))
        .orElse(Instant.EPOCH);
  }

  private static void exchange(Player from, Player to, History history, long number)
      throws IOException, InterruptedException {
    assertThat(from.send(history.asked(from.id, to.id, number)).status()).isEqualTo(201);
    assertThat(to.acknowledge(number).status()).isEqualTo(200);
  }

  private HubProcess hub() throws IOException {
    Optional<Path> library = LIBRARIES.stream().filter(Files::exists).findFirst();
    Assumptions.assumeTrue(library.isPresent(), "libfaketime is not installed");
    setClock("+0");
    return new HubProcess(folder.resolve("data"), folder.resolve("hub.log"))
        .inEnvironment(
            Map.of(
                "LD_PRELOAD",
                library.get().toString(),
                "FAKETIME_TIMESTAMP_FILE",
                folder.resolve("clock").toString(),
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1",
                // A hub asks for the time so often that reading the file each time takes minutes.
                "FAKETIME_CACHE_DURATION",
                "1",
                // Else waiting for some time returns at once, and every thread that waits spins.
                "FAKETIME_FORCE_MONOTONIC_FIX",
                "0"));
  }

  /// Replaced as a whole, since the hub reads it once a second.
  private void setClock(String offset) throws IOException {
    Path next = Files.writeString(folder.resolve("clock.next"), offset + "\n");
    Files.move(next, folder.resolve("clock"), StandardCopyOption.ATOMIC_MOVE);
  }
}
