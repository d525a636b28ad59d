package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;

/// The rows of what clients have signed to pay on a chain.
final class SqlFundings {
  /// Money that is on its way into escrow, or was.
  ///
  /// @param payment by what the chain's escrow knows it
  /// @param state `on-the-way`, `done`, `failed`, or `late` where another step was first
  /// @param reason why it failed, a word, or ""
  /// @param link the step that is taken once it is there
  record Funding(long number, long job, String payment, String state, String reason, Link link) {}

  private static final String COLUMNS =
      "SELECT number, job, payment, state, reason, move, proof, made_at FROM job_funding ";

  private SqlFundings() {}

  /// Adds one; false where another is on its way for the job.
  static boolean insert(Transaction transaction, long job, String payment, Link link)
      throws SQLException {
    return transaction.update(
            """
            INSERT INTO job_funding (job, payment, state, reason, move, hash, proof, made_at)
            VALUES (?, ?, 'on-the-way', '', ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """,
            job,
            payment,
            Canonical.text(link.move()),
            link.hash(),
            link.proof().toString(),
            link.atMs())
        == 1;
  }

  /// The newest of a job.
  static Optional<Funding> newest(Transaction reader, long job) throws SQLException {
    return reader.first(
        COLUMNS + "WHERE job = ? ORDER BY number DESC LIMIT 1", SqlFundings::funding, job);
  }

  /// By what a job was paid.
  static Optional<Funding> done(Transaction reader, long job) throws SQLException {
    return reader.first(COLUMNS + "WHERE job = ? AND state = 'done'", SqlFundings::funding, job);
  }

  /// One on its way.
  static Optional<Funding> open(Transaction reader, long job, String payment) throws SQLException {
    return reader.first(
        COLUMNS + "WHERE job = ? AND payment = ? AND state = 'on-the-way'",
        SqlFundings::funding,
        job,
        payment);
  }

  /// Whether a step has this hash that waits for its money.
  static boolean isOpen(Transaction reader, long job, String hash) throws SQLException {
    return reader.number(
            "SELECT 1 FROM job_funding WHERE job = ? AND hash = ? AND state = 'on-the-way'",
            0,
            job,
            hash)
        == 1;
  }

  static void end(Transaction transaction, long number, String state, String reason)
      throws SQLException {
    transaction.update(
        "UPDATE job_funding SET state = ?, reason = ? WHERE number = ? AND state = 'on-the-way'",
        state,
        reason,
        number);
  }

  private static Funding funding(ResultSet row) throws SQLException {
    return new Funding(
        row.getLong(1),
        row.getLong(2),
        row.getString(3),
        row.getString(4),
        row.getString(5),
        Link.of(row.getString(6), row.getString(7), row.getLong(8)));
  }
}
