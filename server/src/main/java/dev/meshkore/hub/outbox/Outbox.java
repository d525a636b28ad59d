package dev.meshkore.hub.outbox;

import static java.util.stream.Collectors.toList;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// What agents are told by the hub of what was done, once for each. Where it can, a notice becomes
/// a message in the transaction that it tells of; else it is stored with that, and told afterwards,
/// also after a crash and by whichever hub comes first. Thread-safe.
public final class Outbox implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Outbox.class.getName());
  private static final int AT_ONCE = 500;
  private static final long PAUSE_MS = 30_000;
  private static final long KEPT_MS = 7 * 86_400_000L;

  private static final String PUT =
      """
      INSERT INTO market_notice (message_id, agent, notice, due_at, made_at)
      VALUES (?, ?, ?, %s(?, COALESCE(
        (SELECT due_at FROM market_notice WHERE agent = ? ORDER BY number DESC LIMIT 1), 0)), ?)
      """;
  private static final String PUT_SQLITE = PUT.formatted("MAX");
  private static final String PUT_POSTGRESQL = PUT.formatted("GREATEST");

  private record Notice(long number, String id, long agent, String text) {}

  /// What is stored of a notice that did not become a message.
  @FunctionalInterface
  public interface Otherwise {
    /// Stores it, in the transaction of what it tells of.
    void store(Transaction transaction) throws SQLException;
  }

  /// How the hub speaks to agents.
  @FunctionalInterface
  public interface Voice {
    /// Puts a notice into an agent's inbox once, however often it is told with this id; false where
    /// it cannot be stored now.
    boolean tell(String agentId, String id, ObjectNode notice);

    /// Puts a notice into an agent's inbox with what is done in an open transaction.
    ///
    /// @param otherwise what is stored where that cannot be, or the inbox takes it not
    default void tellWithin(
        Transaction transaction, long agent, String agentId, ObjectNode notice, Otherwise otherwise)
        throws SQLException {
      otherwise.store(transaction);
    }
  }

  private final Database database;
  private final Agents agents;
  private final Voice voice;
  private final InstantSource time;
  private final RandomGenerator random;
  private final ReentrantLock telling = new ReentrantLock();
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private final ExecutorService later = Executors.newVirtualThreadPerTaskExecutor();

  /// Tells by this voice.
  public Outbox(
      Database database, Agents agents, Voice voice, InstantSource time, RandomGenerator random) {
    this.database = database;
    this.agents = agents;
    this.voice = voice;
    this.time = time;
    this.random = random;
  }

  /// Has an agent told of something as this transaction is stored, after all that it was to be told
  /// before. On a shared database, where messages have writers of their own, soon afterwards.
  public void tell(Transaction transaction, long agent, ObjectNode notice) throws SQLException {
    if (transaction.dialect().isShared() || isAnyWaiting(transaction, agent)) {
      var _ = put(transaction, agent, notice);
      return;
    }
    Otherwise otherwise = within -> putLate(within, agent, notice);
    voice.tellWithin(transaction, agent, agents.idOf(agent), notice, otherwise);
  }

  private void putLate(Transaction transaction, long agent, ObjectNode notice) throws SQLException {
    var _ = put(transaction, agent, notice);
  }

  private static boolean isAnyWaiting(Transaction reader, long agent) throws SQLException {
    return reader.number("SELECT 1 FROM market_notice WHERE agent = ? LIMIT 1", 0, agent) == 1;
  }

  /// Has an agent told of something soon after this transaction is stored; answers the message's
  /// id.
  public String put(Transaction transaction, long agent, ObjectNode notice) throws SQLException {
    long now = time.millis();
    String id = id(now);
    // After those that wait for the agent already, so that it hears all in order. The newest of
    // them is never due before the others.
    transaction.update(
        transaction.dialect().choose(PUT_SQLITE, PUT_POSTGRESQL),
        id,
        agent,
        new String(Json.bytes(notice), StandardCharsets.UTF_8),
        now,
        agent,
        now);
    transaction.afterCommit(this::wake);
    return id;
  }

  /// Begins with the time: ids of one time lie side by side in every index, so that many of them
  /// change few pages.
  private String id(long now) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return "notice-"
        + Long.toString(now, Character.MAX_RADIX)
        + "-"
        + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /// Whether a notice has not reached its inbox yet.
  public static boolean isWaiting(Transaction reader, String id) throws SQLException {
    return reader.number("SELECT COUNT(*) FROM market_notice WHERE message_id = ?", 0, id) > 0;
  }

  /// Tells soon what waits; returns at once. However many ask, one comes to it, and reads what was
  /// stored before any of them asked.
  private void wake() {
    if (!isAsked.compareAndSet(false, true)) {
      return;
    }
    try {
      later.execute(this::drainNow);
    } catch (RejectedExecutionException _) {
      // The hub is stopping; what waits is told after its next start.
      isAsked.set(false);
    }
  }

  private void drainNow() {
    try {
      drain();
    } catch (StoreFailure failure) {
      LOG.log(Level.DEBUG, "Will be told later", failure);
    }
  }

  /// Tells what is due, in the order in which it was stored.
  public void drain() {
    telling.lock();
    try {
      isAsked.set(false);
      List<Notice> due;
      do {
        due = due();
        tell(due);
      } while (due.size() == AT_ONCE);
    } finally {
      telling.unlock();
    }
  }

  private List<Notice> due() {
    long now = time.millis();
    return database.read(reader ->
        reader.list(
            """
            SELECT number, message_id, agent, notice FROM market_notice WHERE due_at <= ?
            ORDER BY number LIMIT ?
            """,
            row -> new Notice(row.getLong(1), row.getString(2), row.getLong(3), row.getString(4)),
            now,
            AT_ONCE));
  }

  /// Agents are told at the same time, each of its own in their order. What was told is forgotten
  /// in one transaction; a crash before it tells again with the same id, which is told once.
  private void tell(List<Notice> due) {
    Map<Long, List<Notice>> byAgent =
        due.stream().collect(Collectors.groupingBy(Notice::agent, LinkedHashMap::new, toList()));
    var told = new ConcurrentLinkedQueue<Long>();
    var full = new ConcurrentLinkedQueue<Long>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      byAgent.forEach((agent, notices) ->
          threads.execute(() -> {
            boolean isTold = false;
            try {
              isTold = tellInOrder(agent, notices, told);
            } catch (RuntimeException failure) {
              LOG.log(Level.WARNING, "Somebody could not be told", failure);
            }
            if (!isTold) {
              full.add(agent);
            }
          }));
    }
    if (!told.isEmpty()) {
      database.write(transaction -> {
        for (long number : told) {
          transaction.update("DELETE FROM market_notice WHERE number = ?", number);
        }
        return true;
      });
    }
    full.forEach(this::postpone);
  }

  /// After one that an agent cannot take, its others wait, too, so that it hears all in order.
  private boolean tellInOrder(long agent, List<Notice> notices, Queue<Long> told) {
    String to = agents.idOf(agent);
    for (Notice notice : notices) {
      if (!voice.tell(to, notice.id(), notice(notice))) {
        return false;
      }
      told.add(notice.number());
    }
    return true;
  }

  private static ObjectNode notice(Notice notice) {
    return (ObjectNode) Json.own(notice.text().getBytes(StandardCharsets.UTF_8));
  }

  /// What nobody took for a week is not told any more: it is in the lists of what was done.
  private void postpone(long agent) {
    long now = time.millis();
    database.write(transaction -> {
      transaction.update(
          "DELETE FROM market_notice WHERE agent = ? AND made_at < ?", agent, now - KEPT_MS);
      return transaction.update(
          "UPDATE market_notice SET due_at = ? WHERE agent = ?", now + PAUSE_MS, agent);
    });
  }

  @Override
  public void close() {
    later.shutdown();
    try {
      if (!later.awaitTermination(5, TimeUnit.SECONDS)) {
        LOG.log(Level.WARNING, "Some notices are told after the next start");
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
