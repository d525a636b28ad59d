package dev.meshkore.hub.identity;

import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/// Bounds how often somebody may guess a key: ten failures a minute for each agent id. An attempt
/// counts from its start, so that many at once are bounded too. Thread-safe.
final class FailedAttempts {
  static final int PER_MINUTE = 10;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int WINDOWS_MAX = 100_000;

  private record Window(Instant start, int attempts) {
    boolean isOver(Instant now) {
      return !now.isBefore(start.plus(WINDOW));
    }
  }

  private final InstantSource time;
  private final Map<String, Window> windows = new HashMap<>();

  FailedAttempts(InstantSource time) {
    this.time = time;
  }

  /// Counts an attempt.
  ///
  /// @throws Refused when there were too many
  synchronized void begin(String agentId) {
    Instant now = time.instant();
    if (windows.size() >= WINDOWS_MAX) {
      windows.values().removeIf(window -> window.isOver(now));
    }
    if (windows.size() >= WINDOWS_MAX) {
      windows.clear();
    }
    Window window = windows.get(agentId);
    if (window == null || window.isOver(now)) {
      window = new Window(now, 0);
    }
    if (window.attempts() >= PER_MINUTE) {
      long left = Duration.between(now, window.start().plus(WINDOW)).toSeconds() + 1;
      throw Refused.later(
          ProblemType.RATE_LIMITED, "Too many wrong keys for this agent_id in a minute", left);
    }
    windows.put(agentId, new Window(window.start(), window.attempts() + 1));
  }

  /// The attempt was no failure, and does not count.
  synchronized void succeeded(String agentId) {
    windows.computeIfPresent(
        agentId, (_, window) -> new Window(window.start(), Math.max(0, window.attempts() - 1)));
  }
}
