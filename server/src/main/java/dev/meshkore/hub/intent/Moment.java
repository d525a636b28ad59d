package dev.meshkore.hub.intent;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A day, a time of day, or both, as words say it; what it means depends on the day it is said.
///
/// @param end the token after it
/// @param day which day, if that was said
/// @param time which time, if that was said
/// @param zone the time zone, if that was said
record Moment(int end, @Nullable Day day, @Nullable Time time, @Nullable ZoneId zone) {
  /// A day.
  ///
  /// @param end the token after it
  /// @param on which one, from the day it is said
  /// @param repeat when it comes again, once it is over
  /// @param closes when work ends on it, where that was meant; else null
  /// @param isSpan whether it is the end of something longer, so that nothing is before it
  record Day(
      int end,
      UnaryOperator<LocalDate> on,
      Repeat repeat,
      @Nullable LocalTime closes,
      boolean isSpan) {
    static Day of(int end, UnaryOperator<LocalDate> on, Repeat repeat) {
      return new Day(end, on, repeat, null, false);
    }
  }

  /// When a day comes again.
  enum Repeat {
    NEVER,
    WEEKLY,
    YEARLY
  }

  /// A time of day.
  ///
  /// @param end the token after it
  /// @param at which
  /// @param isNextDay whether it is midnight, at the end of the day
  record Time(int end, LocalTime at, boolean isNextDay) {}
}
