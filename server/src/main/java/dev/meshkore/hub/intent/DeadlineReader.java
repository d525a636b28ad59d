package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Moment.Day;
import dev.meshkore.hub.intent.Moment.Time;
import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;
import dev.meshkore.hub.intent.SpanReader.Span;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds by when something is wanted, and how quickly answers are to come. A time is a deadline
/// only where a word binds it as one: `weather tomorrow` has none, `by tomorrow` has.
final class DeadlineReader {
  private static final LocalTime LAST = LocalTime.of(23, 59);
  private static final int YEARS_MAX = 10;
  private static final int GAP_TOKENS = 4;
  private static final int SAID_CHARACTERS_MAX = 80;
  private static final Set<String> AT_WORDS = Set.of("at", "las", "um", "a");
  private static final Set<String> OPEN_ENDS = Set.of("until", "till", "bis", "hasta", "jusqu");
  private static final Set<String> MONTHS_FIRST =
      Set.of(
          "America/New_York",
          "America/Chicago",
          "America/Denver",
          "America/Los_Angeles",
          "America/Phoenix",
          "America/Detroit",
          "America/Anchorage",
          "Pacific/Honolulu");

  private final Sentence sentence;
  private final Asked asked;
  private final TimeReader times;
  private final SpanReader spans;
  private @Nullable Deadline deadline;
  private @Nullable Duration latency;

  DeadlineReader(Sentence sentence, Asked asked) {
    this.sentence = sentence;
    this.asked = asked;
    ZoneId zone = asked.zone();
    this.times = new TimeReader(sentence, zone != null && MONTHS_FIRST.contains(zone.getId()));
    this.spans = new SpanReader(sentence);
  }

  /// Reads the whole sentence, and marks what it took.
  void read() {
    for (int i = 0; i < sentence.size(); i++) {
      if (sentence.isFree(i)) {
        latency(i);
      }
    }
    for (int i = 0; i < sentence.size(); i++) {
      if (sentence.isFree(i)) {
        i = Math.max(i, deadline(i) - 1);
      }
    }
  }

  @Nullable Deadline deadline() {
    return deadline;
  }

  @Nullable Duration latency() {
    return latency;
  }

  private void latency(int i) {
    Match cue = sentence.at(i, Meaning.LATENCYCUE);
    if (cue != null) {
      for (int at = cue.end(); at < cue.end() + GAP_TOKENS && !sentence.isSentenceEnd(at); at++) {
        if (latency(i, at, false)) {
          return;
        }
      }
    }
    latency(i, i, true);
  }

  private boolean latency(int from, int i, boolean isShortOnly) {
    Match max = sentence.at(i, Meaning.LATENCYMAX);
    Span span = max == null ? null : spans.at(max.end());
    if (span == null || (isShortOnly && !isPlainlyShort(span)) || span.isAge()) {
      return false;
    }
    if (latency == null || span.duration().compareTo(latency) < 0) {
      latency = span.duration();
    }
    sentence.mark(isShortOnly ? i : from, span.end(), Use.TIME);
    return true;
  }

  /// `under 200 ms`; but those `under 30s` may be people.
  private boolean isPlainlyShort(Span span) {
    return span.isShort() && !sentence.word(span.end() - 1).equals("s");
  }

  /// Reads a deadline that begins here; the token after it, or this one.
  private int deadline(int i) {
    Match before = sentence.at(i, Meaning.BEFORE);
    if (before != null) {
      Moment moment = times.at(before.end(), true);
      moment = moment == null ? afterGap(before.end(), true) : moment;
      return moment == null ? i : take(i, moment, true);
    }
    Match by = sentence.at(i, Meaning.BY);
    if (by != null && !isRange(i)) {
      boolean isCounting = sentence.isBefore(i, GAP_TOKENS, Meaning.MATH) || isAfterNumber(i);
      Moment moment = times.at(by.end(), !isCounting);
      if (moment != null) {
        return take(i, moment, false);
      }
    }
    Match weak = sentence.at(i, Meaning.WEAKBY);
    boolean isDenied = sentence.is(i - 1, Meaning.WEAKNOT) || sentence.word(i - 1).equals("t");
    boolean isForecast = sentence.isBefore(i, GAP_TOKENS + 2, Meaning.FORECAST);
    if (weak != null && !isDenied && !isForecast) {
      Moment moment = times.at(weak.end(), false);
      if (moment != null) {
        return take(i, moment, false);
      }
    }
    Match far = sentence.at(i, Meaning.FARBY);
    if (far != null) {
      Moment moment = afterGap(far.end(), false);
      if (moment != null) {
        return take(i, moment, false);
      }
    }
    int within = within(i);
    return within > i ? within : bySuffix(i);
  }

  private int within(int i) {
    Match within = sentence.at(i, Meaning.WITHIN);
    if (within != null) {
      Span span = spans.at(within.end());
      if (span != null && !span.isAge()) {
        return take(i, span.end(), span);
      }
    }
    Span span = spans.at(i);
    if (span != null && !span.isAge()) {
      Match after = sentence.at(span.end(), Meaning.WITHINAFTER);
      if (after != null) {
        return take(i, after.end(), span);
      }
    }
    return i;
  }

