package dev.meshkore.hub.jobs;

import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Lets time go on with jobs. It stores that it is at work; where it was not, because no hub was
/// there or none reached the database, nobody could act, and that is not their silence: all jobs
/// get the time back, and a little more to come back in. Thread-safe.
final class JobClock {
  private static final Logger LOG = System.getLogger(JobClock.class.getName());
  private static final int AT_ONCE = 1_000;
  private static final int PUT_OFF_MAX = 100_000;
  private static final long PUT_OFF_MS = Duration.ofMinutes(1).toMillis();
  private static final long BEAT_MS = Duration.ofSeconds(15).toMillis();

  /// What takes less is a restart, in which nobody misses anything.
  private static final long OUTAGE_MS = Duration.ofMinutes(1).toMillis();

  /// So much more than was lost.
  private static final long GRACE_MS = Duration.ofMinutes(5).toMillis();

  private final JobParts parts;
  private final Jobs jobs;

  /// Jobs that could not go on, and when they are tried again.
  private final Map<String, Long> putOff = new HashMap<>();

  private long beatAtMs;
  private boolean isSteady;

  JobClock(JobParts parts, Jobs jobs) {
    this.parts = parts;
    this.jobs = jobs;
  }

  /// Gives jobs the time back in which no clock was at work. To be called before anything is due.
  synchronized void begin() {
    long now = parts.time().millis();
    parts.database().write(transaction -> begin(transaction, now));
    beatAtMs = now;
    isSteady = true;
  }

  private boolean begin(Transaction transaction, long now) throws SQLException {
    long last = SqlJobs.lastBeat(transaction);
    // Of hubs that start together the first has given it.
    if (!SqlJobs.beat(transaction, last, now) || last == 0 || now - last < OUTAGE_MS) {
      return false;
    }
    int delayed = SqlJobs.delay(transaction, last, now - last + GRACE_MS);
    if (delayed > 0) {
      parts
          .audit()
          .record(
              transaction,
              Leaf.of("job.delayed", Agents.HUB_ID, Agents.HUB_ID)
                  .with("jobs", delayed)
                  .with("ms", now - last + GRACE_MS));
    }
    return delayed > 0;
  }

  /// Lets those jobs go on whose time has passed. What fails in one keeps nothing from the others,
  /// however many fail: each is tried again after a minute.
  synchronized void tick() {
    if (!isSteady) {
      begin();
    }
    isSteady = false;
    long now = parts.time().millis();
    beat(now);
    putOff.values().removeIf(until -> until <= now || until > now + PUT_OFF_MS);
    int failed = 0;
    var last = SqlJobs.Due.NONE;
    List<SqlJobs.Due> page;
    do {
      SqlJobs.Due after = last;
      page = parts.database().read(reader -> SqlJobs.due(reader, now, after, AT_ONCE));
      for (SqlJobs.Due one : page) {
        failed += putOff.containsKey(one.id()) || goesOn(one, now, failed == 0) ? 0 : 1;
        last = one;
      }
    } while (page.size() == AT_ONCE);
    if (failed > 1) {
      LOG.log(Level.WARNING, failed + " jobs could not go on yet; the hub tries again");
    }
    isSteady = true;
  }

  private void beat(long now) {
    if (now - beatAtMs >= BEAT_MS || now < beatAtMs) {
      parts
          .database()
          .write(transaction -> SqlJobs.beat(transaction, SqlJobs.lastBeat(transaction), now));
      beatAtMs = now;
    }
  }

  private boolean goesOn(SqlJobs.Due due, long now, boolean isFirst) {
    try {
      jobs.goOn(due.id());
      return true;
    } catch (RuntimeException failure) {
      if (isFirst) {
        LOG.log(Level.WARNING, "A job could not go on yet; the hub tries again", failure);
      }
      if (putOff.size() < PUT_OFF_MAX) {
        putOff.put(due.id(), now + PUT_OFF_MS);
      }
      return false;
    }
  }
}
