package dev.meshkore.hub.guard;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.OptionalLong;

/// A limit, and what is left of it.
///
/// @param scope whose it is
/// @param unit what it counts
/// @param window how it counts anew
/// @param cap the most that may be used and reserved at one time
/// @param used what was committed in the window
/// @param reserved what is held
/// @param windowStart when a window of the calendar or a fixed one began, in milliseconds; of a
///   rolling one a time before which no part of it began
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
  /// @param kind how windows follow each other
  /// @param ms how long it is, of months the longest; 0 for one that never counts anew. Of budgets
  ///   of one scope and unit each has another
  public record Window(Kind kind, long ms) {
    /// How windows follow each other.
    public enum Kind {
      /// One after the other, from the beginning of time, all at once.
      FIXED,
      /// The weeks of the calendar by UTC; they begin on Monday.
      WEEK,
      /// The months of the calendar by UTC.
      MONTH,
      /// The time before now, in parts that fall out one by one.
      ROLLING,
      /// There is one, and it does not end.
      LIFETIME
    }

    /// The parts of a rolling window.
    static final int PARTS = 60;

    private static final long DAY_MS = Duration.ofDays(1).toMillis();
    private static final long WEEK_MS = Duration.ofDays(7).toMillis();

    /// 1970 began on a Thursday.
    private static final long MONDAY_MS = Duration.ofDays(4).toMillis();

    /// The one that does not end.
    public static final Window ENDLESS = new Window(Kind.LIFETIME, 0);

    /// Weeks of the calendar.
    public static final Window WEEK = new Window(Kind.WEEK, WEEK_MS);

    /// Months of the calendar.
    public static final Window MONTH = new Window(Kind.MONTH, Duration.ofDays(31).toMillis());

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

    /// Whether what was used in each window of another was used in one of these, so that a cap of
    /// these is a cap of those.
    public boolean covers(Window other) {
      return switch (kind) {
        case FIXED, ROLLING -> kind == other.kind && ms >= other.ms;
        // A week may lie in two months.
        case WEEK, MONTH ->
            kind == other.kind || (other.kind == Kind.FIXED && DAY_MS % other.ms == 0);
        case LIFETIME -> true;
      };
    }

    /// Where the part begins in which a time lies.
    long partOf(long atMs) {
      long part = ms / PARTS;
      return Math.floorDiv(atMs, part) * part;
    }

    /// Where the window begins in which a time lies; 0 where none does before the others.
    long startOf(long atMs) {
      return switch (kind) {
        case FIXED -> Math.floorDiv(atMs, ms) * ms;
        case WEEK -> Math.floorDiv(atMs - MONDAY_MS, WEEK_MS) * WEEK_MS + MONDAY_MS;
        case MONTH -> month(atMs).toInstant().toEpochMilli();
        case ROLLING, LIFETIME -> 0;
      };
    }

    /// Where the window ends that begins at a time; empty where none does.
    OptionalLong endOf(long startMs) {
      return switch (kind) {
        case FIXED, WEEK -> OptionalLong.of(startMs + ms);
        case MONTH -> OptionalLong.of(month(startMs).plusMonths(1).toInstant().toEpochMilli());
        case ROLLING, LIFETIME -> OptionalLong.empty();
      };
    }

    private static ZonedDateTime month(long atMs) {
      return Instant.ofEpochMilli(atMs)
          .atZone(ZoneOffset.UTC)
          .withDayOfMonth(1)
          .truncatedTo(ChronoUnit.DAYS);
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
