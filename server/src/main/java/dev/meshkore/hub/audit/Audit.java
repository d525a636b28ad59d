package dev.meshkore.hub.audit;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Base64;

/// Takes down what is done, in the transaction that does it: both are stored or neither. Messages
/// need no call: their leaves are made from the journal itself. Thread-safe.
public final class Audit {
  private final InstantSource time;
  private final SecureRandom random;
  private volatile Runnable log = () -> {};

  /// An audit that goes by this clock.
  public Audit(InstantSource time, SecureRandom random) {
    this.time = time;
    this.random = random;
  }

  /// Where a message is in the journal.
  ///
  /// @param position its row
  /// @param number which of the row's messages it is, from 0
  /// @param count how many messages the row has
  /// @param offset where its content begins
  /// @param length the content's bytes
  public record Place(long position, int number, int count, int offset, int length) {}

  /// Has the log take up what is committed, which it does by itself once a second.
  public void takeUp() {
    log.run();
  }

  void takenUpBy(Runnable one) {
    log = one;
  }

  /// True where a message was erased before.
  ///
  /// @throws Refused when the message has no place in the log yet
  public boolean isErased(Transaction transaction, Place place) throws SQLException {
    return new Salts(leaves(transaction, place).salts()).isErased(place.number());
  }

  /// Forgets the salt of a message and keeps the digest that its leaf has.
  ///
  /// @return the leaf
  /// @throws Refused when the message has no place in the log yet
  public long erase(Transaction transaction, Place place, byte[] row) throws SQLException {
    SqlAudit.Leaves leaves = leaves(transaction, place);
    var digests = new Digests();
    var salts = new Salts(leaves.salts());
    byte[] text = salts.digest(place.number(), digests, row, place.offset(), place.length());
    Salts rest =
        salts.without(place.number(), place.count(), Base64.getUrlDecoder().decode(text), digests);
    SqlAudit.setSalts(transaction, leaves.first(), rest.stored());
    return leaves.first() + place.number();
  }

  private static SqlAudit.Leaves leaves(Transaction transaction, Place place) throws SQLException {
    return SqlAudit.leavesOfJournal(transaction, place.position())
        .orElseThrow(
            () -> Refused.later(ProblemType.BUSY, "The audit log does not have it yet", 1));
  }

  /// Takes down what this transaction does; answers the act's number.
  public long record(Transaction transaction, Leaf leaf) throws SQLException {
    byte[] content = leaf.content();
    byte[] salt = null;
    String digest = null;
    if (content != null) {
      salt = new byte[Salts.SALT_BYTES];
      random.nextBytes(salt);
      digest = new Digests().text(salt, content, 0, content.length);
    }
    return SqlAudit.insertAct(
        transaction,
        new SqlAudit.NewAct(
            leaf.actor(), leaf.object(), leaf.record(time.instant(), digest), salt));
  }
}
