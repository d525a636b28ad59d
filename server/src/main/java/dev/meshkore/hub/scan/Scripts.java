package dev.meshkore.hub.scan;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Words whose letters come from scripts that nobody writes in one word.
final class Scripts {
  private static final Set<UnicodeScript> ALIKE =
      EnumSet.of(
          UnicodeScript.LATIN,
          UnicodeScript.GREEK,
          UnicodeScript.CYRILLIC,
          UnicodeScript.ARMENIAN,
          UnicodeScript.CHEROKEE,
          UnicodeScript.COPTIC,
          UnicodeScript.LISU);

  private Scripts() {}

  /// The first such word makes the name one that looks like what it is not.
  static Optional<String> mixedIn(String name) {
    for (String word : name.split("[^\\p{L}\\p{M}\\p{N}]+")) {
      Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
      word.codePoints()
          .filter(Character::isLetter)
          .mapToObj(UnicodeScript::of)
          .filter(ALIKE::contains)
          .forEach(scripts::add);
      if (scripts.size() > 1 && !isMathematics(word)) {
        return Optional.of("mixes letters of several scripts in one word");
      }
    }
    return Optional.empty();
  }

  /// One Greek letter before or after Latin ones is a sign: µm, Δt, kΩ.
  private static boolean isMathematics(String word) {
    long others =
        word.codePoints()
            .filter(point -> UnicodeScript.of(point) != UnicodeScript.LATIN)
            .filter(Character::isLetter)
            .count();
    boolean areGreek =
        word.codePoints()
            .filter(Character::isLetter)
            .mapToObj(UnicodeScript::of)
            .allMatch(one -> one == UnicodeScript.LATIN || one == UnicodeScript.GREEK);
    return areGreek && others == 1 && "µμΔδΩωπλσαβγ".indexOf(signOf(word)) >= 0;
  }

  private static int signOf(String word) {
    return word.codePoints()
        .filter(point -> UnicodeScript.of(point) == UnicodeScript.GREEK)
        .findFirst()
        .orElse('?');
  }
}
