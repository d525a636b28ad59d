package dev.meshkore.hub.reputation;

import dev.meshkore.hub.store.Transaction;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The SQL of ratings and of what they come to.
final class SqlReputation {
  private static final String JOB =
      """
      reputation_job.job_id, client, provider, client_party, provider_party, is_own, fee, category,
        ended_at
      """;
  private static final String RATING =
      "number, rating.job_id, rater, rated, stars, comment, made_at, opens_at";
  private static final String PLACED =
      "SELECT "
          + RATING
          + ", "
          + JOB
          + " FROM rating JOIN reputation_job ON reputation_job.job_id = rating.job_id ";
  private static final int RATING_COLUMNS = 8;

  private SqlReputation() {}

  /// Adds a finished job; false where it is there.
  static boolean insertJob(Transaction transaction, RatedJob job) throws SQLException {
    return transaction.update(
            """
            INSERT INTO reputation_job (job_id, client, provider, client_party, provider_party,
              is_own, fee, category, ended_at, turn)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT DO NOTHING
            """,
            job.id(),
            job.client(),
            job.provider(),
            job.clientParty(),
            job.providerParty(),
            job.isOwn() ? 1L : 0L,
            job.fee(),
            job.category(),
            job.endedAtMs())
        == 1;
  }

  static Optional<RatedJob> job(Transaction reader, String id) throws SQLException {
    return reader.first(
        "SELECT " + JOB + " FROM reputation_job WHERE job_id = ?", row -> job(row, 0), id);
  }

  /// Keeps the other side from rating the same job before this transaction is stored.
  static void takeTurn(Transaction transaction, String job) throws SQLException {
    transaction.update("UPDATE reputation_job SET turn = turn + 1 WHERE job_id = ?", job);
  }

  /// Counts what an agent has been in.
  static void count(
      Transaction transaction, long agent, long asProvider, long asClient, long lost, long dueAtMs)
      throws SQLException {
    transaction.update(
        """
        INSERT INTO reputation (agent, as_provider, as_client, disputes_lost, score, lower_bound,
          ratings, is_trusted, reckoned_at, due_at)
        VALUES (?, ?, ?, ?, 0, 0, 0, 0, 0, ?)
        ON CONFLICT (agent) DO UPDATE SET
          as_provider = reputation.as_provider + excluded.as_provider,
          as_client = reputation.as_client + excluded.as_client,
          disputes_lost = reputation.disputes_lost + excluded.disputes_lost
        """,
        agent,
        asProvider,
        asClient,
        lost,
        dueAtMs);
  }

  /// Counts a finished job with a party.
  static void pair(Transaction transaction, long agent, String party) throws SQLException {
    transaction.update(
        """
        INSERT INTO reputation_pair (agent, party, finished) VALUES (?, ?, 1)
        ON CONFLICT (agent, party) DO UPDATE SET finished = reputation_pair.finished + 1
        """,
        agent,
        party);
  }

  /// Has an agent reckoned again at a time, if it would be later.
  static void due(Transaction transaction, long agent, long atMs) throws SQLException {
    transaction.update(
        "UPDATE reputation SET due_at = ? WHERE agent = ? AND due_at > ?", atMs, agent, atMs);
  }

  /// The same where it has finished as many jobs as are trusted.
  static void dueIfMany(Transaction transaction, long agent, long atMs) throws SQLException {
    transaction.update(
        """
        UPDATE reputation SET due_at = ?
        WHERE agent = ? AND due_at > ? AND is_trusted = 0 AND as_provider + as_client >= ?
        """,
        atMs,
        agent,
        atMs,
        Standing.TRUSTED_JOBS);
  }

  /// Takes an agent that is due, so that nobody else reckons it, and what makes it due again waits;
  /// false where it is not due.
  static boolean take(Transaction transaction, long agent, long now) throws SQLException {
    return transaction.update(
            "UPDATE reputation SET due_at = ? WHERE agent = ? AND due_at <= ?",
            Long.MAX_VALUE,
            agent,
            now)
        == 1;
  }

  static Standing standing(Transaction reader, long agent) throws SQLException {
    return reader
        .first(
            """
            SELECT as_provider, as_client,
              (SELECT COUNT(*) FROM reputation_pair WHERE reputation_pair.agent = reputation.agent),
              disputes_lost, score, lower_bound, ratings, is_trusted, reckoned_at
            FROM reputation WHERE agent = ?
            """,
            row ->
                new Standing(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    row.getLong(7),
                    row.getLong(8) == 1,
                    row.getLong(9)),
            agent)
        .orElse(Standing.NONE);
  }

