package dev.meshkore.hub.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times as the protocol writes them: RFC 3339, UTC, milliseconds. Many messages share one, so the
/// last is kept. Thread-safe.
public final class Rfc3339 {
  private record Written(long epochMs, String text) {}

  private static final DateTimeFormatter FORM =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  private static volatile Written last = new Written(0, FORM.format(Instant.EPOCH));

  private Rfc3339() {}

  /// A time on the wire.
  public static String text(Instant time) {
    return text(time.toEpochMilli());
  }

  /// The same, from milliseconds since 1970.
  public static String text(long epochMs) {
    Written known = last;
    if (known.epochMs() != epochMs) {
      known = new Written(epochMs, FORM.format(Instant.ofEpochMilli(epochMs)));
      last = known;
    }
    return known.text();
  }
}