  /// `下午6点之前`, `tomorrow at the latest`
  private int bySuffix(int i) {
    Moment moment = times.at(i, false);
    if (moment == null) {
      return i;
    }
    Match before = sentence.at(moment.end(), Meaning.BEFOREAFTER);
    Match by = sentence.at(moment.end(), Meaning.BYAFTER);
    if (before == null && by == null) {
      return i;
    }
    int end = before == null ? moment.end() : before.end();
    end = by == null ? end : by.end();
    var whole = new Moment(end, moment.day(), moment.time(), moment.zone());
    return take(i, whole, before != null);
  }

  /// `before the meeting at 4pm`, `hand in my essay tomorrow`
  private @Nullable Moment afterGap(int from, boolean isAtNeeded) {
    for (int at = from; at < from + GAP_TOKENS && !sentence.isEdge(at); at++) {
      boolean isStart = !isAtNeeded || AT_WORDS.contains(sentence.word(at));
      Moment moment = isStart ? times.at(at, false) : null;
      if (moment != null) {
        return moment;
      }
    }
    return null;
  }

  /// `from 9 bis 17 Uhr`, `open until 6`
  private boolean isRange(int i) {
    return OPEN_ENDS.contains(sentence.word(i))
        && (isAfterNumber(i)
            || sentence.word(i - 1).equals("uhr")
            || sentence.isBefore(i, 3, Meaning.OPEN));
  }

  private boolean isAfterNumber(int i) {
    return sentence.isDigits(i - 1);
  }

  private int take(int from, int end, Span span) {
    ZoneId zone = zone(null);
    LocalDateTime now = LocalDateTime.ofInstant(asked.at(), zone);
    keep(from, end, span.after(now), zone);
    return end;
  }

  private int take(int from, Moment moment, boolean isBefore) {
    ZoneId zone = zone(moment.zone());
    LocalDateTime now = LocalDateTime.ofInstant(asked.at(), zone);
    LocalDateTime due = due(moment, now, isBefore);
    if (due == null || !due.isAfter(now)) {
      sentence.note("\"" + said(from, moment.end()) + "\" is over, so it is no deadline");
    } else if (due.isAfter(now.plusYears(YEARS_MAX))) {
      sentence.note("\"" + said(from, moment.end()) + "\" is too far away for a deadline");
      return moment.end();
    } else {
      keep(from, moment.end(), due, zone);
    }
    return moment.end();
  }

  private static @Nullable LocalDateTime due(Moment moment, LocalDateTime now, boolean isBefore) {
    Day day = moment.day();
    Time time = moment.time();
    LocalDate today = now.toLocalDate();
    if (day == null) {
      LocalDateTime due = time == null ? null : on(today, time);
      return due == null || due.isAfter(now) ? due : due.plusDays(1);
    }
    LocalDate date = day.on().apply(today);
    LocalDateTime due = on(date, time, day, isBefore);
    if (due.isAfter(now)) {
      return due;
    }
    return switch (day.repeat()) {
      case NEVER -> null;
      case WEEKLY -> on(date.plusWeeks(1), time, day, isBefore);
      case YEARLY -> on(date.plusYears(1), time, day, isBefore);
    };
  }

  private static LocalDateTime on(LocalDate date, @Nullable Time time, Day day, boolean isBefore) {
    if (time != null) {
      return on(date, time);
    }
    LocalTime closes = day.closes() == null ? LAST : day.closes();
    return isBefore && !day.isSpan() ? date.atStartOfDay() : date.atTime(closes);
  }

  private static LocalDateTime on(LocalDate date, Time time) {
    return (time.isNextDay() ? date.plusDays(1) : date).atTime(time.at());
  }

  private ZoneId zone(@Nullable ZoneId said) {
    if (said != null) {
      return said;
    }
    ZoneId known = asked.zone();
    return known == null ? ZoneId.of("UTC") : known;
  }

  private void keep(int from, int end, LocalDateTime due, ZoneId zone) {
    sentence.mark(from, end, Use.TIME);
    String said = said(from, end);
    if (deadline != null) {
      sentence.note("more than one time was said; \"" + deadline.said() + "\" is the deadline");
      return;
    }
    var at = due.atZone(zone);
    deadline = new Deadline(at.toInstant(), zone, said);
    LocalDate today = LocalDate.ofInstant(asked.at(), zone);
    LocalDate date = at.toLocalDate();
    String day =
        date.equals(today) ? "today" : date.equals(today.plusDays(1)) ? "tomorrow" : "on " + date;
    sentence.note(
        "read \""
            + said
            + "\" as "
            + at.toLocalTime().withSecond(0).withNano(0)
            + " "
            + zone.getId()
            + " "
            + day);
    if (zone.equals(ZoneId.of("UTC")) && asked.zone() == null) {
      sentence.note("no time zone was said, so times are read in UTC");
    }
  }

  private String said(int from, int end) {
    String said = sentence.text(from, end);
    return said.length() <= SAID_CHARACTERS_MAX
        ? said
        : said.substring(0, SAID_CHARACTERS_MAX).stripTrailing() + "…";
  }
}
