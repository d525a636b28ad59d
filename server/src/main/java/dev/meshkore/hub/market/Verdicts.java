package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.scan.Verdict;
import java.util.LinkedHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// What scans said of texts, so that a list need not scan again what it showed before: a long text
/// takes milliseconds, and the same text always has the same verdict. Of more texts than are kept,
/// those that were shown last stay. Thread-safe.
final class Verdicts {
  private final int most;
  private final ReentrantLock using = new ReentrantLock();
  private final LinkedHashMap<String, Verdict> kept = new LinkedHashMap<>(16, 0.75f, true);

  /// Keeps the verdicts of as many texts.
  Verdicts(int most) {
    this.most = most;
  }

  /// The verdict on all that a text says, which is scanned where that is not known.
  Verdict of(byte[] text, Supplier<Verdict> scan) {
    String key = Canonical.hash(text);
    using.lock();
    try {
      Verdict known = kept.get(key);
      if (known != null) {
        return known;
      }
    } finally {
      using.unlock();
    }
    Verdict made = scan.get();
    using.lock();
    try {
      kept.put(key, made);
      if (kept.size() > most) {
        kept.pollFirstEntry();
      }
    } finally {
      using.unlock();
    }
    return made;
  }
}
