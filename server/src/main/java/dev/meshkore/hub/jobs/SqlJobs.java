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

  /// Takes the next step, if the last one is still the last; of many at once one does. Where it
  /// ends a job that was never agreed to, its agreement of the market is free for another.
  static boolean advance(Transaction transaction, Job next, String head) throws SQLException {
    Position at = next.at();
    return transaction.update(
            """
            UPDATE job SET state = ?, agreed = ?, milestone = ?, submissions = ?, due_at = ?,
              paid_in = ?, released = ?, refunded = ?, head = ?, moves = ?, funded_at = ?,
              submitted_at = ?, ended_at = ?, ended_by = ?,
              negotiation_id = CASE WHEN ? = 1 THEN NULL ELSE negotiation_id END
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
            at.state().isOver() && !at.isAgreed() ? 1L : 0L,
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

  /// A job whose time has passed.
  record Due(String id, long dueAtMs, long number) {
    /// Before all of them.
    static final Due NONE = new Due("", 0, 0);
  }

  /// Those whose time has passed, the oldest first, after one of them.
  static List<Due> due(Transaction reader, long now, Due after, int limit) throws SQLException {
    return reader.list(
        """
        SELECT job_id, due_at, number FROM job
        WHERE due_at > 0 AND due_at <= ? AND due_at >= ? AND (due_at > ? OR number > ?)
        ORDER BY due_at, number LIMIT ?
        """,
        row -> new Due(row.getString(1), row.getLong(2), row.getLong(3)),
        now,
        after.dueAtMs(),
        after.dueAtMs(),
        after.number(),
        limit);
  }

  /// When the clock of jobs was last at work at any hub; 0 where it never was.
  static long lastBeat(Transaction reader) throws SQLException {
    return reader.number("SELECT beat_at FROM job_clock", 0);
  }

  /// Stores that it is; false where another hub has since.
  static boolean beat(Transaction transaction, long before, long now) throws SQLException {
    return before == 0
        ? transaction.update(
                "INSERT INTO job_clock (one, beat_at) VALUES (1, ?) ON CONFLICT DO NOTHING", now)
            == 1
        : transaction.update("UPDATE job_clock SET beat_at = ? WHERE beat_at = ?", now, before)
            == 1;
  }

  /// Gives so much more time to all jobs whose time had not passed; how many there are.
  static int delay(Transaction transaction, long dueAfter, long moreMs) throws SQLException {
    return transaction.update(
        "UPDATE job SET due_at = due_at + ? WHERE due_at > ?", moreMs, dueAfter);
  }

  /// Whether a client has ever paid a provider by a job that is not this one.
  static boolean hasPaid(Transaction reader, long client, long provider, long but)
      throws SQLException {
    return reader.number(
            """
            SELECT 1 FROM job WHERE client = ? AND provider = ? AND released > 0 AND number <> ?
            LIMIT 1
            """,
            0,
            client,
            provider,
            but)
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
