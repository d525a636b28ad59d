package dev.meshkore.hub.intent;

import java.util.Locale;
import java.util.Set;

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

  /// Whether who works in any of these countries, regions or parts of countries, by code, works
  /// here: Spain is in `EU`, California in `US`, and every place in itself.
  public boolean isWithin(Set<String> codes) {
    int hyphen = code.indexOf('-');
    String country = hyphen < 0 ? code : code.substring(0, hyphen);
    return codes.contains(code)
        || codes.contains(country)
        || codes.stream().anyMatch(region -> Lexicon.get().isMember(region, country));
  }
}
