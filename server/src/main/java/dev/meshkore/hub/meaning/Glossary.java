package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// Adds English words to requests in Spanish, German, French and Chinese, so that they find what is
/// described in English, by words and by a model that knows English alone. A small table of what
/// everyday requests are about; no translation. The work grows with the text, of which only the
/// start is read.
final class Glossary {
  private static final Glossary READ = read();
  private static final int CHARACTERS_MAX = 2_000;
  private static final int PART_FROM = 6;
  private static final int LANGUAGES = 4;
  private static final int GERMAN = 1;
  private static final int CHINESE = 3;
  private static final Pattern NO_LETTER = Pattern.compile("[^\\p{L}]+");
  private static final Set<String> ENGLISH =
      words(
          "the a an is are i my me to of in on and or for with what which how can you please do it"
              + " need want find this that from by at be get some any would like have");
  private static final List<Set<String>> FOREIGN =
      List.of(
          words(
              "el la los las de del que para por un una en con mi necesito quiero busco alguien"
                  + " como cual y o es al se me puede hacer"),
          words(
              "ich der die das den dem ein eine einen einem und oder fur mit mein meine brauche"
                  + " suche bitte wie was ist zu von im auf kann jemand mir nicht"),
          words(
              "je le la les des du un une et ou pour avec mon ma mes besoin cherche veux quel"
                  + " quelle est dans sur de qui me peut faire au"));

  /// What English words stand for.
  private record Concept(String english, List<List<String>> foreign) {}

  private final List<Concept> concepts;

  private Glossary(List<Concept> concepts) {
    this.concepts = concepts;
  }

  /// The English words for a request that is not in English; empty where there are none.
  static String english(String request) {
    return READ.of(request.substring(0, Math.min(request.length(), CHARACTERS_MAX)));
  }

  private String of(String request) {
    boolean isChinese =
        request
            .codePoints()
            .anyMatch(point -> Character.UnicodeScript.of(point) == Character.UnicodeScript.HAN);
    Set<String> words = new LinkedHashSet<>(List.of(NO_LETTER.split(folded(request))));
    long english = words.stream().filter(ENGLISH::contains).count();
    long most = 0;
    for (Set<String> some : FOREIGN) {
      most = Math.max(most, words.stream().filter(some::contains).count());
    }
    var found = new LinkedHashSet<String>();
    for (Concept concept : concepts) {
      for (int i = 0; i < LANGUAGES; i++) {
        boolean isMeant =
            i == CHINESE ? isChinese : (english == 0 && most == 0) || isOf(i, words, english, most);
        if (isMeant && has(concept.foreign().get(i), i, words, request)) {
          found.add(concept.english());
        }
      }
    }
    return String.join(", ", found);
  }

  private static boolean isOf(int language, Set<String> words, long english, long most) {
    long own = words.stream().filter(FOREIGN.get(language)::contains).count();
    return own == most && own > english;
  }

  private static boolean has(List<String> parts, int language, Set<String> words, String request) {
    for (String part : parts) {
      boolean isThere =
          language == CHINESE
              ? request.contains(part)
              : words.stream().anyMatch(word -> isForm(word, part, language));
      if (isThere) {
        return true;
      }
    }
    return false;
  }

  private static boolean isForm(String word, String part, int language) {
    boolean isBeginning =
        word.startsWith(part)
            && (part.length() >= PART_FROM - 1 || word.length() <= part.length() + 2);
    return isBeginning || (language == GERMAN && part.length() >= PART_FROM && word.contains(part));
  }

  private static String folded(String text) {
    String plain = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    return plain.replaceAll("\\p{Mn}+", "").replace("ß", "ss");
  }

  private static Set<String> words(String text) {
    return Set.of(text.split(" "));
  }

  private static Glossary read() {
    var concepts = new ArrayList<Concept>();
    try (InputStream in = Glossary.class.getResourceAsStream("/meaning/glossary.txt")) {
      if (in == null) {
        throw new IllegalStateException("The glossary is not in the jar");
      }
      var all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      for (String line : all.lines().filter(one -> !one.startsWith("#")).toList()) {
        List<String> parts = List.of(line.split("\\|"));
        List<List<String>> foreign =
            parts.subList(1, parts.size()).stream().map(one -> List.of(one.split(" "))).toList();
        concepts.add(new Concept(parts.getFirst(), foreign));
      }
      return new Glossary(concepts);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
