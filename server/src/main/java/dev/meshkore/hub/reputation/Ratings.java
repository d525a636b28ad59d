package dev.meshkore.hub.reputation;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.jobs.EndedJob;
import dev.meshkore.hub.jobs.JobDoor;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.LongStream;
import tools.jackson.databind.node.ObjectNode;

/// Takes ratings. Each side of a finished job rates the other once and may change that until the
/// other has rated, too, or the time is over; until then nobody else sees it, and it counts
/// nothing. So nobody answers a rating with a rating. Thread-safe.
final class Ratings implements EndedJob.Follower {
  private final ReputationParts parts;

  /// What became of a rating.
  ///
  /// @param isNew false where the same was given before
  record Outcome(Sides sides, boolean isNew) {}

  /// What there is of a job, as one side sees it.
  record Sides(RatedJob job, Optional<Rating> own, Optional<Rating> others) {
    boolean areBothThere() {
      return own.isPresent() && others.isPresent();
    }
  }

  Ratings(ReputationParts parts) {
    this.parts = parts;
  }

  @Override
  public void ended(Transaction transaction, EndedJob job) throws SQLException {
    String client = party(transaction, job.client());
    String provider = party(transaction, job.provider());
    boolean isOwn = job.isOwn() || client.equals(provider);
    if (job.released() > 0) {
      var rated =
          new RatedJob(
              job.id(),
              job.client(),
              job.provider(),
              client,
              provider,
              isOwn,
              job.fees(),
              job.category(),
              job.endedAtMs());
      SqlReputation.insertJob(transaction, rated);
    }
    if (isOwn) {
      return;
    }
    // Always in the same order, so that no two transactions wait for each other.
    for (long agent : LongStream.of(job.client(), job.provider()).sorted().toArray()) {
      boolean isClient = agent == job.client();
      long paid = job.released() > 0 ? 1 : 0;
      long lost = job.loser() == agent ? 1 : 0;
      if (paid + lost > 0) {
        SqlReputation.count(
            transaction, agent, isClient ? 0 : paid, isClient ? paid : 0, lost, job.endedAtMs());
      }
      if (paid > 0) {
        SqlReputation.pair(transaction, agent, isClient ? provider : client);
        SqlReputation.dueIfMany(transaction, agent, job.endedAtMs());
      }
    }
  }

  private String party(Transaction reader, long agent) throws SQLException {
    return parts.persons().ownerOf(reader, agent).orElse("agent:" + agent);
  }

  /// What both sides of a job said, for one of them.
  Sides find(Transaction reader, String id, long agent) throws SQLException {
    Optional<RatedJob> job = SqlReputation.job(reader, id).filter(one -> one.isSide(agent));
    if (job.isEmpty()) {
      throw JobDoor.isSide(reader, id, agent)
          ? closed("The job has not ended with money paid")
          : new Refused(ProblemType.UNKNOWN_JOB, "There is no such job of yours");
    }
    return new Sides(
        job.get(),
        SqlReputation.rating(reader, id, agent),
        SqlReputation.rating(reader, id, job.get().otherThan(agent)));
  }

  /// Rates the other side of a job.
  Outcome rate(Approach.Call call, String id, RatingDraft draft) {
    return parts.approach().write(call, transaction -> rate(transaction, call, id, draft));
  }

  private Outcome rate(Transaction transaction, Approach.Call call, String id, RatingDraft draft)
      throws SQLException {
    long agent = call.caller().number();
    SqlReputation.takeTurn(transaction, id);
    Sides before = find(transaction, id, agent);
    if (before.own().filter(draft::isSaidBy).isPresent()) {
      return new Outcome(before, false);
    }
    parts.acting().check(transaction, agent);
    long now = parts.time().millis();
    long closes = before.job().closesAtMs();
    if (now >= closes) {
      throw closed("The job was over on " + Rfc3339.text(closes - RatedJob.WINDOW_MS));
    }
    if (before.areBothThere()) {
      throw closed("Both have rated, and what they said stays");
    }
    boolean opens = before.others().isPresent();
    long other = before.job().otherThan(agent);
    var rating = new Rating(0, id, agent, other, draft.stars(), draft.comment(), now, closes);
    SqlReputation.put(transaction, rating);
    if (opens) {
      SqlReputation.open(transaction, id, now);
    }
    for (long rated : LongStream.of(agent, other).sorted().toArray()) {
      if (opens || rated == other) {
        SqlReputation.due(transaction, rated, opens ? now : closes);
      }
    }
    record(transaction, call, rating, before.own().isPresent());
    tell(transaction, before, rating, opens);
    return new Outcome(find(transaction, id, agent), true);
  }

  /// The stars are in the digest alone: the log hides them as long as the hub does.
  private void record(Transaction transaction, Approach.Call call, Rating rating, boolean isChange)
      throws SQLException {
    String rated = parts.agents().idOf(rating.rated());
    ObjectNode said = Json.object();
    said.put("job_id", rating.jobId());
    said.put("from", call.caller().id());
    said.put("about", rated);
    said.put("rating", rating.stars());
    said.put("comment", rating.comment());
    said.put("made_at", Rfc3339.text(rating.madeAtMs()));
    Leaf leaf =
        Leaf.of("job.rated", call.caller().id(), rating.jobId())
            .with("about", rated)
            .with("changed", isChange)
            .about(Canonical.bytes(said));
    parts.audit().record(transaction, leaf);
  }

  /// No word of another agent is in a notice.
  private void tell(Transaction transaction, Sides before, Rating rating, boolean opens)
      throws SQLException {
    if (opens) {
      Rating others = before.others().orElseThrow();
      tell(transaction, rating.rated(), rating, rating.stars());
      tell(transaction, rating.rater(), rating, others.stars());
    } else if (before.own().isEmpty()) {
      tell(transaction, rating.rated(), rating, 0);
    }
  }

  private void tell(Transaction transaction, long agent, Rating rating, int stars)
      throws SQLException {
    boolean isOpen = stars > 0;
    long other = agent == rating.rater() ? rating.rated() : rating.rater();
    ObjectNode notice = Json.object();
    notice.put("notice", "job-rated");
    notice.put("job_id", rating.jobId());
    notice.put("from", parts.agents().idOf(other));
    if (isOpen) {
      notice.put("rating", stars);
    } else {
      notice.put("opens_at", Rfc3339.text(rating.opensAtMs()));
    }
    notice.put("what_to_do", (isOpen ? "GET" : "POST") + " /jobs/" + rating.jobId() + "/rating");
    parts.outbox().tell(transaction, agent, notice);
  }

  static Refused closed(String detail) {
    return new Refused(ProblemType.RATING_CLOSED, detail);
  }
}
