package dev.meshkore.hub.a2a;

import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbound.Outcome;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Delivers the notifications that wait in the database, each webhook's in order and at least once.
/// What fails is tried again after longer and longer pauses; a restart changes nothing of that.
/// Sites take turns, and each has a few calls at once, so that a slow one holds up no other. After
/// [#ATTEMPTS_MAX] failures of one, what waits for its webhook is dropped. Where several hubs share
/// the database, one of them takes a notification and sends it; if it dies, another does after
/// [#LEASE_MS]. Thread-safe.
final class Notifier implements AutoCloseable {
  static final int ATTEMPTS_MAX = 16;

  /// Longer than a call may take.
  static final long LEASE_MS = 60_000;

  private static final Logger LOG = System.getLogger(Notifier.class.getName());
  private static final long LOOK_EVERY_MS = 250;
  private static final long LOOK_FOR_OTHERS_MS = 1_000;
  private static final int AT_ONCE_MAX = 512;
  private static final int AT_ONCE_OF_SITE_MAX = 8;
  private static final int SITES_AT_ONCE = 64;
  private static final long PAUSE_SECONDS_MAX = 300;

  private record Key(String taskId, String hookId) {}

  private final Database database;
  private final OutboundClient outbound;
  private final InstantSource clock;
  private final Set<Key> underWay = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> underWayBySite = new ConcurrentHashMap<>();
  private final AtomicLong nextDue = new AtomicLong();
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService ticks =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("notifier").factory());

  /// Whose turn it was last. Used by the ticks alone.
  private String lastSite = "";

  Notifier(Database database, OutboundClient outbound, InstantSource clock) {
    this.database = database;
    this.outbound = outbound;
    this.clock = clock;
    var _ =
        ticks.scheduleWithFixedDelay(
            this::tick, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// Says that something waits; it is looked at soon, on another thread.
  void wake() {
    nextDue.set(0);
    try {
      ticks.execute(this::tick);
    } catch (RejectedExecutionException _) {
      // The hub is stopping; what waits is delivered after its next start.
    }
  }

  private void tick() {
    long now = clock.millis();
    if (nextDue.get() > now) {
      return;
    }
    try {
      nextDue.set(Long.MAX_VALUE);
      boolean isRoundOver = database.read(transaction -> takeTurns(transaction, now));
      long due = isRoundOver ? Math.min(database.read(SqlHooks::nextDue), otherwise(now)) : now;
      nextDue.accumulateAndGet(underWay.isEmpty() ? due : Math.max(due, now + 1), Math::min);
    } catch (StoreFailure | RejectedExecutionException failure) {
      nextDue.set(0);
      LOG.log(Level.DEBUG, "Notifications will be looked for again", failure);
    } catch (RuntimeException failure) {
      nextDue.set(0);
      LOG.log(Level.ERROR, "Notifications could not be looked for", failure);
    }
  }

  /// When to look again where nothing is known to wait: another hub may have taken something and
  /// died.
  private long otherwise(long now) {
    return database.dialect().isShared() ? now + LOOK_FOR_OTHERS_MS : Long.MAX_VALUE;
  }

  /// Lets sites take turns until some have had theirs; true when all have. After the last site
  /// comes the empty name, which those have that waited before sites were noted.
  private boolean takeTurns(Transaction transaction, long now) throws SQLException {
    String begunAfter = lastSite;
    boolean isBeyondLast = false;
    for (int i = 0; i < SITES_AT_ONCE; i++) {
      String site = SqlHooks.siteAfter(transaction, lastSite).orElse("");
      lastSite = site;
      begin(transaction, site, now);
      isBeyondLast |= site.isEmpty();
      if (isBeyondLast && site.compareTo(begunAfter) >= 0) {
        return true;
      }
    }
    return false;
  }

  private void begin(Transaction transaction, String site, long now) throws SQLException {
    boolean isFull = underWayBySite.getOrDefault(site, 0) >= AT_ONCE_OF_SITE_MAX;
    if (isFull || underWay.size() >= AT_ONCE_MAX) {
      return;
    }
    // Those that are under way are found again, so more than there is room for are asked for.
    for (SqlHooks.Notice notice : SqlHooks.due(transaction, site, now, 2 * AT_ONCE_OF_SITE_MAX)) {
      if (underWayBySite.getOrDefault(site, 0) < AT_ONCE_OF_SITE_MAX) {
        begin(site, notice);
      }
    }
  }

  private void begin(String site, SqlHooks.Notice notice) {
    var key = new Key(notice.taskId(), notice.hook().id());
    if (!underWay.add(key)) {
      return;
    }
    underWayBySite.merge(site, 1, Integer::sum);
    callers.execute(() -> {
      try {
        if (take(notice)) {
          deliver(notice);
        }
      } catch (StoreFailure failure) {
        LOG.log(Level.DEBUG, "A notification may be sent twice", failure);
      } catch (RuntimeException failure) {
        LOG.log(Level.ERROR, "A notification could not be sent", failure);
      } finally {
        underWay.remove(key);
        underWayBySite.computeIfPresent(site, (_, count) -> count == 1 ? null : count - 1);
        wake();
      }
    });
  }

  /// On a file there is no other hub.
  private boolean take(SqlHooks.Notice notice) {
    long until = clock.millis() + LEASE_MS;
    return !database.dialect().isShared()
        || database.write(transaction -> SqlHooks.take(transaction, notice, until));
  }

  private void deliver(SqlHooks.Notice notice) {
    Outcome outcome =
        outbound.post(URI.create(notice.hook().url()), headers(notice.hook()), notice.body());
    switch (outcome) {
      case Outcome.Answered answered when answered.isDone() ->
          database.write(transaction -> {
            SqlHooks.delivered(transaction, notice.number());
            return true;
          });
      case Outcome.Answered answered -> putOff(notice, "status " + answered.status());
      case Outcome.Failed failed -> putOff(notice, failed.reason());
      case Outcome.Forbidden forbidden -> drop(notice, forbidden.reason());
    }
  }

  private static Map<String, String> headers(Hook hook) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("Content-Type", "application/a2a+json");
    headers.put("A2A-Version", Versions.CURRENT);
    if (!hook.scheme().isEmpty()) {
      headers.put("Authorization", (hook.scheme() + " " + hook.credentials()).strip());
    }
    if (!hook.token().isEmpty()) {
      headers.put("X-A2A-Notification-Token", hook.token());
    }
    return headers;
  }

  private void putOff(SqlHooks.Notice notice, String reason) {
    if (notice.attempts() + 1 >= ATTEMPTS_MAX) {
      drop(notice, reason);
      return;
    }
    long pause = Math.min(1L << Math.min(notice.attempts(), 20), PAUSE_SECONDS_MAX);
    long due = clock.millis() + TimeUnit.SECONDS.toMillis(pause);
    database.write(transaction -> {
      SqlHooks.putOff(transaction, notice.number(), due);
      return true;
    });
  }

  private void drop(SqlHooks.Notice notice, String reason) {
    LOG.log(Level.INFO, "Notifications of {0} are dropped: {1}", notice.taskId(), reason);
    database.write(transaction -> {
      SqlHooks.deleteNotices(transaction, notice.taskId(), notice.hook().id());
      return true;
    });
  }

  @Override
  public void close() {
    ticks.shutdownNow();
    callers.shutdownNow();
  }
}
