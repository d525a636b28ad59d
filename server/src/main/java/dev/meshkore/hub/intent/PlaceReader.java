package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;
import dev.meshkore.hub.intent.Token.Shape;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds places. One is required where it says where somebody is to be (`a lawyer in Spain`);
/// elsewhere it may be the subject (`the weather in Spain`), and is only nice to have.
final class PlaceReader {
  /// Names of places that are everyday words, or parts of other names: they need a word that leads
  /// to a place, and a capital.
  private static final Set<String> EVERYDAY =
      Set.of(
          "turkey",
          "china",
          "jordan",
          "chad",
          "georgia",
          "guinea",
          "jersey",
          "mali",
          "niger",
          "oman",
          "malta",
          "togo",
          "roma",
          "rom",
          "athen",
          "valencia",
          "lima",
          "island",
          "cuba",
          "peru",
          "lyon",
          "florida",
          "wales",
          "america",
          "chile",
          "denver",
          "houston",
          "eu",
          "ue");

  /// Peoples whose word is an everyday word unless it has a capital.
  private static final Set<String> EVERYDAY_PEOPLES = Set.of("polish", "china", "us", "argentina");

  private final Sentence sentence;
  private final ScopeReader scopes;
  private final Found found;

  private int lastEnd = -1;
  private boolean isLastRequired;

  /// A place that was named.
  private record Named(Place place, int end) {}

  PlaceReader(Sentence sentence, ScopeReader scopes, Found found) {
    this.sentence = sentence;
    this.scopes = scopes;
    this.found = found;
  }

  /// Reads the whole sentence, after the languages were read.
  void read() {
    for (int i = 0; i < sentence.size(); i++) {
      Use use = sentence.use(i);
      if ((use == Use.NONE || use == Use.RULED_OUT) && !scopes.isTyped(i)) {
        i = Math.max(i, at(i) - 1);
      }
    }
  }

  private int at(int i) {
    Named people = people(i);
    if (people != null) {
      keep(i, people, true);
      return people.end;
    }
    Named named = named(i);
    if (named != null) {
      boolean isLinked = lastEnd > 0 && sentence.skip(lastEnd, Meaning.LANGLIST) == i;
      isLastRequired = isRequired(i, named.end) || (isLinked && isLastRequired);
      lastEnd = named.end;
      keep(i, named, isLastRequired);
      return named.end;
    }
    return i;
  }

  private void keep(int i, Named named, boolean isRequired) {
    Scope scope = scopes.of(i);
    if (scope == Scope.PLAIN) {
      scope = isRequired ? Scope.MUST : Scope.NICE;
    }
    found.place(scope, named.place);
    scopes.typed(i, named.end);
  }

  /// `a Spanish lawyer`
  private @Nullable Named people(int i) {
    Match people = sentence.at(i, Meaning.PEOPLE);
    if (people == null) {
      return null;
    }
    Token token = sentence.token(i);
    boolean isShown = !EVERYDAY_PEOPLES.contains(token.word()) || token.isCapital();
    boolean isShort = token.word().equals("us") && !token.isUpper();
    int next = people.end();
    boolean isNear =
        sentence.is(next, Meaning.PERSON)
            || (scopes.of(i) == Scope.NOT && sentence.isEdge(next))
            || (!sentence.isEdge(next)
                && !sentence.is(next, Meaning.STOP)
                && sentence.is(next + 1, Meaning.PERSON));
    return isShown && !isShort && isNear ? new Named(country(people.value()), people.end()) : null;
  }

  private @Nullable Named named(int i) {
    Match code = sentence.at(i, Meaning.CODE);
    if (code != null && sentence.token(i).isUpper()) {
      boolean isBound =
          isLed(i) || isFollowed(code.end()) || sentence.is(code.end(), Meaning.PERSON);
      return isBound ? new Named(country(code.value()), code.end()) : null;
    }
    Named city = named(sentence.at(i, Meaning.CITY), Place.Kind.CITY);
    Named region = named(sentence.at(i, Meaning.REGION), Place.Kind.REGION);
    Named named = named(sentence.at(i, Meaning.COUNTRY), Place.Kind.COUNTRY);
    named = longer(longer(named, region), city);
    boolean isCurrency = named != null && sentence.is(named.end, Meaning.ASSET);
    return named != null && !isCurrency && isName(i, named.end) ? named : null;
  }

  private static @Nullable Named longer(@Nullable Named one, @Nullable Named other) {
    return one == null || (other != null && other.end > one.end) ? other : one;
  }

  private static @Nullable Named named(@Nullable Match match, Place.Kind kind) {
    if (match == null) {
      return null;
    }
    Place place =
        switch (kind) {
          case COUNTRY -> country(match.value());
          case REGION -> {
            String[] parts = match.value().split(" ", 2);
            yield new Place(kind, parts[0], parts[1]);
          }
          case CITY -> {
            String[] parts = match.value().split(" ", 3);
            yield new Place(kind, parts[0], parts[2]);
          }
        };
    return new Named(place, match.end());
  }

  static Place country(String code) {
    String name = Locale.of("", code).getDisplayCountry(Locale.ENGLISH);
    return new Place(Place.Kind.COUNTRY, code, name);
  }

  private boolean isName(int i, int end) {
    Token token = sentence.token(i);
    if (token.shape() == Shape.HAN) {
      return true;
    }
    boolean isEveryday = end == i + 1 && EVERYDAY.contains(token.word());
    if (isEveryday && !token.isUpper()) {
      return token.isCapital() && isLed(i);
    }
    return token.isCapital() || isLed(i);
  }

  private boolean isLed(int i) {
    return sentence.endsAt(i, Meaning.PLACEPREP)
        || sentence.endsAt(i, Meaning.PLACEHARD)
        || sentence.endsAt(i, Meaning.NOT);
  }

  private boolean isFollowed(int end) {
    int at = sentence.word(end).equals("-") ? end + 1 : end;
    return sentence.is(at, Meaning.PLACEAFTER);
  }

  /// Whether somebody is to be there.
  private boolean isRequired(int i, int end) {
    if (sentence.endsAt(i, Meaning.PLACEHARD) || isFollowed(end)) {
      return true;
    }
    boolean isOf = sentence.token(i).shape() == Shape.HAN && sentence.word(end).equals("的");
    if (sentence.is(isOf ? end + 1 : end, Meaning.PERSON)) {
      return true;
    }
    for (int back = Math.max(0, i - 3); back < i; back++) {
      Match led = sentence.at(back, Meaning.PLACEPREP);
      boolean isLed = led != null && led.end() == i;
      boolean isAdjective =
          isLed && !sentence.isEdge(back - 1) && !sentence.is(back - 1, Meaning.STOP);
      if (isLed
          && (sentence.endsAt(back, Meaning.PERSON)
              || (isAdjective && sentence.endsAt(back - 1, Meaning.PERSON)))) {
        return true;
      }
    }
    return false;
  }
}
