package dev.meshkore.hub.reputation;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.jobs.EndedJob;
import dev.meshkore.hub.store.Ticks;
import java.util.List;
import java.util.OptionalLong;

/// Reputation, as the hub puts it together.
public final class ReputationDoor implements AutoCloseable {
  private static final long TICK_MS = 500;

  private final Ratings ratings;
  private final Reckoning reckoning;
  private final ReputationRoutes routes;
  private final Ticks ticks = new Ticks("reputation", TICK_MS);

  /// Reputation on these parts.
  public ReputationDoor(ReputationParts parts) {
    this.ratings = new Ratings(parts);
    this.reckoning = new Reckoning(parts);
    this.routes = new ReputationRoutes(parts, ratings, new RatingExports(parts));
    reckoning.reload(0);
  }

  /// Hears of jobs that end.
  public EndedJob.Follower follower() {
    return ratings;
  }

  /// An agent's score in thousandths from memory, which may be a second old; empty where nothing is
  /// known.
  public OptionalLong scoreOf(long agent) {
    return reckoning.scoreOf(agent);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
  }

  /// Reckons from now on what is due.
  public void start() {
    ticks.start(List.of(reckoning::tick));
  }

  @Override
  public void close() {
    ticks.close();
  }
}
