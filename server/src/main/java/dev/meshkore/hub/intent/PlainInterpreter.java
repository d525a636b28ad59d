package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;

/// Reads requests by tables and rules alone, in English, Spanish, German, French and Chinese. The
/// same request at the same time is read the same way; it asks nobody, and what it does grows with
/// the length of the request and no faster.
public final class PlainInterpreter implements Interpreter {
  /// What stands for it in answers.
  static final String NAME = "plain";

  /// Of a longer request, what follows counts as words only.
  static final int CHARACTERS_MAX = 1 << 14;

  private static final int OPENERS_MAX = 6;
  private static final String PAUSES = ",;:()[]，；：、-–—→>.|";

  /// Reads the tables, which takes a good part of a second; else the first request waits for it.
  public static void prepare() {
    var _ = Lexicon.get();
  }

  @Override
  public Understood read(Asked asked) {
    return read(asked, sentence(asked));
  }

  static Sentence sentence(Asked asked) {
    String text = asked.text();
    if (text.length() <= CHARACTERS_MAX) {
      return new Sentence(text);
    }
    var sentence = new Sentence(text.substring(0, CHARACTERS_MAX));
    sentence.note("only the first " + CHARACTERS_MAX + " characters were read for conditions");
    return sentence;
  }

  static Understood read(Asked asked, Sentence sentence) {
    ignore(sentence);
    var times = new DeadlineReader(sentence, asked);
    times.read();
    boolean isNow = now(sentence);
    Budget budget = new BudgetReader(sentence).read();
    var scopes = new ScopeReader(sentence);
    scopes.read();
    var found = new Found();
    new LanguageReader(sentence, scopes, found).read();
    new PlaceReader(sentence, scopes, found).read();
    certifications(sentence, scopes, found);
    scopes.keepWords(found);
    return new Understood(
        wanted(asked, sentence),
        found.requirements(Scope.MUST),
        found.requirements(Scope.NICE),
        found.requirements(Scope.NOT),
        times.deadline(),
        budget,
        isNow,
        times.latency(),
        NAME,
        sentence.notes());
  }

  /// Phrases that look like conditions and are none.
  private static void ignore(Sentence sentence) {
    for (int i = 0; i < sentence.size(); i++) {
      Match match = sentence.at(i, Meaning.IGNORE);
      if (match != null) {
        sentence.mark(i, match.end(), Use.IGNORED);
        i = match.end() - 1;
      }
    }
  }

  private static boolean now(Sentence sentence) {
    boolean isNow = false;
    for (int i = 0; i < sentence.size(); i++) {
      Match match = sentence.isFree(i) ? sentence.at(i, Meaning.NOW) : null;
      if (match != null) {
        sentence.mark(i, match.end(), Use.NOW);
        isNow = true;
      }
    }
    return isNow;
  }

  private static void certifications(Sentence sentence, ScopeReader scopes, Found found) {
    for (int i = 0; i < sentence.size(); i++) {
      Match match = sentence.at(i, Meaning.CERT);
      if (match == null || sentence.use(i) == Use.TIME || sentence.use(i) == Use.MONEY) {
        continue;
      }
      boolean isSubject =
          sentence.isBefore(i, 4, Meaning.NOTCERT)
              || sentence.isBefore(match.end() + 2, 2, Meaning.NOTCERT);
      if (!isSubject) {
        Scope scope = scopes.of(i);
        found.certification(scope == Scope.PLAIN ? Scope.MUST : scope, match.value());
        scopes.typed(i, match.end());
      }
      i = match.end() - 1;
    }
  }

  /// What is left of the request, without a polite beginning.
  private static String wanted(Asked asked, Sentence sentence) {
    int start = 0;
    for (int openers = 0; openers < OPENERS_MAX; openers++) {
      Match opener = sentence.at(start, Meaning.OPENER);
      if (opener == null || sentence.use(start) != Use.NONE) {
        break;
      }
      start = opener.end();
    }
    var wanted = new StringBuilder();
    for (int i = start; i < sentence.size(); i++) {
      Use use = sentence.use(i);
      boolean isDoubled =
          sentence.isSign(i)
              && PAUSES.contains(sentence.word(i))
              && (wanted.isEmpty() || PAUSES.indexOf(wanted.charAt(wanted.length() - 1)) >= 0);
      if ((use == Use.NONE || use == Use.IGNORED) && !isDoubled) {
        boolean isApart = !wanted.isEmpty() && !sentence.isTied(i) && !isPause(sentence, i);
        wanted.append(isApart ? " " : "").append(sentence.text(i, i + 1));
      }
    }
    int end = wanted.length();
    while (end > 0 && (PAUSES + " ").indexOf(wanted.charAt(end - 1)) >= 0) {
      end--;
    }
    String rest =
        asked.text().length() > CHARACTERS_MAX ? asked.text().substring(CHARACTERS_MAX) : "";
    String left = wanted.substring(0, end) + rest;
    return left.isBlank() ? asked.text().strip() : left;
  }

  private static boolean isPause(Sentence sentence, int i) {
    return sentence.isSign(i) && ",;.".contains(sentence.word(i));
  }
}
