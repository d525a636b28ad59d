package dev.meshkore.hub.http;

import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// The `Date` of answers (RFC 9110 §6.6.1), written once a second. Thread-safe.
final class DateHeader {
  private record Written(long second, String text) {}

  private final InstantSource clock;
  private volatile Written last = new Written(Long.MIN_VALUE, "");

  DateHeader(InstantSource clock) {
    this.clock = clock;
  }

  String now() {
    Instant time = clock.instant();
    Written known = last;
    if (known.second() != time.getEpochSecond()) {
      String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
      known = new Written(time.getEpochSecond(), text);
      last = known;
    }
    return known.text();
  }
}
