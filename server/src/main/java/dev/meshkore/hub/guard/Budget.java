package dev.meshkore.hub.guard;

import java.time.Duration;

/// A limit, and what is left of it.
///
/// @param scope whose it is
/// @param unit what it counts
/// @param window how it counts anew
/// @param cap the most that may be used and reserved at one time
/// @param used what was committed in the window
/// @param reserved what is held
/// @param windowStart when a fixed window began, in milliseconds
public record Budget(
    String scope,
    String unit,
    Window window,
    long cap,
    long used,
    long reserved,
    long windowStart) {

  /// How a budget counts anew.
  ///
  /// @param kind fixed, rolling, or never
  /// @param ms how long it is; 0 for one that never counts anew
  public record Window(Kind kind, long ms) {
    /// How windows follow each other.
    public enum Kind {
      /// One after the other, from the beginning of time, all at once.
      FIXED,
      /// The time before now, in parts that fall out one by one.
      ROLLING,
      /// There is one, and it does not end.
      LIFETIME
    }

    /// The parts of a rolling window.
    static final int PARTS = 60;

    /// The one that does not end.
    public static final Window ENDLESS = new Window(Kind.LIFETIME, 0);

    /// Refuses lengths that do not fit the kind.
    public Window {
      if ((kind == Kind.LIFETIME) != (ms == 0) || ms < 0 || (kind == Kind.ROLLING && ms < PARTS)) {
        throw new IllegalArgumentException("Not a window");
      }
    }

    /// Windows that follow each other.
    public static Window fixed(Duration length) {
      return new Window(Kind.FIXED, length.toMillis());
    }

    /// The time before now.
    public static Window rolling(Duration length) {
      return new Window(Kind.ROLLING, length.toMillis());
    }

    /// Where the part begins in which a time lies.
    long partOf(long atMs) {
      long part = ms / PARTS;
      return Math.floorDiv(atMs, part) * part;
    }

    /// Where the fixed window begins in which a time lies.
    long startOf(long atMs) {
      return kind == Kind.FIXED ? Math.floorDiv(atMs, ms) * ms : 0;
    }
  }

  /// What may still be taken.
  public long remaining() {
    return Math.max(0, cap - used - reserved);
  }

  /// True when so much may be taken; a sum that no number holds may not.
  boolean has(long amount) {
    return amount <= cap - used - reserved;
  }
}
