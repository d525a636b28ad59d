package dev.meshkore.hub.intent;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What was found so far, by how much it matters. Each thing is kept once, and not too many.
final class Found {
  private static final int EACH_MAX = 12;

  /// The kinds of one list of requirements.
  private record Lists(
      Set<String> words,
      Set<LanguagePair> pairs,
      Set<String> languages,
      Set<Place> places,
      Set<String> certifications) {
    Lists() {
      this(
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>(),
          new LinkedHashSet<>());
    }

    Requirements requirements() {
      languages.removeIf(language ->
          pairs.stream()
              .anyMatch(pair -> pair.from().equals(language) || pair.to().equals(language)));
      return new Requirements(
          List.copyOf(words),
          List.copyOf(pairs),
          List.copyOf(languages),
          List.copyOf(places),
          List.copyOf(certifications));
    }
  }

  private final Map<Scope, Lists> lists = new EnumMap<>(Scope.class);

  Found() {
    for (Scope scope : Scope.values()) {
      lists.put(scope, new Lists());
    }
  }

  void words(Scope scope, String words) {
    keep(in(scope).words, words);
  }

  void pair(Scope scope, LanguagePair pair) {
    keep(in(scope).pairs, pair);
  }

  void language(Scope scope, String language) {
    keep(in(scope).languages, language);
  }

  void place(Scope scope, Place place) {
    keep(in(scope).places, place);
  }

  void certification(Scope scope, String certification) {
    keep(in(scope).certifications, certification);
  }

  Requirements requirements(Scope scope) {
    return in(scope).requirements();
  }

  private Lists in(Scope scope) {
    return lists.getOrDefault(scope, new Lists());
  }

  private static <T> void keep(Set<T> set, T value) {
    if (set.size() < EACH_MAX) {
      set.add(value);
    }
  }
}
