package dev.meshkore.hub.identity;

import com.carrotsearch.hppc.LongHashSet;
import java.util.HashMap;
import java.util.Map;

/// The signatures that were accepted in the last minutes, eight bytes of the hash of each, by the
/// minute in which they were made. Thread-safe.
final class SignatureMemory {
  /// What became of a signature that is to be remembered.
  enum Added {
    /// It is new, and remembered from now on.
    NEW,
    /// It was there.
    KNOWN,
    /// There is no room for another one.
    FULL
  }

  private final int countMax;
  private final Map<Long, LongHashSet> byMinute = new HashMap<>();
  private int count;

  /// Remembers so many at most.
  SignatureMemory(int countMax) {
    this.countMax = countMax;
  }

  synchronized Added add(long minute, long hash) {
    LongHashSet ofMinute = byMinute.computeIfAbsent(minute, _ -> new LongHashSet());
    if (ofMinute.contains(hash)) {
      return Added.KNOWN;
    }
    if (count >= countMax) {
      return Added.FULL;
    }
    ofMinute.add(hash);
    count++;
    return Added.NEW;
  }

  synchronized void remove(long minute, long hash) {
    LongHashSet ofMinute = byMinute.get(minute);
    if (ofMinute != null && ofMinute.remove(hash)) {
      count--;
    }
  }

  synchronized void forget(long before) {
    byMinute
        .entrySet()
        .removeIf(one -> {
          boolean isOld = one.getKey() < before;
          count -= isOld ? one.getValue().size() : 0;
          return isOld;
        });
  }
}
