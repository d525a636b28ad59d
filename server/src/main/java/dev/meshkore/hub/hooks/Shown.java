package dev.meshkore.hub.hooks;

import java.util.LinkedHashMap;
import java.util.Map;

/// Up to which sequence each session of an assistant was told of its mail. Only in memory, and
/// bounded: what is forgotten is told once more. Thread-safe.
final class Shown {
  private static final int SESSION_CHARS_MAX = 128;

  private final int sessionsMax;
  private final Map<Long, Map<String, Long>> byAgent;

  /// Remembers so many agents, and so many sessions of each; whoever was silent for longest goes.
  Shown(int agentsMax, int sessionsMax) {
    this.sessionsMax = sessionsMax;
    this.byAgent = bounded(agentsMax);
  }

  /// Moves a session on to the end of the inbox, and answers where it was. Of several calls at once
  /// only one is given the same messages.
  ///
  /// @param acknowledged up to where the agent has read: nothing before it is new
  synchronized long advance(long agent, String session, long acknowledged, long head) {
    Map<String, Long> sessions = byAgent.computeIfAbsent(agent, _ -> bounded(sessionsMax));
    long before = Math.max(acknowledged, sessions.getOrDefault(cut(session), 0L));
    sessions.put(cut(session), Math.max(before, head));
    return before;
  }

  /// Forgets a session: all that is unread is new to it.
  synchronized void forget(long agent, String session) {
    Map<String, Long> sessions = byAgent.get(agent);
    if (sessions != null) {
      sessions.remove(cut(session));
    }
  }

  synchronized int sessions() {
    return byAgent.values().stream().mapToInt(Map::size).sum();
  }

  private static String cut(String session) {
    return session.length() <= SESSION_CHARS_MAX
        ? session
        : session.substring(0, SESSION_CHARS_MAX);
  }

  private static <K, V> Map<K, V> bounded(int most) {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }
}
