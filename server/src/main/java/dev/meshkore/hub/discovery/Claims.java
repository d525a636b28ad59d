package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Practice;
import dev.meshkore.hub.intent.LanguagePair;
import dev.meshkore.hub.intent.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an agent claims of itself, in its profile's fields or its own words.
///
/// @param pairs translations, as `es>en`
/// @param languages languages by code; those of the pairs, too
/// @param places countries and regions by code
/// @param saysPlaces whether the profile's fields say where it works, and not its words alone
/// @param certifications by word
/// @param ruledOut phrases of what it says that it does not do
/// @param hours when it works, or null where that is not said
record Claims(
    Set<String> pairs,
    Set<String> languages,
    Set<String> places,
    boolean saysPlaces,
    Set<String> certifications,
    Set<String> ruledOut,
    Practice.@Nullable Hours hours) {
  private static final String ANY = "certified";

  /// What is granted to a person. Others, such as `hipaa`, say what a system or a firm keeps to.
  private static final Set<String> PERSONAL =
      Set.of(ANY, "sworn", "licensed", "accredited", "board-certified", "notarized");

  private static final String LANGUAGE = "language:";
  private static final String PAIR = "pair:";
  private static final String REGION = "region:";
  private static final String CERTIFICATION = "certification:";

  Claims {
    pairs = Set.copyOf(pairs);
    languages = Set.copyOf(languages);
    places = Set.copyOf(places);
    certifications = Set.copyOf(certifications);
    ruledOut = Set.copyOf(ruledOut);
  }

  /// Whether it translates so. Who names no translations at all can do what its languages allow.
  boolean translates(LanguagePair pair) {
    return pairs.isEmpty()
        ? languages.contains(pair.from()) && languages.contains(pair.to())
        : pairs.contains(pair.from() + ">" + pair.to());
  }

  /// Whether it says which languages it knows.
  boolean saysLanguages() {
    return !languages.isEmpty();
  }

  /// Whether it works in a place, in all of it or in some of it.
  boolean worksIn(Place place) {
    return place.isWithin(places)
        || places.stream().anyMatch(own -> Place.around(own).contains(place.code()));
  }

  /// Whether its profile says where it works, in codes that are known here, and that is elsewhere.
  boolean worksElsewhere(Place place) {
    return saysPlaces && places.stream().allMatch(Place::isKnown) && !worksIn(place);
  }

  /// Whether all that it says of where it works, or some of it, lies in a place.
  boolean isWithin(Place place) {
    return places.stream().anyMatch(own -> Place.around(own).contains(place.code()));
  }

  /// Whether it was granted this; `certified` is met by whatever a person is granted.
  boolean has(String certification) {
    return certifications.contains(certification)
        || (certification.equals(ANY) && certifications.stream().anyMatch(PERSONAL::contains));
  }

  /// What the index can be asked for.
  List<String> terms() {
    var terms = new ArrayList<String>();
    languages.forEach(one -> terms.add(LANGUAGE + one));
    pairs.forEach(one -> terms.add(PAIR + one));
    if (pairs.isEmpty()) {
      for (String from : languages) {
        languages.stream()
            .filter(to -> !to.equals(from))
            .forEach(to -> terms.add(PAIR + from + ">" + to));
      }
    }
    places.forEach(one -> terms.add(REGION + one));
    certifications.forEach(one -> terms.add(CERTIFICATION + one));
    return terms;
  }

  static String language(String code) {
    return LANGUAGE + code;
  }

  static String pair(String pair) {
    return PAIR + pair;
  }

  static String region(String code) {
    return REGION + code;
  }

  static String certification(String word) {
    return CERTIFICATION + word;
  }
}
