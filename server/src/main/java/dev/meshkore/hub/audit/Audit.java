package dev.meshkore.hub.audit;

import dev.meshkore.hub.store.Transaction;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;

/// Takes down what is done, in the transaction that does it: both are stored or neither. Messages
/// need no call: their leaves are made from the journal itself. Thread-safe.
public final class Audit {
  private final InstantSource time;
  private final SecureRandom random;

  /// An audit that goes by this clock.
  public Audit(InstantSource time, SecureRandom random) {
    this.time = time;
    this.random = random;
  }

  /// Takes down what this transaction does.
  public void record(Transaction transaction, Leaf leaf) throws SQLException {
    byte[] content = leaf.content();
    byte[] salt = null;
    String digest = null;
    if (content != null) {
      salt = new byte[Salts.SALT_BYTES];
      random.nextBytes(salt);
      digest = new Digests().text(salt, content, 0, content.length);
    }
    SqlAudit.insertAct(
        transaction,
        new SqlAudit.NewAct(
            leaf.actor(), leaf.object(), leaf.record(time.instant(), digest), salt));
  }
}
