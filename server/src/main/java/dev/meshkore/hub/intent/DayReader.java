package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Moment.Day;
import dev.meshkore.hub.intent.Moment.Repeat;
import dev.meshkore.hub.intent.Sentence.Match;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.YearMonth;
import java.time.temporal.TemporalAdjusters;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads days: `tomorrow`, `next Friday`, `25 November`, `2026-11-30`, `30.11.`, `11月30日`.
final class DayReader {
  private static final LocalTime CLOSING = LocalTime.of(17, 0);

  private final Sentence sentence;
  private final boolean isMonthFirst;

  /// `isMonthFirst` where `12/03` is in December.
  DayReader(Sentence sentence, boolean isMonthFirst) {
    this.sentence = sentence;
    this.isMonthFirst = isMonthFirst;
  }

  /// The day that begins here.
  @Nullable Day at(int i) {
    if (sentence.isDigits(i)) {
      return inDigits(i);
    }
    Match month = sentence.at(i, Meaning.MONTH);
    if (month != null && sentence.isDigits(month.end())) {
      int end = sentence.skip(month.end() + 1, Meaning.ORDINAL);
      return withYear(end, sentence.word(month.end()), month.value());
    }
    Match tonight = sentence.at(i, Meaning.TONIGHT);
    if (tonight != null) {
      return Day.of(tonight.end(), today -> today, Repeat.NEVER);
    }
    Day weekday = weekday(i);
    if (weekday != null) {
      return weekday;
    }
    Match day = sentence.at(i, Meaning.DAY);
    if (day != null) {
      int more = Integer.parseInt(day.value());
      return Day.of(day.end(), today -> today.plusDays(more), Repeat.NEVER);
    }
    Match endOf = sentence.at(i, Meaning.ENDOF);
    return endOf == null ? null : endOf(endOf);
  }

  private @Nullable Day weekday(int i) {
    Match next = sentence.at(i, Meaning.NEXTDAY);
    int at = next == null ? i : next.end();
    Match day = sentence.at(at, Meaning.WEEKDAY);
    if (day == null && at < sentence.size() && sentence.token(at).isCapital()) {
      day = sentence.at(at, Meaning.SHORTDAY);
    }
    if (day == null) {
      return null;
    }
    var weekday = DayOfWeek.of(Integer.parseInt(day.value()));
    boolean isNextWeek = next != null && next.value().equals("next");
    return Day.of(
        day.end(),
        today ->
            isNextWeek
                ? today.with(TemporalAdjusters.next(DayOfWeek.MONDAY)).with(weekday)
                : today.with(TemporalAdjusters.nextOrSame(weekday)),
        Repeat.WEEKLY);
  }

  private @Nullable Day endOf(Match match) {
    int end = match.end();
    return switch (match.value()) {
      case "day" -> span(end, today -> today, null);
      case "business" -> span(end, today -> today, CLOSING);
      case "week" -> span(end, DayReader::sunday, null);
      case "nextweek" -> span(end, today -> sunday(today.plusWeeks(1)), null);
      case "month" -> span(end, today -> today.with(TemporalAdjusters.lastDayOfMonth()), null);
      case "year" -> span(end, today -> today.with(TemporalAdjusters.lastDayOfYear()), null);
      default -> {
        Match month = sentence.at(end, Meaning.MONTH);
        yield month == null
            ? null
            : span(month.end(), today -> lastDay(today, Integer.parseInt(month.value())), null);
      }
    };
  }

  private static Day span(int end, UnaryOperator<LocalDate> on, @Nullable LocalTime closes) {
    return new Day(end, on, Repeat.NEVER, closes, true);
  }

  private static LocalDate sunday(LocalDate today) {
    return today.with(TemporalAdjusters.nextOrSame(DayOfWeek.SUNDAY));
  }

  private static LocalDate lastDay(LocalDate today, int month) {
    int year = month < today.getMonthValue() ? today.getYear() + 1 : today.getYear();
    return YearMonth.of(year, month).atEndOfMonth();
  }

