package dev.meshkore.hub.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/// A sequence of words that is looked for, as a line of `scan/instructions.txt` says it: words,
/// `{one,of,these}` (an underline for a space, a star for any ending), and `..3` for up to three
/// words of any kind. `^` before the first wants it where a clause begins.
///
/// @param family what it wants
/// @param weight how much it tells
/// @param needsStart whether it has to begin a clause
/// @param steps what follows what
record Phrase(Family family, int weight, boolean needsStart, List<Step> steps) {
  /// One place of a phrase.
  ///
  /// @param gap how many words of any kind may come before it
  /// @param choices what may stand there, each one or more words
  record Step(int gap, List<List<String>> choices) {}

  private static final Pattern IDEOGRAPH = Pattern.compile("(?<=\\p{IsIdeographic})(?=.)");

  static Phrase read(String line) {
    String[] parts = line.strip().split("\\s+");
    Family family = Family.of(parts[0]);
    int weight = Integer.parseInt(parts[1]);
    boolean needsStart = parts[2].equals("^");
    var steps = new ArrayList<Step>();
    int gap = 0;
    for (String part : Arrays.asList(parts).subList(needsStart ? 3 : 2, parts.length)) {
      if (part.startsWith("..")) {
        gap = Integer.parseInt(part.substring(2));
        continue;
      }
      String bare = part.startsWith("{") ? part.substring(1, part.length() - 1) : part;
      steps.add(new Step(gap, Arrays.stream(bare.split(",")).map(Phrase::words).toList()));
      gap = 0;
    }
    return new Phrase(family, weight, needsStart, List.copyOf(steps));
  }

  /// The place after the phrase where it stands at a place of the text, or -1.
  int endAt(List<Tokens.Token> tokens, int at) {
    if (needsStart && !tokens.get(at).begins()) {
      return -1;
    }
    return endAt(tokens, at, 0);
  }

  /// How its first word may begin, for a quick look.
  List<String> firsts() {
    return steps.getFirst().choices().stream().map(List::getFirst).toList();
  }

  private int endAt(List<Tokens.Token> tokens, int at, int step) {
    if (step == steps.size()) {
      return at;
    }
    Step wanted = steps.get(step);
    for (int skip = 0; skip <= wanted.gap(); skip++) {
      for (List<String> choice : wanted.choices()) {
        if (stands(tokens, at + skip, choice)) {
          int end = endAt(tokens, at + skip + choice.size(), step + 1);
          if (end >= 0) {
            return end;
          }
        }
      }
    }
    return -1;
  }

  private static boolean stands(List<Tokens.Token> tokens, int at, List<String> words) {
    if (at + words.size() > tokens.size()) {
      return false;
    }
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      String there = tokens.get(at + i).text();
      boolean isThere =
          word.endsWith("*")
              ? there.startsWith(word.substring(0, word.length() - 1))
              : there.equals(word);
      if (!isThere) {
        return false;
      }
    }
    return true;
  }

  private static List<String> words(String choice) {
    var words = new ArrayList<String>();
    for (String word : choice.split("_")) {
      boolean isOpen = word.endsWith("*");
      String plain = Tokens.word(isOpen ? word.substring(0, word.length() - 1) : word);
      String[] pieces = IDEOGRAPH.split(plain);
      words.addAll(Arrays.asList(pieces));
      if (isOpen) {
        words.set(words.size() - 1, words.getLast() + "*");
      }
    }
    return List.copyOf(words);
  }
}
