package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.LocalDateTime;
import org.jspecify.annotations.Nullable;

/// Reads spans of time: `2 hours`, `half an hour`, `1.5 h`, `three business days`, `两小时`.
final class SpanReader {
  private static final int DIGITS_MAX = 5;
  private static final int DAYS_MAX = 370;

  private final Sentence sentence;

  /// A span of time.
  ///
  /// @param end the token after it
  /// @param count how many units, exactly
  /// @param unit the word of the unit
  record Span(int end, BigDecimal count, String unit) {
    private static final BigDecimal MILLIS = BigDecimal.valueOf(1_000);

    /// How long it takes, months and working days left out.
    Duration duration() {
      long unitSeconds =
          switch (unit) {
            case "minute" -> 60;
            case "hour" -> 3_600;
            case "day", "workday" -> 86_400;
            case "week" -> 7 * 86_400;
            case "month" -> 30 * 86_400;
            default -> 1;
          };
      BigDecimal millis = unit.equals("ms") ? count : count.multiply(MILLIS);
      return Duration.ofMillis(
          millis
              .multiply(BigDecimal.valueOf(unitSeconds))
              .setScale(0, RoundingMode.FLOOR)
              .longValueExact());
    }

    /// Whether nobody would name it as the time for a piece of work.
    boolean isShort() {
      return unit.equals("ms") || unit.equals("second");
    }

    /// Whether it is too long to be a deadline.
    boolean isAge() {
      return duration().toDays() > DAYS_MAX;
    }

    /// The time so much later.
    LocalDateTime after(LocalDateTime start) {
      return switch (unit) {
        case "month" -> start.plusMonths(count.longValue());
        case "workday" -> afterWork(start, count.intValue());
        default -> start.plus(duration());
      };
    }

    private static LocalDateTime afterWork(LocalDateTime start, int days) {
      LocalDateTime time = start;
      for (int left = days; left > 0; ) {
        time = time.plusDays(1);
        left -= time.getDayOfWeek().getValue() < 6 ? 1 : 0;
      }
      return time;
    }
  }

  SpanReader(Sentence sentence) {
    this.sentence = sentence;
  }

  /// The span that begins here.
  @Nullable Span at(int i) {
    Match half = sentence.at(i, Meaning.HALFHOUR);
    if (half != null) {
      return new Span(half.end(), BigDecimal.valueOf(30), "minute");
    }
    Match word = sentence.at(i, Meaning.NUMBER);
    int end = word == null ? i + 1 : word.end();
    String count = word == null ? sentence.word(i) : word.value();
    if (word == null && !sentence.isDigits(i)) {
      return null;
    }
    String sign = sentence.word(end);
    boolean isFraction =
        (sign.equals(".") || sign.equals(","))
            && sentence.isTied(end)
            && sentence.isTied(end + 1)
            && sentence.isDigits(end + 1);
    String whole = isFraction ? count + "." + sentence.word(end + 1) : count;
    int at = isFraction ? end + 2 : end;
    if (sentence.word(at).equals("-")) {
      at++;
    }
    Match unit = sentence.at(at, Meaning.UNIT);
    boolean isCount = whole.length() <= DIGITS_MAX && new BigDecimal(whole).signum() > 0;
    return unit == null || !isCount
        ? null
        : new Span(unit.end(), new BigDecimal(whole), unit.value());
  }
}
