package dev.meshkore.sdk;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/// Where an agent takes time and chance from.
///
/// @param patience for how long a call is repeated that may succeed later
record Environment(InstantSource clock, SecureRandom random, Duration patience) {
  private static final long FIRST_PAUSE_MS = 100;
  private static final long LONGEST_PAUSE_MS = 5_000;

  static Environment usual() {
    return new Environment(InstantSource.system(), new SecureRandom(), Duration.ofMinutes(1));
  }

  /// Waits as long as the other side asked for, and some more by chance, so that those who were
  /// refused together do not come back together. It is the caller's own thread that waits, since
  /// every call blocks.
  ///
  /// @param failures how many there were, of which each makes the pause longer
  void pause(long leastMs, int failures) throws InterruptedException {
    long ceiling = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures, 10));
    Thread.sleep(leastMs + random.nextLong(1, ceiling + 1));
  }

  /// An id that no other message has: a repetition after a lost answer is then harmless.
  String freshId() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return UUID.nameUUIDFromBytes(bits).toString();
  }
}
