package dev.meshkore.hub.testing;

import dev.meshkore.hub.audit.Audit;
import java.security.SecureRandom;
import java.time.InstantSource;

/// Audits for tests that look at other things.
public final class TestAudit {
  private TestAudit() {}

  /// An audit that takes down what it is told.
  public static Audit any() {
    return new Audit(InstantSource.system(), new SecureRandom());
  }
}
