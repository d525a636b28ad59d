package dev.meshkore.hub.identity;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;

/// Bounds how often something may be tried under one name within a window, which begins with the
/// first attempt. An attempt counts from its start, so that many at once are bounded too. It knows
/// so many names at most; with more it begins anew. Thread-safe.
final class Attempts {
  static final int NAMES_MAX = 100_000;

  private record Window(Instant start, int attempts) {}

  private final int most;
  private final Duration length;
  private final InstantSource time;
  private final Map<String, Window> windows = new HashMap<>();

  /// So many attempts in a window of this length; 0 takes the limit away.
  Attempts(int most, Duration length, InstantSource time) {
    this.most = most;
    this.length = length;
    this.time = time;
  }

  /// Counts an attempt; or, where there were too many, says in how many seconds to try again.
  synchronized OptionalLong begin(String name) {
    if (most == 0) {
      return OptionalLong.empty();
    }
    Instant now = time.instant();
    if (windows.size() >= NAMES_MAX) {
      windows.values().removeIf(window -> isOver(window, now));
    }
    if (windows.size() >= NAMES_MAX) {
      windows.clear();
    }
    Window window = windows.get(name);
    if (window == null || isOver(window, now)) {
      window = new Window(now, 0);
    }
    if (window.attempts() >= most) {
      return OptionalLong.of(Duration.between(now, window.start().plus(length)).toSeconds() + 1);
    }
    windows.put(name, new Window(window.start(), window.attempts() + 1));
    return OptionalLong.empty();
  }

  /// The attempt does not count.
  synchronized void takeBack(String name) {
    windows.computeIfPresent(
        name,
        (_, window) ->
            window.attempts() <= 1 ? null : new Window(window.start(), window.attempts() - 1));
  }

  /// How many names it knows.
  synchronized int size() {
    return windows.size();
  }

  private boolean isOver(Window window, Instant now) {
    return !now.isBefore(window.start().plus(length));
  }
}
