package dev.meshkore.bench;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// How the load is shaped: so many senders, each with so many messages under way, or a steady rate.
///
/// @param senders how many agents send; each is a recipient too
/// @param window how many messages a sender has under way; 0 when the rate is given instead
/// @param ratePerSecond messages a second of all senders together; 0 when the window is given
record Shape(int senders, int window, int ratePerSecond) {
  private static final int STEADY_SENDERS = 64;
  private static final Pattern WINDOWED = Pattern.compile("(\\d{1,6})x(\\d{1,6})");
  private static final Pattern STEADY = Pattern.compile("(\\d{1,8})/s");

  Shape {
    if (senders < 1 || (window < 1) == (ratePerSecond < 1)) {
      throw new BenchFailure("a shape has senders, and either a window or a rate");
    }
  }

  /// Reads `64x16` (senders x window) or `20000/s` (a steady rate).
  static Shape parse(String text) {
    Matcher windowed = WINDOWED.matcher(text);
    if (windowed.matches()) {
      return new Shape(Integer.parseInt(windowed.group(1)), Integer.parseInt(windowed.group(2)), 0);
    }
    Matcher steady = STEADY.matcher(text);
    if (steady.matches()) {
      return new Shape(STEADY_SENDERS, 0, Integer.parseInt(steady.group(1)));
    }
    throw new UsageFailure("a shape is written 64x16 or 20000/s, not " + text);
  }

  boolean isSteady() {
    return ratePerSecond > 0;
  }

  @Override
  public String toString() {
    return isSteady()
        ? String.format(Locale.ROOT, "%,d/s steady", ratePerSecond)
        : senders + "×" + window;
  }
}