  private @Nullable Day inDigits(int i) {
    String first = sentence.word(i);
    if (first.length() == 4 && isLinked(i, "-") && isLinked(i + 2, "-")) {
      return day(i + 5, first, sentence.word(i + 2), sentence.word(i + 4));
    }
    if (sentence.word(i + 1).equals("年")) {
      return han(i + 2, first);
    }
    if (sentence.word(i + 1).equals("月")) {
      return han(i, "");
    }
    if (first.length() > 2) {
      return null;
    }
    if (isLinked(i, ".") && sentence.word(i + 3).equals(".") && sentence.isTied(i + 3)) {
      boolean hasYear = isLinked(i + 2, ".") && isYear(sentence.word(i + 4));
      String year = hasYear ? sentence.word(i + 4) : "";
      return day(hasYear ? i + 5 : i + 4, year, sentence.word(i + 2), first);
    }
    if (isLinked(i, "/") && isLinked(i + 2, "/") && isYear(sentence.word(i + 4))) {
      String second = sentence.word(i + 2);
      boolean isMonth = isMonthFirst ? number(first) <= 12 : number(second) > 12;
      String year = sentence.word(i + 4);
      sentence.note(
          "read "
              + sentence.text(i, i + 5)
              + " with the "
              + (isMonth ? "month" : "day")
              + " first");
      return isMonth ? day(i + 5, year, first, second) : day(i + 5, year, second, first);
    }
    int at = sentence.skip(i + 1, Meaning.ORDINAL);
    at = sentence.word(at).equals(".") && sentence.isTied(at) ? at + 1 : at;
    at = sentence.word(at).equals("of") || sentence.word(at).equals("de") ? at + 1 : at;
    Match month = sentence.at(at, Meaning.MONTH);
    return month == null ? null : withYear(month.end(), first, month.value());
  }

  private @Nullable Day han(int i, String year) {
    boolean isWhole =
        sentence.isDigits(i)
            && sentence.word(i + 1).equals("月")
            && sentence.isDigits(i + 2)
            && (sentence.word(i + 3).equals("日") || sentence.word(i + 3).equals("号"));
    return isWhole ? day(i + 4, year, sentence.word(i), sentence.word(i + 2)) : null;
  }

  /// A sign and digits follow without a space.
  private boolean isLinked(int i, String sign) {
    return sentence.word(i + 1).equals(sign)
        && sentence.isTied(i + 1)
        && sentence.isDigits(i + 2)
        && sentence.isTied(i + 2);
  }

  private @Nullable Day withYear(int end, String day, String month) {
    int at = sentence.word(end).equals(",") || sentence.word(end).equals("de") ? end + 1 : end;
    String year = sentence.word(at);
    boolean hasYear =
        sentence.isDigits(at) && year.length() == 4 && !sentence.word(at + 1).equals(":");
    return day(hasYear ? at + 1 : end, hasYear ? year : "", month, day);
  }

  /// A date that the calendar does not have is none, and is noted.
  private @Nullable Day day(int end, String year, String month, String day) {
    int dayNumber = number(day);
    int monthNumber = number(month);
    try {
      if (year.isEmpty()) {
        var named = MonthDay.of(Month.of(monthNumber), dayNumber);
        return Day.of(end, today -> coming(named, today), Repeat.YEARLY);
      }
      var date =
          LocalDate.of(number(year) + (year.length() == 2 ? 2_000 : 0), monthNumber, dayNumber);
      return Day.of(end, _ -> date, Repeat.NEVER);
    } catch (DateTimeException _) {
      sentence.note("a date that is not in the calendar was left out");
      return null;
    }
  }

  private static LocalDate coming(MonthDay day, LocalDate today) {
    LocalDate thisYear = day.atYear(today.getYear());
    return thisYear.isBefore(today) ? day.atYear(today.getYear() + 1) : thisYear;
  }

  private boolean isYear(String digits) {
    return digits.length() == 4 || digits.length() == 2;
  }

  /// Digits as a number; what is too long is no day, month or year.
  private static int number(String digits) {
    return digits.isEmpty() || digits.length() > 4 ? -1 : Integer.parseInt(digits);
  }
}
