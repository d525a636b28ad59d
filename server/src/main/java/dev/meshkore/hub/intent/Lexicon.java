package dev.meshkore.hub.intent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What phrases mean, as a tree of words that is walked a token at a time. Read once, from the
/// tables beside the code and from the names that the Java runtime knows. Never changes.
final class Lexicon {
  /// A word, after the words that lead to it.
  static final class Node {
    private final Map<String, Node> next = new HashMap<>();
    private final Map<Meaning, String> values = new EnumMap<>(Meaning.class);
    private final Set<Meaning> ahead = EnumSet.noneOf(Meaning.class);

    @Nullable Node after(String word) {
      return next.get(word);
    }

    /// Whether a phrase of this meaning ends here or further on.
    boolean leadsTo(Meaning meaning) {
      return ahead.contains(meaning);
    }

    @Nullable String value(Meaning meaning) {
      return values.get(meaning);
    }
  }

  /// The languages whose names and codes are known, in the order of ISO 639.
  static final List<String> LANGUAGES =
      List.of(
          ("ar be bg bn ca cs cy da de el en es et eu fa fi fr ga gl gu he hi hr hu hy id is it"
                  + " ja ka kk km kn ko la lt lv mk ml mn mr ms my nb ne nl no pa pl pt ro ru sk sl"
                  + " so sq sr sv sw ta te th tl tr uk ur uz vi yo zh zu")
              .split(" "));

  private static final List<Locale> NAMED_IN =
      List.of(Locale.ENGLISH, Locale.of("es"), Locale.GERMAN, Locale.FRENCH, Locale.CHINESE);

  /// Countries whose name in one of these languages is an everyday word in another.
  private static final Set<String> UNSAFE_COUNTRIES = Set.of("RE", "NU", "TO", "IM", "NF", "CC");

  private static final List<String> ENDINGS = List.of("", "e", "en", "er", "es", "em");
  private static final String HAN_DIGITS = "〇一二三四五六七八九";
  private static final String HAN_LANGUAGES = "中zh英en西es德de法fr日ja韩ko俄ru葡pt意it阿ar";

  private static final class Holder {
    static final Lexicon ONLY = new Lexicon();
  }

  private final Node root = new Node();
  private final Map<String, String> zones = new HashMap<>();
  private final Map<String, String> regions = new HashMap<>();
  private final Map<String, Set<String>> members = new HashMap<>();
  private final Set<String> values = new HashSet<>();

  private Lexicon() {
    read("words.txt");
    read("places.txt");
    languages();
    countries();
    hanNumbers();
    hanPairs();
    for (String id : ZoneId.getAvailableZoneIds()) {
      if (id.contains("/") && !id.startsWith("Etc/")) {
        zones.put(id.toLowerCase(Locale.ROOT), id);
      }
    }
  }

  /// The only one; the first to ask waits until it is read.
  static Lexicon get() {
    return Holder.ONLY;
  }

  /// Where every phrase begins.
  Node root() {
    return root;
  }

  /// The time zone of a name such as `europe/madrid`.
  Optional<ZoneId> zone(String id) {
    return Optional.ofNullable(zones.get(id)).map(ZoneId::of);
  }

  /// Whether a table has a line of this kind with this value.
  boolean isValue(Meaning meaning, String value) {
    return values.contains(meaning + " " + value);
  }

  /// Whether this city of this country is known by this English name.
  boolean isCity(String country, String name) {
    return values.contains(Meaning.CITY + " " + country + " " + name);
  }

  /// The English name of a region, by its code.
  Optional<String> region(String code) {
    return Optional.ofNullable(regions.get(code));
  }

  /// The regions that a country is in, by code.
  Set<String> regionsOf(String country) {
    return members.entrySet().stream()
        .filter(region -> region.getValue().contains(country))
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  private void read(String name) {
    try (InputStream in = Lexicon.class.getResourceAsStream("/intent/" + name)) {
      if (in == null) {
        throw new IllegalStateException("No resource intent/" + name);
      }
      var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      lines.lines().filter(line -> !line.isEmpty() && line.charAt(0) != '#').forEach(this::line);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void line(String line) {
    int space = line.indexOf(' ');
    int colon = line.indexOf(": ");
    if (line.startsWith("members ")) {
      members.put(line.substring(space + 1, colon), Set.of(line.substring(colon + 2).split(" ")));
      return;
    }
    var meaning = Meaning.valueOf(line.substring(0, space).toUpperCase(Locale.ROOT));
    String value = line.substring(space + 1, colon);
    String[] parts = value.split(" ", 3);
    switch (meaning) {
      case REGION -> regions.put(parts[0], value.substring(parts[0].length() + 1));
      case CITY -> values.add(meaning + " " + parts[0] + " " + parts[2]);
      default -> values.add(meaning + " " + value);
    }
    for (String phrase : line.substring(colon + 2).split(" \\| ")) {
      if (phrase.endsWith("*")) {
        declined(meaning, value, phrase.substring(0, phrase.length() - 1));
      } else {
        add(meaning, value, phrase);
      }
    }
  }

  private void declined(Meaning meaning, String value, String stem) {
    ENDINGS.forEach(ending -> add(meaning, value, stem + ending));
  }

  /// What was said first of a phrase holds, so the tables go before what the runtime knows.
  private void add(Meaning meaning, String value, String phrase) {
    Node node = root;
    for (Token token : Token.of(phrase)) {
      node = node.next.computeIfAbsent(token.word(), _ -> new Node());
      node.ahead.add(meaning);
    }
    if (node != root) {
      node.values.putIfAbsent(meaning, value);
    }
  }

  private void languages() {
    for (String code : LANGUAGES) {
      for (Locale locale : NAMED_IN) {
        String name = Locale.of(code).getDisplayLanguage(locale);
        if (locale.equals(Locale.GERMAN)) {
          declined(Meaning.LANG, code, name);
        } else {
          add(Meaning.LANG, code, name);
        }
      }
    }
  }

  private void countries() {
    for (String code : Locale.getISOCountries()) {
      if (!UNSAFE_COUNTRIES.contains(code)) {
        for (Locale locale : NAMED_IN) {
          add(Meaning.COUNTRY, code, Locale.of("", code).getDisplayCountry(locale));
        }
      }
    }
  }

  /// From one to ninety-nine, as 二十四 is written.
  private void hanNumbers() {
    for (int number = 1; number < 100; number++) {
      int tens = number / 10;
      int ones = number % 10;
      String written =
          (tens > 1 ? HAN_DIGITS.substring(tens, tens + 1) : "")
              + (tens > 0 ? "十" : "")
              + (ones > 0 ? HAN_DIGITS.substring(ones, ones + 1) : "");
      add(Meaning.NUMBER, Integer.toString(number), written);
    }
  }

  /// Such as 中译英.
  private void hanPairs() {
    for (int from = 0; from < HAN_LANGUAGES.length(); from += 3) {
      for (int to = 0; to < HAN_LANGUAGES.length(); to += 3) {
        String codes =
            HAN_LANGUAGES.substring(from + 1, from + 3)
                + ">"
                + HAN_LANGUAGES.substring(to + 1, to + 3);
        for (String verb : from == to ? List.<String>of() : List.of("译", "翻")) {
          add(Meaning.PAIR, codes, HAN_LANGUAGES.charAt(from) + verb + HAN_LANGUAGES.charAt(to));
        }
      }
    }
  }
}
