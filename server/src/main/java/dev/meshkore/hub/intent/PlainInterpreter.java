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
  private static final int QUOTE_TOKENS_MAX = 60;
  private static final String QUOTES = "\"“„«「『";
  private static final String QUOTES_END = "\"”“»」』";
  private static final String PAUSES = ",;:()[]，；：、-–—→>.|!！";

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
    quoted(sentence);
  }

  /// What is quoted is what the request is about, and no condition of it.
  private static void quoted(Sentence sentence) {
    for (int i = 0; i < sentence.size(); i++) {
      int which = sentence.isSign(i) ? QUOTES.indexOf(sentence.word(i)) : -1;
      if (which >= 0) {
        String closing = QUOTES_END.substring(which, which + 1);
        int end = i + 1;
        while (end < sentence.size()
            && end - i < QUOTE_TOKENS_MAX
            && !sentence.word(end).equals(closing)) {
          end++;
        }
        boolean isAll = i == 0 && end >= sentence.size() - 1;
        if (sentence.word(end).equals(closing) && !isAll) {
          sentence.mark(i, end + 1, Use.IGNORED);
          i = end;
        }
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
      boolean isRead = sentence.use(i) != Use.NONE && sentence.use(i) != Use.RULED_OUT;
      if (match == null || isRead) {
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
      while (start < sentence.size()
          && (!isKept(sentence, start) || PAUSES.contains(sentence.word(start)))) {
        start++;
      }
      Match opener = sentence.at(start, Meaning.OPENER);
      if (opener == null) {
        break;
      }
      start = opener.end();
    }
    var wanted = new StringBuilder();
    boolean isTelling = false;
    for (int i = start; i < sentence.size(); i++) {
      boolean isDoubled =
          sentence.isSign(i)
              && PAUSES.contains(sentence.word(i))
              && (wanted.isEmpty() || PAUSES.indexOf(wanted.charAt(wanted.length() - 1)) >= 0);
      if (isKept(sentence, i) && !isDoubled) {
        boolean isApart = !wanted.isEmpty() && !sentence.isTied(i) && !isPause(sentence, i);
        wanted.append(isApart ? " " : "").append(sentence.text(i, i + 1));
        isTelling |= !sentence.is(i, Meaning.STOP) && !sentence.is(i, Meaning.FILLER);
      }
    }
    int end = wanted.length();
    while (end > 0 && (PAUSES + " ").indexOf(wanted.charAt(end - 1)) >= 0) {
      end--;
    }
    String rest =
        asked.text().length() > CHARACTERS_MAX ? asked.text().substring(CHARACTERS_MAX) : "";
    String left = wanted.substring(0, end) + rest;
    return isTelling ? left : asked.text().strip();
  }

  private static boolean isKept(Sentence sentence, int i) {
    Use use = sentence.use(i);
    return use == Use.NONE || use == Use.IGNORED;
  }

  private static boolean isPause(Sentence sentence, int i) {
    return sentence.isSign(i) && ",;.".contains(sentence.word(i));
  }
}
