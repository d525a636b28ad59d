package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds which parts of a request must be, would be nice, or are ruled out. A negation reaches over
/// a few words at most; one that tells how things are (`there is no sound`) rules nothing out.
final class ScopeReader {
  private static final int TOKENS_MAX = 14;
  private static final int TOKENS_BACK_MAX = 6;
  private static final int NOT_WORDS_MAX = 4;
  private static final int NOT_HAN_MAX = 8;
  private static final int PHRASE_CHARACTERS_MAX = 120;

  /// Negations that also tell how things are.
  private static final Set<String> TELLING =
      Set.of("no", "not", "kein", "keine", "keinen", "keiner", "keinem", "nicht", "pas", "没");

  private static final Set<String> BEFORE_AVOID =
      Set.of("that", "which", "please", "and", "must", "should", "que", "die", "qui");

  /// Phrases that begin like a negation and are none.
  private static final List<Meaning> LONGER =
      List.of(Meaning.MAX, Meaning.BY, Meaning.NEEDLESS, Meaning.LATENCYMAX);

  private final Sentence sentence;
  private final Scope[] scopes;
  private final boolean[] isTyped;
  private final List<Part> parts = new ArrayList<>();
  private final boolean isSpanish;

  /// Words that one scope holds.
  private record Part(Scope scope, int from, int to) {}

  ScopeReader(Sentence sentence) {
    this.sentence = sentence;
    this.scopes = new Scope[sentence.size()];
    this.isTyped = new boolean[sentence.size()];
    Arrays.fill(scopes, Scope.PLAIN);
    int balance = 0;
    for (int i = 0; i < sentence.size(); i++) {
      balance += sentence.is(i, Meaning.SPANISH) ? 1 : 0;
      balance -= sentence.is(i, Meaning.ENGLISH) ? 1 : 0;
    }
    this.isSpanish = balance > 0;
  }

  /// Reads the whole sentence, and marks what is ruled out.
  void read() {
    for (int i = 0; i < sentence.size(); i++) {
      if (sentence.isFree(i) && scopes[i] == Scope.PLAIN) {
        int end = at(i);
        i = Math.max(i, end - 1);
      }
    }
  }

  /// How much a token matters.
  Scope of(int i) {
    return scopes[i];
  }

  /// Says that a reader understood these tokens, so that they need not be kept as words.
  void typed(int from, int to) {
    Arrays.fill(isTyped, from, to, true);
  }

  /// Whether a reader understood this token.
  boolean isTyped(int i) {
    return isTyped[i];
  }

  /// Hands over the words in scopes that no reader understood.
  void keepWords(Found found) {
    for (Part part : parts) {
      boolean isTold = true;
      for (int i = part.from; i < part.to; i++) {
        isTold &= isTyped[i] || sentence.isSign(i) || sentence.is(i, Meaning.FILLER);
      }
      String words = sentence.text(part.from, part.to);
      if (!isTold && words.length() <= PHRASE_CHARACTERS_MAX) {
        found.words(part.scope, words);
      }
    }
  }

  private int at(int i) {
    Match needless = sentence.at(i, Meaning.NEEDLESS);
    if (needless != null) {
      int end = end(needless.end());
      Arrays.fill(scopes, i, end, Scope.NEEDLESS);
      return end;
    }
    Match not = not(i);
    if (not != null) {
      return ruleOut(i, not.end());
    }
    Match nice = sentence.at(i, Meaning.NICE);
    if (nice != null && !isCompound(nice.end())) {
      return forward(i, nice.end(), Scope.NICE);
    }
    Match must = sentence.at(i, Meaning.MUST);
    if (must != null && !isCompound(must.end())) {
      return forward(i, must.end(), Scope.MUST);
    }
    Match niceAfter = sentence.at(i, Meaning.NICEAFTER);
    if (niceAfter != null && isOver(niceAfter.end())) {
      return isStart(i)
          ? forward(i, niceAfter.end(), Scope.NICE)
          : backward(i, niceAfter.end(), Scope.NICE);
    }
    Match mustAfter = sentence.at(i, Meaning.MUSTAFTER);
    return mustAfter == null || !isOver(mustAfter.end())
        ? i
        : backward(i, mustAfter.end(), Scope.MUST);
  }

  /// `must-see`, `no-code`
  private boolean isCompound(int end) {
    return sentence.word(end).equals("-") && sentence.isTied(end);
  }

  /// Whether what ends here is said of what is before it: `required`, not `the required papers`.
  private boolean isOver(int end) {
    return sentence.isEdge(end) || sentence.is(end, Meaning.STOP) || !sentence.isFree(end);
  }

  private boolean isStart(int i) {
    return i == 0 || sentence.isSentenceEnd(i - 1);
  }

  private int forward(int from, int start, Scope scope) {
    boolean isPause = start < sentence.size() && ":,，：".contains(sentence.word(start));
    int begin = isPause && sentence.isSign(start) ? start + 1 : start;
    int end = end(begin);
    Arrays.fill(scopes, from, end, scope);
    if (end > begin) {
      parts.add(new Part(scope, begin, end));
    }
    return end;
  }

