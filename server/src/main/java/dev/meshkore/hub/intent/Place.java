package dev.meshkore.hub.intent;

import java.util.Locale;

/// Somewhere on earth.
///
/// @param kind how large it is
/// @param code the ISO 3166 code in capitals of the country, or of the country that a city is in;
///   for a region, the word by which it is known here, such as `EU` or `LATAM`
/// @param name in English
public record Place(Kind kind, String code, String name) {
  /// How large a place is.
  public enum Kind {
    CITY,
    COUNTRY,
    REGION;

    /// The word in JSON.
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