  /// Keeps what an agent's ratings come to now.
  static void reckoned(
      Transaction transaction, long agent, Score score, boolean isTrusted, long now, long dueAtMs)
      throws SQLException {
    transaction.update(
        """
        UPDATE reputation SET score = ?, lower_bound = ?, ratings = ?, is_trusted = ?,
          reckoned_at = ?, due_at = ?
        WHERE agent = ?
        """,
        score.isKnown() ? Math.round(score.mean() * 1_000) : 0L,
        score.isKnown() ? Math.round(score.lowerBound() * 1_000) : 0L,
        (long) score.ratings(),
        isTrusted ? 1L : 0L,
        now,
        dueAtMs,
        agent);
  }

  static List<Long> due(Transaction reader, long now, int limit) throws SQLException {
    return reader.list(
        "SELECT agent FROM reputation WHERE due_at <= ? ORDER BY due_at LIMIT ?",
        row -> row.getLong(1),
        now,
        limit);
  }

  static boolean isTrusted(Transaction reader, long agent) throws SQLException {
    return reader.number("SELECT 1 FROM reputation WHERE agent = ? AND is_trusted = 1", 0, agent)
        == 1;
  }

  static List<Long> trusted(Transaction reader) throws SQLException {
    return reader.list("SELECT agent FROM reputation WHERE is_trusted = 1", row -> row.getLong(1));
  }

  /// The scores that are known, in thousandths, of those that were reckoned at a time or after it.
  static Map<Long, Long> scores(Transaction reader, long sinceMs) throws SQLException {
    var scores = new HashMap<Long, Long>();
    for (Map.Entry<Long, Long> one :
        reader.list(
            "SELECT agent, score FROM reputation WHERE reckoned_at >= ?",
            row -> Map.entry(row.getLong(1), row.getLong(2)),
            sinceMs)) {
      scores.put(one.getKey(), one.getValue());
    }
    return scores;
  }

  /// Stores a rating, or what it is now.
  static void put(Transaction transaction, Rating rating) throws SQLException {
    transaction.update(
        """
        INSERT INTO rating (job_id, rater, rated, stars, comment, made_at, opens_at)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job_id, rater) DO UPDATE SET stars = excluded.stars,
          comment = excluded.comment, made_at = excluded.made_at, opens_at = excluded.opens_at
        """,
        rating.jobId(),
        rating.rater(),
        rating.rated(),
        (long) rating.stars(),
        rating.comment(),
        rating.madeAtMs(),
        rating.opensAtMs());
  }

  /// Lets what both sides of a job said be seen from a time on.
  static void open(Transaction transaction, String job, long atMs) throws SQLException {
    transaction.update("UPDATE rating SET opens_at = ? WHERE job_id = ?", atMs, job);
  }

  static Optional<Rating> rating(Transaction reader, String job, long rater) throws SQLException {
    return reader.first(
        "SELECT " + RATING + " FROM rating WHERE job_id = ? AND rater = ?",
        SqlReputation::rating,
        job,
        rater);
  }

  /// When the next of an agent's ratings opens, or `otherwise` where that is sooner.
  static long nextOpening(Transaction reader, long agent, long now, long otherwise)
      throws SQLException {
    return Math.min(
        otherwise,
        reader.number(
            "SELECT MIN(opens_at) FROM rating WHERE rated = ? AND opens_at > ?",
            otherwise,
            agent,
            now));
  }

  /// What counts of an agent's ratings: open, of jobs with others that ended since a time.
  static List<Rating.Placed> counting(Transaction reader, long agent, long now, long sinceMs)
      throws SQLException {
    return reader.list(
        PLACED + "WHERE rated = ? AND opens_at <= ? AND is_own = 0 AND ended_at > ?",
        SqlReputation::placed,
        agent,
        now,
        sinceMs);
  }

  /// Those of an agent that are open, newest first, below a number.
  ///
  /// @param isWithWords whether only those that say something
  static List<Rating.Placed> page(
      Transaction reader, long agent, long now, long below, boolean isWithWords, int limit)
      throws SQLException {
    return reader.list(
        PLACED
            + "WHERE rated = ? AND opens_at <= ? AND number < ? AND (? = 0 OR comment <> '')"
            + " ORDER BY number DESC LIMIT ?",
        SqlReputation::placed,
        agent,
        now,
        below,
        isWithWords ? 1L : 0L,
        limit);
  }

  private static Rating.Placed placed(ResultSet row) throws SQLException {
    return new Rating.Placed(rating(row), job(row, RATING_COLUMNS));
  }

  private static Rating rating(ResultSet row) throws SQLException {
    return new Rating(
        row.getLong(1),
        row.getString(2),
        row.getLong(3),
        row.getLong(4),
        row.getInt(5),
        row.getString(6),
        row.getLong(7),
        row.getLong(8));
  }

  private static RatedJob job(ResultSet row, int after) throws SQLException {
    return new RatedJob(
        row.getString(after + 1),
        row.getLong(after + 2),
        row.getLong(after + 3),
        row.getString(after + 4),
        row.getString(after + 5),
        row.getLong(after + 6) == 1,
        row.getLong(after + 7),
        row.getString(after + 8),
        row.getLong(after + 9));
  }
}