  private int backward(int i, int end, Scope scope) {
    int from = i;
    while (from > 0
        && i - from < TOKENS_BACK_MAX
        && !sentence.isEdge(from - 1)
        && sentence.isFree(from - 1)
        && scopes[from - 1] == Scope.PLAIN) {
      from--;
    }
    Arrays.fill(scopes, from, end, scope);
    while (from < i && sentence.is(from, Meaning.FILLER)) {
      from++;
    }
    if (from < i) {
      parts.add(new Part(scope, from, i));
    }
    return end;
  }

  /// Where a scope that begins here ends.
  private int end(int start) {
    int end = start;
    while (end < sentence.size()
        && end - start < TOKENS_MAX
        && !sentence.isEdge(end)
        && sentence.isFree(end)
        && !sentence.is(end, Meaning.END)
        && (end == start || !isMarker(end))) {
      end++;
    }
    return end;
  }

  private boolean isMarker(int i) {
    return sentence.is(i, Meaning.NICE)
        || sentence.is(i, Meaning.NICEAFTER)
        || sentence.is(i, Meaning.MUST)
        || not(i) != null;
  }

  private @Nullable Match not(int i) {
    Match not = sentence.at(i, Meaning.NOT);
    String word = sentence.word(i);
    if (not == null) {
      Match weak = sentence.at(i, Meaning.WEAKNOT);
      if (weak != null && isOfPeople(weak.end())) {
        return weak;
      }
      if (weak == null || i == 0 || !sentence.isEdge(i - 1)) {
        return null;
      }
      return sentence.isEdge(weak.end()) ? null : weak;
    }
    for (Meaning meaning : LONGER) {
      Match longer = sentence.at(i, meaning);
      Match overlapping = sentence.at(not.end() - 1, meaning);
      longer = longer == null ? overlapping : longer;
      if (longer != null && longer.end() > not.end()) {
        return null;
      }
    }
    boolean isTelling = TELLING.contains(word) && sentence.endsAt(i, Meaning.HAVE);
    boolean isAlone = not.end() == i + 1;
    boolean isSpanishNo = isSpanish && isAlone && word.equals("no");
    boolean isCompound = isAlone && isCompound(i + 1);
    boolean isSaid = word.startsWith("avoid") || word.equals("evitar");
    boolean isWish =
        i == 0 || sentence.isEdge(i - 1) || BEFORE_AVOID.contains(sentence.word(i - 1));
    return isTelling
            || isSpanishNo
            || isCompound
            || sentence.isEdge(not.end())
            || (isSaid && !isWish)
        ? null
        : not;
  }

  /// `not certified`, `not American`
  private boolean isOfPeople(int i) {
    return sentence.is(i, Meaning.CERT) || sentence.is(i, Meaning.PEOPLE);
  }

  private int ruleOut(int from, int start) {
    var phrases = new ArrayList<Part>();
    int at = start;
    while (true) {
      int begin = at;
      while (sentence.isFree(begin) && sentence.is(begin, Meaning.NOTDROP)) {
        begin++;
      }
      int end = phraseEnd(begin);
      if (end == begin || isDoing(begin, end)) {
        break;
      }
      phrases.add(new Part(Scope.NOT, begin, end));
      at = end;
      Match link = sentence.at(at, Meaning.NOTLINK);
      if (link == null || phrases.size() > NOT_WORDS_MAX || phraseEnd(link.end()) == link.end()) {
        break;
      }
      at = link.end();
    }
    Match needed = sentence.at(at, Meaning.NEEDEDAFTER);
    boolean isCertified = phrases.stream().anyMatch(part -> holds(part, Meaning.CERT));
    if (needed != null && isCertified) {
      Arrays.fill(scopes, from, needed.end(), Scope.NEEDLESS);
      return needed.end();
    }
    int end = needed == null ? at : needed.end();
    Arrays.fill(scopes, from, end, Scope.NOT);
    parts.addAll(phrases);
    if (!phrases.isEmpty()) {
      sentence.mark(from, end, Use.RULED_OUT);
    }
    return end;
  }

  /// `without leaving the house` tells how; `without advertising` rules out.
  private boolean isDoing(int begin, int end) {
    return end > begin + 1 && sentence.word(begin).endsWith("ing");
  }

  private int phraseEnd(int begin) {
    int end = sentence.is(begin, Meaning.STOP) ? sentence.size() : begin;
    if (end != begin) {
      return begin;
    }
    int weight = 0;
    while (end < sentence.size()
        && weight < NOT_WORDS_MAX * NOT_HAN_MAX
        && !sentence.isEdge(end)
        && sentence.isFree(end)
        && !sentence.is(end, Meaning.END)
        && !sentence.is(end, Meaning.NEEDEDAFTER)
        && !sentence.is(end, Meaning.NOTLINK)
        && (end == begin || !sentence.is(end, Meaning.STOP))
        && (end == begin || !isMarker(end))) {
      boolean isHan = sentence.token(end).shape() == Token.Shape.HAN;
      weight += isHan ? NOT_WORDS_MAX : NOT_HAN_MAX;
      end++;
    }
    return end;
  }

  private boolean holds(Part part, Meaning meaning) {
    for (int i = part.from; i < part.to; i++) {
      if (sentence.is(i, meaning)) {
        return true;
      }
    }
    return false;
  }
}
