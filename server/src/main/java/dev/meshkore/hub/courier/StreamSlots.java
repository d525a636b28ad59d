package dev.meshkore.hub.courier;

import java.util.concurrent.ConcurrentHashMap;

/// Bounds the streams that are open, so that neither one slow agent outside nor one sender takes
/// them all. Who gets none is served without a stream. Thread-safe.
final class StreamSlots {
  private static final int OF_REMOTE = 8;
  private static final int OF_SENDER = 16;
  private static final int OF_ALL = 400;
  private static final long ALL = 0;

  private final ConcurrentHashMap<Long, Integer> byRemote = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, Integer> bySender = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, Integer> all = new ConcurrentHashMap<>();

  /// Takes a slot, if there is one; it is given back by [#free].
  boolean take(long remote, long sender) {
    if (!take(byRemote, remote, OF_REMOTE)) {
      return false;
    }
    if (!take(bySender, sender, OF_SENDER)) {
      free(byRemote, remote);
      return false;
    }
    if (!take(all, ALL, OF_ALL)) {
      free(byRemote, remote);
      free(bySender, sender);
      return false;
    }
    return true;
  }

  void free(long remote, long sender) {
    free(byRemote, remote);
    free(bySender, sender);
    free(all, ALL);
  }

  private static boolean take(ConcurrentHashMap<Long, Integer> counts, long key, int most) {
    boolean[] taken = {false};
    counts.compute(
        key,
        (_, count) -> {
          int before = count == null ? 0 : count;
          taken[0] = before < most;
          return taken[0] ? Integer.valueOf(before + 1) : count;
        });
    return taken[0];
  }

  private static void free(ConcurrentHashMap<Long, Integer> counts, long key) {
    counts.computeIfPresent(key, (_, count) -> count == 1 ? null : Integer.valueOf(count - 1));
  }
}
