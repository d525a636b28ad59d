package dev.meshkore.hub.scan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// How much a text reads like orders to the model that reads it. No single word tells: phrases
/// weigh, of each family the heaviest, and the sum decides.
final class Instructions {
  /// From this sum on a text is marked.
  static final int MARKED_FROM = 10;

  /// How much of each family was found.
  record Score(Map<Family, Integer> weights) {
    int sum() {
      return weights.values().stream().mapToInt(weight -> weight).sum();
    }
  }

  /// What is quoted by somebody who speaks of such attacks is spoken of, not said.
  private static final Set<String> SPEAKING_OF =
      Set.of(
          "attack",
          "attacks",
          "detect",
          "detects",
          "detection",
          "detecting",
          "injection",
          "injections",
          "jailbreak",
          "jailbreaks",
          "protect",
          "protects",
          "test",
          "tests",
          "testing",
          "filter",
          "filters",
          "block",
          "blocks",
          "guard",
          "guards",
          "harden",
          "hardening",
          "classifier",
          "catches",
          "catch",
          "phrases",
          "phrase",
          "defend",
          "defends",
          "ataques",
          "ataque",
          "detecta",
          "angriffe",
          "erkennt",
          "attaques",
          "detecte",
          "phishing",
          "example",
          "examples",
          "recognise",
          "recognises",
          "recognize",
          "recognizes",
          "red");

  /// A mark of a chat, or what hides something: where one of these characters is, it may stand.
  private record Mark(String characters, Pattern pattern, Family family, int weight) {
    boolean mayStandIn(String text) {
      return characters.chars().anyMatch(character -> text.indexOf(character) >= 0);
    }
  }

  private static final List<Mark> MARKS =
      List.of(
          new Mark(
              "<[",
              Pattern.compile(
                  "<\\|?/?(?:im_start|im_end|system|assistant|user|endoftext|tool_call|eot_id"
                      + "|start_header_id|instructions?|important)\\|?>|\\[/?INST]|<</?SYS>>"
                      + "|\\[/?(?:SYSTEM|ASSISTANT)(?: (?:PROMPT|MESSAGE|NOTE))?]",
                  Pattern.CASE_INSENSITIVE),
              Family.MARKUP,
              10),
          new Mark(
              ":",
              Pattern.compile(
                  "(?m)^[ \\t#>*-]{0,8}(?:system|assistant|developer)"
                      + "(?: (?:prompt|message|note))?[ *]{0,3}:",
                  Pattern.CASE_INSENSITIVE),
              Family.MARKUP,
              5),
          new Mark("<[", Pattern.compile("<!--|!\\[[^\\]]{0,80}]\\(https?:"), Family.VEILED, 4));

  /// Where a key is asked for by the form of a document, asking for it tells little by itself.
  private static final int ASKED_FOR = 4;

  private static final int LONG_RUN = 120;
  private static final int LONG_RUN_WEIGHT = 5;

  private static final Map<String, List<Phrase>> BY_WORD = new HashMap<>();
  private static final Map<String, List<Phrase>> BY_START = new HashMap<>();
  private static final int START = 2;

  static {
    for (Phrase phrase : read()) {
      for (String first : phrase.firsts()) {
        boolean isOpen = first.endsWith("*");
        String start = isOpen ? first.substring(0, Math.min(START, first.length() - 1)) : first;
        (isOpen ? BY_START : BY_WORD).computeIfAbsent(start, _ -> new ArrayList<>()).add(phrase);
      }
    }
  }

  private Instructions() {}

  /// How much of each family a text holds.
  static Score in(Said said) {
    boolean isLink = said.kind() == Said.Kind.LINK;
    Map<Family, Integer> weights = weights(isLink ? Links.words(said.text()) : said.text());
    if (!isLink && said.kind() != Said.Kind.CODE && hasLongRun(said.text())) {
      weights.merge(Family.VEILED, LONG_RUN_WEIGHT, Math::max);
    }
    if (said.kind() == Said.Kind.SETTING) {
      weights.computeIfPresent(Family.TAKE, (_, weight) -> Math.min(weight, ASKED_FOR));
    }
    return new Score(weights);
  }

  private static Map<Family, Integer> weights(String text) {
    var weights = new EnumMap<Family, Integer>(Family.class);
    for (Mark mark : MARKS) {
      if (mark.mayStandIn(text) && mark.pattern().matcher(text).find()) {
        weights.merge(mark.family(), mark.weight(), Math::max);
      }
    }
    List<Tokens.Token> tokens = Tokens.of(text);
    if (Tokens.areApart(tokens)) {
      weights.merge(Family.VEILED, 5, Math::max);
    }
    boolean speaksOf = tokens.stream().anyMatch(token -> SPEAKING_OF.contains(token.text()));
    for (int at = 0; at < tokens.size(); at++) {
      Tokens.Token token = tokens.get(at);
      String word = token.text();
      String start = word.substring(0, Math.min(START, word.length()));
      look(BY_WORD.getOrDefault(word, List.of()), tokens, at, speaksOf, weights);
      look(BY_START.getOrDefault(start, List.of()), tokens, at, speaksOf, weights);
    }
    return weights;
  }

  /// What is as long as no word of people is, such as Base64.
  private static boolean hasLongRun(String text) {
    int run = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean isCode = c == '+' || c == '/' || (c < 0x80 && Character.isLetterOrDigit(c));
      run = isCode ? run + 1 : 0;
      if (run >= LONG_RUN) {
        return true;
      }
    }
    return false;
  }

  private static void look(
      List<Phrase> phrases,
      List<Tokens.Token> tokens,
      int at,
      boolean speaksOf,
      Map<Family, Integer> weights) {
    for (Phrase phrase : phrases) {
      if (phrase.endAt(tokens, at) >= 0) {
        boolean isSpokenOf = speaksOf && tokens.get(at).isQuoted();
        int weight = isSpokenOf ? phrase.weight() / 3 : phrase.weight();
        weights.merge(phrase.family(), weight, Math::max);
      }
    }
  }

  private static List<Phrase> read() {
    try (InputStream in = Instructions.class.getResourceAsStream("/scan/instructions.txt")) {
      if (in == null) {
        throw new IllegalStateException("The list of phrases is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("# "))
          .map(Phrase::read)
          .toList();
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
  }
}
