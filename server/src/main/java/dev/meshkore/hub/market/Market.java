package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.discovery.Offered;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Ticks;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.function.LongPredicate;

/// The market as the hub puts it together. Thread-safe.
public final class Market implements AutoCloseable {
  private static final long TICK_MS = 500;

  private final MarketParts parts;
  private final Outbox outbox;
  private final Wares wares;
  private final Measuring measuring;
  private final Attendance attendance;
  private final Services services;
  private final Catalogue catalogue;
  private final Priced priced;
  private final Wants wants;
  private final Openings openings;
  private final Negotiations negotiations;
  private final Feeds feeds;
  private final FeedWatch feedWatch;
  private final FeedTelling feedTelling;
  private final Ticks ticks = new Ticks("market", TICK_MS);
  private final Ticks feedTicks = new Ticks("market-feeds", TICK_MS);
  private final Ticks looks = new Ticks("market-looks", TICK_MS);

  /// A market on these parts.
  public Market(MarketParts parts) {
    this.parts = parts;
    this.outbox = parts.outbox();
    var approach = parts.approach();
    var signatures = new Signatures(parts.agentKeys());
    var deals = new Deals(parts, outbox);
    this.wares = new Wares(parts);
    this.measuring = new Measuring(parts, wares);
    this.attendance = new Attendance(parts);
    this.services = new Services(parts);
    this.catalogue = new Catalogue(parts);
    this.priced = new Priced(parts);
    this.wants = new Wants(parts, approach, signatures, outbox);
    this.openings = new Openings(parts, approach, signatures, deals);
    this.negotiations = new Negotiations(parts, approach, signatures, deals, wares, outbox);
    var meanings = new FeedMeanings(parts.meaning().directions());
    var reading = new FeedReading(parts.database(), parts.time(), meanings, FeedReading.BYTES_MAX);
    this.feeds = new Feeds(parts, meanings, reading);
    this.feedWatch = new FeedWatch(parts, meanings, reading);
    this.feedTelling = new FeedTelling(parts, outbox, meanings, reading);
  }

  /// Adds the routes.
  ///
  /// @param ways how services are called and paid
  public void addTo(Router router, CallWays ways) {
    new ServiceRoutes(parts, services, catalogue, ways).addTo(router);
    new WantRoutes(parts, wants).addTo(router);
    new NegotiationRoutes(parts, wants, openings, negotiations).addTo(router);
    new FeedRoutes(parts, feeds).addTo(router);
  }

  /// An agreement, whatever became of it since.
  public static Optional<Agreed> agreed(Transaction reader, String negotiationId, long nowMs)
      throws SQLException {
    return Agreed.find(reader, negotiationId, nowMs);
  }

  /// Takes down that an agreement was kept, as a job says that was made of it and completed;
  /// nothing where it is over.
  ///
  /// @param by the agent that has accepted what was delivered
  public void delivered(Transaction transaction, String negotiationId, String by)
      throws SQLException {
    negotiations.delivered(transaction, negotiationId, by);
  }

  /// The category of the service or the request that a negotiation is about, or "".
  public static String categoryOf(Transaction reader, String negotiationId) throws SQLException {
    return SqlNegotiations.category(reader, negotiationId);
  }

  /// Takes down that a service was called, so that it is seen how fast its seller answers.
  public void called(Transaction transaction, CallSeen call) throws SQLException {
    measuring.called(transaction, call);
  }

  /// Takes down that the seller has answered a call, whatever becomes of the money.
  ///
  /// @param call its number
  public void answered(Transaction transaction, long call) throws SQLException {
    measuring.ended(transaction, call, SqlMeasured.End.ANSWERED);
  }

  /// Takes down that the seller has declined a call.
  ///
  /// @param call its number
  public void declined(Transaction transaction, long call) throws SQLException {
    measuring.ended(transaction, call, SqlMeasured.End.DECLINED);
  }

  /// What an agent sells, by which it is found, too.
  public Offered.Offer offered(long agent) {
    return wares.offered(agent);
  }

  /// A service that can be called now: one that has a price for a call in what the hub settles.
  public Optional<PricedListing> priced(String id) {
    return priced.find(id);
  }

  /// The category of a service, whatever became of it; "" where there is none.
  public String category(String id) {
    return priced.category(id);
  }

  /// Why a service cannot be called now that can at another time.
  ///
  /// @param sellers of whom it may be
  public Optional<Refused> notNow(String id, LongPredicate sellers) {
    return priced.notNow(id, sellers);
  }

  /// Services of a seller that can be called now, among so many of its newest, newest first.
  public List<PricedListing> pricedOf(long seller, int lookedAt) {
    return priced.ofSeller(seller, lookedAt);
  }

  /// Services that can be called now, among so many of the newest, newest first.
  public List<PricedListing> newestPriced(int lookedAt) {
    return priced.newest(lookedAt);
  }

  /// Does from now on what is due by the clock.
  public void start() {
    ticks.start(stages());
    // To read what texts mean takes a while, and nothing else waits for it.
    feedTicks.start(feedStages());
    looks.start(List.of(attendance::tick));
  }

  /// Opens, ends and tells what is due.
  void tick() {
    feedStages().forEach(Runnable::run);
    stages().forEach(Runnable::run);
  }

  private List<Runnable> feedStages() {
    return List.of(feedWatch::follow, feedTelling::tick);
  }

  private List<Runnable> stages() {
    return List.of(wants::tick, negotiations::tick, wares::tick, measuring::tick, outbox::drain);
  }

  @Override
  public void close() {
    looks.close();
    feedTicks.close();
    ticks.close();
  }
}
