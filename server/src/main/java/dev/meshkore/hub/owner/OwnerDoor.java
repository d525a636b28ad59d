package dev.meshkore.hub.owner;

import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Router;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Owners, their mandates and what is known of them, as the hub puts them together.
public final class OwnerDoor implements AutoCloseable {
  private static final Logger LOG = System.getLogger(OwnerDoor.class.getName());
  private static final long TICK_MS = 1_000;
  private static final int TICKS_AFTER_JOIN = 5;

  /// Where proofs are looked for.
  ///
  /// @param nameServers asked about domains; none for the machine's own
  /// @param gitHubApi where GitHub answers programs
  /// @param isPrivateAllowed whether proofs may be on private networks
  public record Lookup(
      List<InetSocketAddress> nameServers, String gitHubApi, boolean isPrivateAllowed) {}

  private final OwnerParts parts;
  private final Owners owners;
  private final OwnerEvents events;
  private final Trust trust;
  private final MandateRule rule;
  private final Mandates mandates;
  private final Verifications verifications;
  private final AtomicInteger reloads = new AtomicInteger();
  private final ScheduledExecutorService ticks =
      Executors.newScheduledThreadPool(2, Thread.ofPlatform().name("owner-", 0).daemon().factory());

  /// Puts them together. `rules` and the callers are asked from now on.
  public OwnerDoor(OwnerParts parts, Owners owners, Lookup lookup, SendRules rules) {
    this.parts = parts;
    this.owners = owners;
    this.events = new OwnerEvents(parts.database(), parts.time());
    this.trust = new Trust(parts.database(), parts.earned());
    this.rule = new MandateRule(parts, trust);
    this.mandates = new Mandates(parts, owners);
    this.verifications =
        new Verifications(
            parts,
            new DnsDriver(lookup.nameServers()),
            new WebDriver(parts.outbound()),
            new Platform.Sites(lookup.gitHubApi(), lookup.isPrivateAllowed()),
            trust);
    reload();
    owners.onChange(this::reload);
    owners.onJoin(this::joined);
    owners.onRelease(
        (transaction, id) -> parts.stops().checkRelease(transaction, OwnerPersons.OWNER + id));
    rules.add(rule);
    rules.add(new SpendRule(parts.budgets(), trust, parts.time()));
    parts.callers().gate(rule::check);
  }

  /// Who decides for agents.
  public Persons persons() {
    return new OwnerPersons(owners, events);
  }

  /// How far agents are known.
  public Trust trust() {
    return trust;
  }

  /// Adds the routes.
  public void addTo(Router router) {
    var attestations = new Attestations(parts, owners, mandates);
    new OwnerRoutes(parts, owners, attestations, events).addTo(router);
    var openMandates = new OpenMandates(parts, mandates);
    new MandateRoutes(parts.callers(), parts.agents(), mandates, attestations, openMandates)
        .addTo(router);
    new TrustRoutes(parts.callers(), parts.agents(), owners, verifications).addTo(router);
  }

  /// Looks again, from now on, at what was verified; and, where another hub writes to the same
  /// database, at what that one changed.
  public void start() {
    repeat(this::reloadIfDue);
    repeat(verifications::checkDue);
  }

  /// Each by itself: who waits for a name server far away keeps nobody from hearing of a change.
  private void repeat(Runnable work) {
    Runnable quiet =
        () -> {
          try {
            work.run();
          } catch (RuntimeException failure) {
            LOG.log(Level.WARNING, "This could not be done; the hub tries again", failure);
          }
        };
    var _ = ticks.scheduleWithFixedDelay(quiet, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
  }

  private void reloadIfDue() {
    if (parts.database().dialect().isShared()
        || reloads.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      reload();
    }
  }

  /// Called before the commit; the standing of the owner is seen on the agent some seconds later.
  private void joined(long agent) {
    rule.mayConcern(agent);
    reloads.set(TICKS_AFTER_JOIN);
  }

  /// The rule first: it decides, the others only show.
  private void reload() {
    rule.reload();
    owners.reload();
    trust.reload();
  }

  @Override
  public void close() {
    ticks.shutdownNow();
  }
}
