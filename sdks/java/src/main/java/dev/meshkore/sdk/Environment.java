package dev.meshkore.sdk;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;

/// Where an agent takes time and chance from.
///
/// @param patience for how long a call is repeated that may succeed later
record Environment(InstantSource clock, SecureRandom random, Duration patience) {
  static Environment usual() {
    return new Environment(InstantSource.system(), new SecureRandom(), Duration.ofMinutes(1));
  }

  /// An id that no other message has: a repetition after a lost answer is then harmless.
  String freshId() {
    byte[] bits = new byte[16];
    random.nextBytes(bits);
    return UUID.nameUUIDFromBytes(bits).toString();
  }
}
