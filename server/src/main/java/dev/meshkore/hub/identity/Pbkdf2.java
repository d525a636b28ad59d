package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.security.GeneralSecurityException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/// Hashes keys that people chose, slowly on purpose. It holds a carrier thread while it computes,
/// so fewer run at a time than there are cores, and few wait. Thread-safe.
final class Pbkdf2 {
  static final int ITERATIONS = 600_000;
  private static final int HASH_BITS = 256;
  private static final int WAITING_MAX = 64;

  private final int iterations;
  private final Semaphore places =
      new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1));
  private final AtomicInteger waiting = new AtomicInteger();

  Pbkdf2() {
    this(ITERATIONS);
  }

  /// Other iterations, so that tests are quick.
  Pbkdf2(int iterations) {
    this.iterations = iterations;
  }

  /// The hash of a key with this salt.
  ///
  /// @throws Refused busy, when many others wait
  byte[] hash(String key, byte[] salt) {
    if (waiting.incrementAndGet() > WAITING_MAX) {
      waiting.decrementAndGet();
      throw Refused.later(ProblemType.BUSY, "Many keys are being checked; try again", 5);
    }
    places.acquireUninterruptibly();
    try {
      return hashNow(key, salt);
    } finally {
      places.release();
      waiting.decrementAndGet();
    }
  }

  private byte[] hashNow(String key, byte[] salt) {
    var spec = new PBEKeySpec(key.toCharArray(), salt, iterations, HASH_BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException cause) {
      throw new IllegalStateException("PBKDF2WithHmacSHA256 is missing", cause);
    } finally {
      spec.clearPassword();
    }
  }
}
