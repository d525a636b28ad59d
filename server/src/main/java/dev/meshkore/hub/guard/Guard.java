package dev.meshkore.hub.guard;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Everything that keeps agents within bounds, put together. Thread-safe.
public final class Guard implements AutoCloseable {
  /// What it works with.
  ///
  /// @param database where it keeps what was decided
  /// @param audit takes down what is done
  /// @param agents who there is
  /// @param callers who calls
  /// @param notices how it speaks to agents
  /// @param relations who has to do with whom
  /// @param runner how it makes calls that were approved
  public record Parts(
      Database database,
      Audit audit,
      Agents agents,
      Callers callers,
      Notices notices,
      Relations relations,
      Approvals.Runner runner) {}

  private static final Logger LOG = System.getLogger(Guard.class.getName());
  private static final long TICK_MS = 1_000;

  /// What is asked in a body, and changes nothing.
  private static final Set<Router.Route> READING =
      Set.of(
          new Router.Route("POST", "/discover"),
          new Router.Route("POST", "/ard/search"),
          new Router.Route("POST", "/ard/explore"));

  /// Giving money back is never stopped. Of the steps of jobs, that is seen where they are taken.
  private static final Set<Router.Route> GIVING_BACK =
      Set.of(
          new Router.Route("POST", "/jobs/{job_id}/steps"),
          new Router.Route("POST", "/wallet/transfers/{transfer_id}/release"),
          new Router.Route("POST", "/wallet/transfers/{transfer_id}/refund"));

  private static final Router.Route WEBHOOK =
      new Router.Route("POST", "/agents/{agent_id}/a2a/tasks/{task}/pushNotificationConfigs");

  private final Parts parts;
  private final InstantSource clock;
  private final Budgets budgets;
  private final Orders orders;
  private final Stops stops;
  private final Consent consent;
  private final Breakers breakers;
  private final Approvals approvals;
  private volatile Persons persons = Persons.OPERATOR_ALONE;
  private volatile SpentBefore spentBefore = SpentBefore.NOTHING;
  private final ExecutorService telling = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("guard-", 0).factory());

  /// Adds its rules to `rules`: first what is stopped, last what takes from budgets.
  public Guard(
      Parts parts,
      SendRules rules,
      GuardSettings settings,
      InstantSource clock,
      LongSupplier nanoTime,
      SecureRandom random) {
    this.parts = parts;
    this.clock = clock;
    this.budgets = new Budgets(clock);
    this.orders = new Orders(parts.database());
    this.stops = new Stops(parts, orders, () -> persons, clock);
    this.consent = new Consent(parts, rules, clock);
    this.breakers = new Breakers(parts, settings, () -> persons, telling, clock);
    Duration kept = Duration.ofDays(settings.approvalsKeptDays());
    this.approvals = new Approvals(parts, orders, kept, clock, random);
    rules.add(stops);
    rules.add(breakers);
    rules.add(
        new SpendBreaker(settings.resolved(), breakers, () -> spentBefore, parts.agents(), clock));
    rules.add(consent);
    rules.add(new PairRates(settings.pairRatePerMinute(), nanoTime));
    rules.add(new TaskTrees(settings, breakers));
    rules.add(approvals);
    rules.add(new Limits(orders, budgets, () -> persons));
    parts.callers().gate(this::checkActing);
    var _ = ticks.scheduleWithFixedDelay(this::quietTick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  /// Budgets, for whoever has something to count.
  public Budgets budgets() {
    return budgets;
  }

  /// The kill switch.
  public Stops stops() {
    return stops;
  }

  /// What waits for a person.
  public Approvals approvals() {
    return approvals;
  }

  /// Whether an agent wants nothing of another.
  public boolean blocks(long agent, long other) {
    return consent.blocks(agent, other);
  }

  /// Refuses what anybody who is no agent asks of one: where the hub is stopped, or the agent takes
  /// nothing of those that it does not know.
  public void admitStranger(Transaction transaction, long recipient) throws SQLException {
    stops.begin(transaction);
    stops.checkActing(transaction, 0);
    if (consent.policy(recipient) != Consent.Policy.OPEN) {
      throw new Refused(
          ProblemType.CONTACT_REQUIRED, "The agent takes this from agents of the hub alone");
    }
  }

  /// Lets others than the operator decide for agents, too.
  public void persons(Persons more) {
    persons = more;
  }

  /// Lets the breaker of what is spent know what was spent before.
  public void spentBefore(SpentBefore known) {
    spentBefore = known;
  }

  /// Adds its routes.
  public void addTo(Router router) {
    new ConsentRoutes(consent, parts.agents(), approvals).addTo(router, parts.callers());
    new PersonRoutes(parts, () -> persons, stops, breakers, approvals, clock).addTo(router);
    new LimitRoutes(parts, orders, budgets).addTo(router);
  }

  /// Reading goes on for whoever is stopped; nothing else does. A webhook carries outside what is
  /// said in a task.
  private void checkActing(Request request, Caller.OfAgent caller) {
    boolean isReading =
        request.method().equals("GET")
            || request.method().equals("HEAD")
            || READING.contains(request.route());
    if (!isReading && !GIVING_BACK.contains(request.route())) {
      stops.checkActing(caller.number());
    }
    if (request.route().equals(WEBHOOK)) {
      approvals.checkOutside(caller.number());
    }
  }

  /// Does what is due by time, and reads what other hubs on the same database changed.
  void tick() {
    if (parts.database().dialect().isShared()) {
      orders.refresh();
      consent.refresh();
      breakers.refresh();
    }
    breakers.sweep();
    if (parts.database().read(SqlApprovals::hasWaiting)) {
      approvals.sweep();
    }
    approvals.forgetOld();
    while (parts.database().read(budgets::hasExpired)) {
      parts.database().write(budgets::releaseExpired);
    }
  }

  private void quietTick() {
    try {
      tick();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Will try again", failure);
    } catch (RuntimeException failure) {
      LOG.log(Level.ERROR, "This went wrong and will be tried again", failure);
    }
  }

  @Override
  public void close() {
    ticks.shutdown();
    telling.shutdown();
    try {
      if (!ticks.awaitTermination(5, TimeUnit.SECONDS)
          || !telling.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "Some notices were not told");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
