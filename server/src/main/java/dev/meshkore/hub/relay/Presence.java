package dev.meshkore.hub.relay;

import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.identity.Agents;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Who is here: the live sessions, and who polled a short time ago. Thread-safe.
public final class Presence {
  /// What a session was told of an agent.
  private record Told(boolean isOnline, String status) {
    static final Told NOTHING = new Told(false, "");
  }

  /// How long a poll keeps an agent online.
  static final Duration POLL = Duration.ofSeconds(60);

  private static final int CHANGES_AT_ONCE = 1_000;
  private static final int TELLING = 64;

  private static final long STALL_NANOS = Duration.ofSeconds(30).toNanos();
  private final Agents agents;
  private final InstantSource clock;
  private final Map<Long, List<Session>> sessions = new ConcurrentHashMap<>();
  private final Map<Long, Long> polledAtMs = new ConcurrentHashMap<>();
  private final Map<Long, Long> seenAtMs = new ConcurrentHashMap<>();
  private final Map<Long, Map<Session, Told>> watchers = new ConcurrentHashMap<>();
  private final ReentrantLock watching = new ReentrantLock();

  /// By agent: what is told of one is told in the order in which it was so.
  private final List<ReentrantLock> telling =
      Stream.generate(ReentrantLock::new).limit(TELLING).toList();

  private final AtomicLong sessionCount = new AtomicLong();
  private volatile long versionTold;

  Presence(Agents agents, InstantSource clock) {
    this.agents = agents;
    this.clock = clock;
  }

  /// True while the agent has a session, and for a while after a poll.
  public boolean isOnline(long agent) {
    if (sessions.containsKey(agent)) {
      return true;
    }
    Long polled = polledAtMs.get(agent);
    return polled != null && clock.millis() - polled <= POLL.toMillis();
  }

  /// Everybody who is online.
  public Set<Long> online() {
    var online = new HashSet<>(sessions.keySet());
    long since = clock.millis() - POLL.toMillis();
    polledAtMs.forEach((agent, at) -> {
      if (at >= since) {
        online.add(agent);
      }
    });
    return online;
  }

  /// Live sessions, of all agents.
  public long sessionCount() {
    return sessionCount.get();
  }

  List<Session> sessionsOf(long agent) {
    return sessions.getOrDefault(agent, List.of());
  }

  /// Ends the sessions whose peers have taken nothing for too long.
  void endStalled() {
    forEachSession(session -> session.endIfStalled(STALL_NANOS));
  }

  void forEachSession(Consumer<Session> action) {
    sessions.values().forEach(of -> of.forEach(action));
  }

  /// True when the agent was not online before; then [#tell] is due, which may block and this not.
  boolean opened(Session session) {
    boolean wasOnline = isOnline(session.agent());
    sessions.compute(
        session.agent(),
        (_, known) -> {
          List<Session> of = known == null ? new CopyOnWriteArrayList<>() : known;
          of.add(session);
          return of;
        });
    sessionCount.incrementAndGet();
    seen(session.agent());
    return !wasOnline;
  }

  /// The session was marked as closed before.
  void closed(Session session) {
    boolean[] removed = {false};
    sessions.computeIfPresent(
        session.agent(),
        (_, of) -> {
          removed[0] = of.remove(session);
          return of.isEmpty() ? null : of;
        });
    watchOnly(session, Set.of());
    if (removed[0]) {
      sessionCount.decrementAndGet();
      seen(session.agent());
      if (!isOnline(session.agent())) {
        tell(session.agent());
      }
    }
  }

  void polled(long agent) {
    boolean wasOnline = isOnline(agent);
    polledAtMs.put(agent, clock.millis());
    seen(agent);
    if (!wasOnline) {
      tell(agent);
    }
  }

  /// Tells a session of these agents, now and whenever one comes or goes. Replaces what it watched.
  void watch(Session session, Set<Long> watched) {
    watchOnly(session, watched);
    for (long agent : watched) {
      tell(agent, List.of(session));
    }
  }

  /// A session that is closed watches nobody: whoever closes it comes here after it was marked.
  private void watchOnly(Session session, Set<Long> wanted) {
    watching.lock();
    try {
      for (long agent : session.watched()) {
        watchers.computeIfPresent(
            agent,
            (_, of) -> {
              of.remove(session);
              return of.isEmpty() ? null : of;
            });
      }
      Set<Long> watched = session.isClosed() ? Set.of() : Set.copyOf(wanted);
      for (long agent : watched) {
        watchers.compute(
            agent,
            (_, known) -> {
              Map<Session, Told> of = known == null ? new ConcurrentHashMap<>() : known;
              of.put(session, Told.NOTHING);
              return of;
            });
      }
      session.watched(watched);
    } finally {
      watching.unlock();
    }
  }

  /// Tells whoever watches an agent how it is now, and was told otherwise.
  void tell(long agent) {
    Map<Session, Told> of = watchers.get(agent);
    if (of == null || of.isEmpty()) {
      return;
    }
    tell(agent, of.keySet()).run();
  }

  /// The sessions that were told have to be woken.
  private Wakes tell(long agent, Collection<Session> to) {
    var wakes = new Wakes();
    ReentrantLock inOrder = telling.get((int) (agent % TELLING));
    inOrder.lock();
    try {
      Map<Session, Told> of = watchers.getOrDefault(agent, Map.of());
      var profile = agents.get(agent);
      var now = new Told(isOnline(agent), profile.status());
      byte[] frame = Frames.presence(profile.id(), now.isOnline(), now.status());
      for (Session session : to) {
        Told before = of.getOrDefault(session, now);
        if (!before.equals(now) && of.replace(session, before, now)) {
          session.offer("presence", frame);
          wakes.add(session);
        }
      }
    } finally {
      inOrder.unlock();
    }
    return wakes;
  }

  /// Writes a frame to an agent's sessions, or to those of all where `agent` is 0.
  void tell(long agent, String type, byte[] frame) {
    var wakes = new Wakes();
    Consumer<Session> one =
        session -> {
          session.offer(type, frame);
          wakes.add(session);
        };
    if (agent == 0) {
      forEachSession(one);
    } else {
      sessionsOf(agent).forEach(one);
    }
    wakes.run();
  }

  /// Tells of profiles that changed since the last time, however they were changed.
  void tellChanges() {
    for (Agent changed : agents.changedSince(versionTold, CHANGES_AT_ONCE)) {
      tell(changed.number());
      versionTold = changed.version();
    }
  }

  /// Ends the presence of those who stopped polling, and stores when agents were last seen.
  void tick() {
    long since = clock.millis() - POLL.toMillis();
    polledAtMs.forEach((agent, at) -> {
      if (at < since && polledAtMs.remove(agent, at) && !sessions.containsKey(agent)) {
        tell(agent);
      }
    });
    var seen = new HashMap<Long, Instant>();
    seenAtMs.forEach((agent, at) -> seen.put(agent, Instant.ofEpochMilli(at)));
    if (!seen.isEmpty()) {
      agents.seen(seen);
      seen.forEach((agent, at) -> seenAtMs.remove(agent, at.toEpochMilli()));
    }
  }

  private void seen(long agent) {
    seenAtMs.put(agent, clock.millis());
  }
}
