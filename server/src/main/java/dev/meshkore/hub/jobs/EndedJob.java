package dev.meshkore.hub.jobs;

import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Optional;

/// A job that has ended, for whoever goes on from there.
///
/// @param isOwn whether client and provider belonged to one owner when it was opened
/// @param released what was paid for the provider in all, in atoms of its asset, before fees
/// @param fees what the hub took of it, in atoms of CREDIT; what is paid on a chain counts as none
/// @param loser whom its arbiter gave nothing of what was held, or 0 where none decided so
/// @param category of the service or request that it came from, or ""
public record EndedJob(
    String id,
    long client,
    long provider,
    boolean isOwn,
    long released,
    long fees,
    long loser,
    String category,
    long endedAtMs) {

  /// Hears of jobs that end, each once, in the transaction of the last step.
  @FunctionalInterface
  public interface Follower {
    /// Nobody hears of them.
    Follower NONE = (_, _) -> {};

    /// One has ended.
    void ended(Transaction transaction, EndedJob job) throws SQLException;
  }

  static EndedJob of(Transaction transaction, Job before, Job job, Step step) throws SQLException {
    long held = before.at().held();
    long share = job.at().released() - before.at().released();
    long loser = 0;
    if (step == Step.RESOLVE && held > 0 && (share == 0 || share == held)) {
      loser = share == 0 ? job.provider() : job.client();
    }
    Optional<JobTerms.Agreement> agreement = job.terms().agreement();
    String category =
        agreement.isPresent()
            ? Market.categoryOf(transaction, agreement.get().negotiationId())
            : "";
    return new EndedJob(
        job.id(),
        job.client(),
        job.provider(),
        job.isOwn(),
        job.at().released(),
        job.terms().chain().isPresent() ? 0 : job.taken().sum(),
        loser,
        category,
        job.endedAtMs());
  }
}
