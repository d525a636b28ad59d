package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads time zones: `CET`, `UTC+2`, `+09:00`, `Europe/Madrid`, `New York time`.
final class ZoneReader {
  private static final int NAME_TOKENS_MAX = 7;

  private final Sentence sentence;

  /// A time zone that was found.
  ///
  /// @param end the token after it
  /// @param zone which
  record Zone(int end, ZoneId zone) {}

  ZoneReader(Sentence sentence) {
    this.sentence = sentence;
  }

  /// The zone that begins here.
  @Nullable Zone at(int i) {
    String word = sentence.word(i);
    if (word.equals("z") && sentence.isTied(i)) {
      return new Zone(i + 1, ZoneId.of("UTC"));
    }
    if (word.equals("utc") || word.equals("gmt")) {
      Zone offset = offset(i + 1);
      return offset == null ? new Zone(i + 1, ZoneId.of("UTC")) : offset;
    }
    if ((word.equals("+") || word.equals("-")) && sentence.isTied(i)) {
      return sentence.word(i + 2).equals(":") ? offset(i) : null;
    }
    Match lead = sentence.at(i, Meaning.TIMEZONELEAD);
    Match city = sentence.at(lead == null ? i : lead.end(), Meaning.CITY);
    if (city != null && (lead != null || sentence.is(local(city.end()), Meaning.TIMEZONEWORD))) {
      int end = lead != null ? city.end() : sentence.skip(local(city.end()), Meaning.TIMEZONEWORD);
      return new Zone(end, ZoneId.of(city.value().split(" ")[1]));
    }
    Match zone = sentence.at(i, Meaning.ZONE);
    if (zone != null) {
      int end = sentence.skip(zone.end(), Meaning.TIMEZONEWORD);
      if (end > zone.end() || sentence.token(i).isUpper()) {
        return new Zone(end, ZoneId.of(zone.value()));
      }
    }
    return named(i);
  }

  private int local(int i) {
    return sentence.word(i).equals("local") ? i + 1 : i;
  }

  private @Nullable Zone offset(int i) {
    String sign = sentence.word(i);
    if (!(sign.equals("+") || sign.equals("-")) || !sentence.isDigits(i + 1)) {
      return null;
    }
    boolean hasMinutes = sentence.word(i + 2).equals(":") && sentence.isDigits(i + 3);
    try {
      int hours = Integer.parseInt(sentence.word(i + 1));
      int minutes = hasMinutes ? Integer.parseInt(sentence.word(i + 3)) : 0;
      int factor = sign.equals("-") ? -1 : 1;
      ZoneOffset offset = ZoneOffset.ofHoursMinutes(factor * hours, factor * minutes);
      return new Zone(hasMinutes ? i + 4 : i + 2, offset);
    } catch (NumberFormatException | DateTimeException _) {
      return null;
    }
  }

  /// A name of the time zone database; its parts are tied by `/`, `_` and `-`.
  private @Nullable Zone named(int i) {
    if (!sentence.word(i + 1).equals("/")) {
      return null;
    }
    int end = i + 1;
    while (end < i + NAME_TOKENS_MAX && sentence.isTied(end)) {
      end++;
    }
    for (; end > i + 2; end--) {
      Optional<ZoneId> zone = sentence.zone(sentence.text(i, end).toLowerCase(Locale.ROOT));
      if (zone.isPresent()) {
        return new Zone(end, zone.get());
      }
    }
    return null;
  }
}
