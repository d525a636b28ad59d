package dev.meshkore.hub.jobs;

import dev.meshkore.hub.deeds.Seal;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/// Jobs, as the hub puts them together.
public final class JobDoor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(JobDoor.class.getName());
  private static final long TICK_MS = 500;

  private final Jobs jobs;
  private final JobClock clock;
  private final Fundings fundings;
  private final JobRoutes routes;
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("jobs-", 0).daemon().factory());

  /// Jobs on these parts.
  public JobDoor(JobParts parts) {
    var signatures = new Signatures(parts.agentKeys());
    var escrow = new Escrow(parts);
    this.jobs = new Jobs(parts, signatures, escrow);
    this.fundings = new Fundings(parts, jobs, escrow);
    this.clock = new JobClock(parts, jobs);
    var receipts = new Receipts(parts, new Seal(parts.signingKeys(), parts.hubUrl()));
    this.routes = new JobRoutes(parts, new Openings(parts, signatures, jobs), jobs, receipts);
  }

  /// Tells of jobs that end from now on.
  public void heed(EndedJob.Follower follower) {
    jobs.heed(follower);
  }

  /// Whether an agent is client or provider of a job.
  public static boolean isSide(Transaction reader, String id, long agent) throws SQLException {
    return SqlJobs.find(reader, id)
        .filter(job -> job.client() == agent || job.provider() == agent)
        .isPresent();
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
  }

  /// Lets time go on from now on.
  public void start() {
    clock.begin();
    var _ = ticks.scheduleWithFixedDelay(this::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      fundings.look();
      clock.tick();
    } catch (RuntimeException failure) {
      LOG.log(Level.WARNING, "This could not be done; the hub tries again", failure);
    }
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
