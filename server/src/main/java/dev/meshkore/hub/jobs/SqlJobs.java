package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The SQL of jobs and their steps.
final class SqlJobs {
  private static final String COLUMNS =
      """
      SELECT number, job_id, client, provider, evaluator, arbiter, terms, opener, state, agreed,
        milestone, submissions, due_at, paid_in, released, refunded, head, moves, is_own,
        opened_at, funded_at, submitted_at, ended_at, ended_by
      FROM job
      """;

  private SqlJobs() {}

  /// Adds one; false where its id, or its agreement, has a job.
  static boolean insert(Transaction transaction, Job job) throws SQLException {
    Position at = job.at();
    return transaction.update(
            """
            INSERT INTO job (job_id, client, provider, evaluator, arbiter, negotiation_id, terms,
              opener, state, agreed, milestone, submissions, due_at, paid_in, released, refunded,
              head, moves, is_own, opened_at, funded_at, submitted_at, ended_at, ended_by)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '')
            ON CONFLICT DO NOTHING
            """,
            job.id(),
            job.client(),
            job.provider(),
            job.evaluator(),
            job.arbiter(),
            job.terms().agreement().map(JobTerms.Agreement::negotiationId).orElse(null),
            Canonical.text(job.terms().json()),
            at.opener().word(),
            at.state().word(),
            at.isAgreed() ? 1L : 0L,
            (long) at.milestone(),
            (long) at.submissions(),
            at.dueAtMs(),
            at.paidIn(),
            at.released(),
            at.refunded(),
            job.head(),
            job.moves(),
            job.isOwn() ? 1L : 0L,
            job.openedAtMs())
        == 1;
  }

  /// Takes the next step, if the last one is still the last; of many at once one does.
  static boolean advance(Transaction transaction, Job next, String head) throws SQLException {
    Position at = next.at();
    return transaction.update(
            """
            UPDATE job SET state = ?, agreed = ?, milestone = ?, submissions = ?, due_at = ?,
              paid_in = ?, released = ?, refunded = ?, head = ?, moves = ?, funded_at = ?,
              submitted_at = ?, ended_at = ?, ended_by = ?
            WHERE number = ? AND head = ?
            """,
            at.state().word(),
            at.isAgreed() ? 1L : 0L,
            (long) at.milestone(),
            (long) at.submissions(),
            at.dueAtMs(),
            at.paidIn(),
            at.released(),
            at.refunded(),
            next.head(),
            next.moves(),
            next.fundedAtMs(),
            next.submittedAtMs(),
            next.endedAtMs(),
            next.endedBy(),
            next.number(),
            head)
        == 1;
  }

  static Optional<Job> find(Transaction reader, String id) throws SQLException {
    return reader.first(COLUMNS + "WHERE job_id = ?", SqlJobs::job, id);
  }

  static boolean hasAgreement(Transaction reader, String negotiationId) throws SQLException {
    return reader.number("SELECT 1 FROM job WHERE negotiation_id = ?", 0, negotiationId) == 1;
  }

  /// Newest first, those below a number.
  ///
  /// @param role what the agent is in them, or empty for anything
  static List<Job> ofAgent(
      Transaction reader, long agent, Optional<Role> role, String state, long below, int limit)
      throws SQLException {
    String who =
        role.isPresent()
            ? role.get().word() + " = ?"
            : "(client = ? OR provider = ? OR evaluator = ? OR arbiter = ?)";
    var arguments = new ArrayList<Object>(Collections.nCopies(role.isPresent() ? 1 : 4, agent));
    Collections.addAll(arguments, below, state, state, limit);
    return reader.list(
        COLUMNS
            + "WHERE "
            + who
            + " AND number < ? AND (? = '' OR state = ?) ORDER BY number DESC LIMIT ?",
        SqlJobs::job,
        arguments.toArray());
  }

  /// How many jobs an agent has opened that are not funded.
  static long openCount(Transaction reader, long agent) throws SQLException {
    return reader.number(
        """
        SELECT (SELECT COUNT(*) FROM job WHERE client = ? AND state = 'open' AND opener = 'client')
          + (SELECT COUNT(*) FROM job WHERE provider = ? AND state = 'open'
            AND opener = 'provider')
        """,
        0,
        agent,
        agent);
  }

  /// Those whose time has passed.
  static List<String> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        "SELECT job_id FROM job WHERE due_at > 0 AND due_at <= ? ORDER BY due_at LIMIT ?",
        row -> row.getString(1),
        now,
        limit);
  }

  /// Whether a client has ever paid a provider by a job.
  static boolean hasPaid(Transaction reader, long client, long provider) throws SQLException {
    return reader.number(
            "SELECT 1 FROM job WHERE client = ? AND provider = ? AND released > 0 LIMIT 1",
            0,
            client,
            provider)
        == 1;
  }

  static void insertMove(
      Transaction transaction, long job, long sequence, long sender, Step step, Link link)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO job_move (job, sequence, sender, step, move, hash, proof, made_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        """,
        job,
        sequence,
        sender,
        step.word(),
        Canonical.text(link.move()),
        link.hash(),
        link.proof().toString(),
        link.atMs());
  }

  static List<Link> chain(Transaction reader, long job) throws SQLException {
    return reader.list(
        "SELECT move, proof, made_at FROM job_move WHERE job = ? ORDER BY sequence",
        row -> Link.of(row.getString(1), row.getString(2), row.getLong(3)),
        job);
  }

  /// The place of a step in the chain.
  static OptionalLong sequenceOf(Transaction reader, long job, String hash) throws SQLException {
    long sequence =
        reader.number("SELECT sequence FROM job_move WHERE job = ? AND hash = ?", -1, job, hash);
    return sequence < 0 ? OptionalLong.empty() : OptionalLong.of(sequence);
  }

  static long stepCount(Transaction reader, long job, long sender, Step step) throws SQLException {
    return reader.number(
        "SELECT COUNT(*) FROM job_move WHERE job = ? AND sender = ? AND step = ?",
        0,
        job,
        sender,
        step.word());
  }

  static void insertOutput(Transaction transaction, long job, long sequence, String output)
      throws SQLException {
    transaction.update(
        "INSERT INTO job_output (job, sequence, output) VALUES (?, ?, ?)", job, sequence, output);
  }

  static Optional<String> output(Transaction reader, long job, long sequence) throws SQLException {
    return reader.first(
        "SELECT output FROM job_output WHERE job = ? AND sequence = ?",
        row -> row.getString(1),
        job,
        sequence);
  }

  private static Job job(ResultSet row) throws SQLException {
    var at =
        new Position(
            JobState.of(row.getString(9)).orElseThrow(),
            Role.valueOf(row.getString(8).toUpperCase(Locale.ROOT)),
            row.getLong(10) == 1,
            row.getInt(11),
            row.getInt(12),
            row.getLong(13),
            row.getLong(14),
            row.getLong(15),
            row.getLong(16));
    return new Job(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        JobTerms.of(Json.own(row.getString(7).getBytes(StandardCharsets.UTF_8))),
        at,
        row.getString(17),
        row.getLong(18),
        row.getLong(19) == 1,
        row.getLong(20),
        row.getLong(21),
        row.getLong(22),
        row.getLong(23),
        row.getString(24));
  }
}
