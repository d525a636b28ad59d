package dev.meshkore.hub.intent;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/// Somewhere on earth.
///
/// @param kind how large it is
/// @param code the ISO 3166 code in capitals of the country, or of the country that a city is in;
///   for a region, the word by which it is known here, such as `EU` or `LATAM`
/// @param name in English
public record Place(Kind kind, String code, String name) {
  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

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
    return codes.stream().anyMatch(around(code)::contains);
  }

  /// The codes of all that a place lies in, by its code: the place, its country, and the regions
  /// that this is in.
  public static Set<String> around(String code) {
    int hyphen = code.indexOf('-');
    String country = hyphen < 0 ? code : code.substring(0, hyphen);
    Set<String> all = new HashSet<>(Lexicon.get().regionsOf(country));
    all.add(country);
    all.add(code);
    return Set.copyOf(all);
  }

  /// Whether a code is that of a country, of a part of one, or of a region that is known here.
  public static boolean isKnown(String code) {
    int hyphen = code.indexOf('-');
    String country = hyphen < 0 ? code : code.substring(0, hyphen);
    return COUNTRIES.contains(country) || Lexicon.get().region(code).isPresent();
  }
}
