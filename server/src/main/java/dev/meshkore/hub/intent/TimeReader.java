package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Moment.Day;
import dev.meshkore.hub.intent.Moment.Time;
import dev.meshkore.hub.intent.Sentence.Match;
import java.time.LocalTime;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads moments: a day, a time of day and a zone, in any order, with small words between.
final class TimeReader {
  private static final LocalTime LAST = LocalTime.of(23, 59);

  /// After these, a number alone is an hour.
  private static final Set<String> AT_WORDS = Set.of("at", "las", "la", "um", "gegen", "les");

  private static final Set<String> PERIODS = Set.of("morning", "afternoon", "evening", "night");

  private final Sentence sentence;
  private final DayReader days;
  private final ZoneReader zones;

  TimeReader(Sentence sentence, boolean isMonthFirst) {
    this.sentence = sentence;
    this.days = new DayReader(sentence, isMonthFirst);
    this.zones = new ZoneReader(sentence);
  }

  /// The moment that begins here, or null. A number alone is an hour only where that is allowed.
  @Nullable Moment at(int i, boolean isBareAllowed) {
    var moment = new Moment(i, null, null, null);
    Moment found = null;
    for (int pieces = 0; pieces < 4; pieces++) {
      Moment more = with(moment, found == null && isBareAllowed);
      if (more == null) {
        break;
      }
      moment = more;
      found = more;
    }
    if (found == null || (found.day() == null && found.time() == null)) {
      return null;
    }
    return found;
  }

  /// The moment with one more piece, after at most three small words.
  private @Nullable Moment with(Moment moment, boolean isBareAllowed) {
    int at = moment.end();
    for (int links = 0; links < 4; links++) {
      Moment more = piece(moment, at, isBareAllowed || AT_WORDS.contains(sentence.word(at - 1)));
      if (more != null) {
        return more;
      }
      int next = sentence.skip(at, Meaning.TIMELINK);
      if (next == at) {
        return null;
      }
      at = next;
    }
    return null;
  }

  private @Nullable Moment piece(Moment moment, int at, boolean isBareAllowed) {
    if (moment.time() == null) {
      Time time = time(at, isBareAllowed);
      if (time != null) {
        return new Moment(time.end(), moment.day(), time, moment.zone());
      }
    }
    if (moment.day() == null) {
      Day day = days.at(at);
      if (day != null) {
        Time time = moment.time();
        if (sentence.is(at, Meaning.TONIGHT) && time == null) {
          time = new Time(day.end(), LAST, false);
        }
        return new Moment(day.end(), day, time, moment.zone());
      }
    }
    if (moment.zone() == null && moment.time() != null) {
      ZoneReader.Zone zone = zones.at(at);
      if (zone != null) {
        return new Moment(zone.end(), moment.day(), moment.time(), zone.zone());
      }
    }
    return null;
  }

  private @Nullable Time time(int i, boolean isBareAllowed) {
    Match half = sentence.at(i, Meaning.AMPMBEFORE);
    if (half != null) {
      Time time = time(half.end(), half.value(), false);
      if (time != null) {
        return time;
      }
    }
    Match part = sentence.at(i, Meaning.PART);
    return part == null ? time(i, "", isBareAllowed) : part(part);
  }

  /// The end of a part of the day: nobody who can be earlier is left out by it.
  private Time part(Match part) {
    if (PERIODS.contains(part.value())) {
      LocalTime end =
          switch (part.value()) {
            case "morning" -> LocalTime.NOON;
            case "afternoon" -> LocalTime.of(18, 0);
            case "evening" -> LocalTime.of(22, 0);
            default -> LAST;
          };
      return new Time(part.end(), end, false);
    }
    boolean isNoon = part.value().equals("12:00");
    return new Time(part.end(), isNoon ? LocalTime.NOON : LocalTime.MIDNIGHT, !isNoon);
  }

  private @Nullable Time time(int i, String halfBefore, boolean isBareAllowed) {
    int hour = number(i);
    if (hour < 0) {
      return null;
    }
    int end = sentence.isDigits(i) ? i + 1 : sentence.skip(i, Meaning.NUMBER);
    boolean hasMinutes =
        sentence.isDigits(end + 1) && sentence.isTied(end + 1) && sentence.isTied(end);
    String sign = sentence.word(end);
    if (hasMinutes && (sign.equals(":") || sign.equals("h") || isDotted(end))) {
      int minutes = digits(end + 1, 2);
      end = end + 2;
      if (sign.equals(":") && sentence.word(end).equals(":") && sentence.isDigits(end + 1)) {
        end += 2;
      }
      Match said = sentence.at(end, Meaning.HOUR);
      String word = said == null ? "24" : said.value();
      return time(said == null ? end : said.end(), hour, minutes, halfBefore + word);
    }
    Match said = sentence.at(end, Meaning.HOUR);
    if (said != null) {
      return withHan(said.end(), hour, halfBefore + said.value());
    }
    boolean isBare = isBareAllowed && sentence.isDigits(i) && isOver(end);
    return isBare ? time(end, hour, 0, halfBefore + "oclock") : null;
  }

  /// `14.30 Uhr`
  private boolean isDotted(int end) {
    return sentence.word(end).equals(".") && sentence.is(end + 2, Meaning.HOUR);
  }

  /// `3点半`, `3点15分`
  private @Nullable Time withHan(int end, int hour, String said) {
    Match half = sentence.at(end, Meaning.HALF);
    if (half != null) {
      return time(half.end(), hour, 30, said);
    }
    int minutes = number(end);
    int after = sentence.isDigits(end) ? end + 1 : sentence.skip(end, Meaning.NUMBER);
    boolean hasMinutes = minutes >= 0 && sentence.word(after).equals("分");
    return hasMinutes ? time(after + 1, hour, minutes, said) : time(end, hour, 0, said);
  }

  /// Without a half of the day, hours up to seven are those of the afternoon.
  private @Nullable Time time(int end, int hour, int minutes, String said) {
    if (hour == 24 && minutes == 0) {
      return new Time(end, LocalTime.MIDNIGHT, true);
    }
    if (hour > 23 || minutes < 0 || minutes > 59) {
      sentence.note("a time that no clock shows was left out");
      return null;
    }
    int full = hour;
    if (said.contains("pm") && hour < 12) {
      full = hour + 12;
    } else if (said.contains("am") && hour == 12) {
      full = 0;
    } else if (said.equals("oclock") && hour >= 1 && hour <= 7) {
      full = hour + 12;
    }
    return new Time(end, LocalTime.of(full, minutes), false);
  }

  /// Whether a number that ends here stands alone, so that it counts nothing.
  private boolean isOver(int i) {
    if (i >= sentence.size()) {
      return true;
    }
    boolean isPause = sentence.isSign(i) && ",;!?)。，！？".contains(sentence.word(i));
    boolean isLast = sentence.word(i).equals(".") && !sentence.isDigits(i + 1);
    return isPause || isLast || days.at(i) != null || zones.at(i) != null;
  }

  private int number(int i) {
    if (sentence.isDigits(i)) {
      return digits(i, 2);
    }
    boolean isHan = i < sentence.size() && sentence.token(i).shape() == Token.Shape.HAN;
    Match number = isHan ? sentence.at(i, Meaning.NUMBER) : null;
    return number == null ? -1 : Integer.parseInt(number.value());
  }

  private int digits(int i, int most) {
    String digits = sentence.word(i);
    return digits.length() > most ? -1 : Integer.parseInt(digits);
  }
}
