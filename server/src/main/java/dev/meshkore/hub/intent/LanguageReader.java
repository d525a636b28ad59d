package dev.meshkore.hub.intent;

import dev.meshkore.hub.intent.Sentence.Match;
import dev.meshkore.hub.intent.Sentence.Use;
import dev.meshkore.hub.intent.Token.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// Finds languages and translations. The name of a language counts only beside a word that makes it
/// one: `speaks Polish` has it, `polish my text` and `Turkish delight` have none.
final class LanguageReader {
  private static final Set<String> KNOWN = new HashSet<>(Lexicon.LANGUAGES);
  private static final Set<String> LARGE =
      Set.of("en", "es", "de", "fr", "zh", "pt", "ja", "ru", "ar", "ko");
  private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
  private static final Set<String> BETWEEN_CODES =
      Set.of("to", "into", "a", "nach", "ins", "in", "vers", "译");

  /// After these, what looks like a language is done to something: `polish my text`.
  private static final Set<String> DETERMINERS =
      Set.of("my", "the", "this", "these", "our", "your", "his", "her", "their", "up", "a", "it");

  private final Sentence sentence;
  private final ScopeReader scopes;
  private final Found found;

  /// A language that was named.
  private record Named(String code, int from, int to) {}

  LanguageReader(Sentence sentence, ScopeReader scopes, Found found) {
    this.sentence = sentence;
    this.scopes = scopes;
    this.found = found;
  }

  /// Reads the whole sentence.
  void read() {
    for (int i = 0; i < sentence.size(); i++) {
      Use use = sentence.use(i);
      if (use == Use.NONE || use == Use.RULED_OUT) {
        i = Math.max(i, at(i) - 1);
      }
    }
  }

  private int at(int i) {
    Match pair = sentence.at(i, Meaning.PAIR);
    if (pair != null) {
      pair(i, pair.end(), pair.value().substring(0, 2), pair.value().substring(3));
      return pair.end();
    }
    int end = codes(i);
    if (end > i) {
      return end;
    }
    return sentence.is(i, Meaning.LANG) ? names(i) : i;
  }

  /// `ES→EN`, `es-en`, `EN to ZH`, `pt-BR`
  private int codes(int i) {
    if (!isCode(i)) {
      return i;
    }
    String sign = sentence.word(i + 1);
    boolean isHyphen = sign.equals("-") && sentence.isTied(i + 1) && sentence.isTied(i + 2);
    if (isHyphen && isCountry(i, i + 2)) {
      found.language(strong(scopes.of(i)), sentence.word(i));
      scopes.typed(i, i + 3);
      return i + 3;
    }
    boolean isWord = BETWEEN_CODES.contains(sign);
    Match arrow = sentence.at(i + 1, Meaning.LANGTO);
    int at = isWord ? i + 2 : arrow == null ? i : arrow.end();
    if (at == i || !isCode(at) || sentence.word(i).equals(sentence.word(at))) {
      return i;
    }
    boolean isUpper = sentence.token(i).isUpper() && sentence.token(at).isUpper();
    boolean isLower = !sentence.token(i).isCapital() && !sentence.token(at).isCapital();
    boolean isLarge = LARGE.contains(sentence.word(i)) || LARGE.contains(sentence.word(at));
    boolean isArrow = !isWord && !"-–".contains(sign);
    boolean isMeant = isArrow || sign.equals("->") || at > i + 2;
    boolean isTied = isLarge && (isHyphen ? isUpper || isLower : isWord && isUpper);
    if (!isMeant && !isTied) {
      return i;
    }
    pair(i, at + 1, sentence.word(i), sentence.word(at));
    if (arrow != null && arrow.value().equals("both")) {
      pair(i, at + 1, sentence.word(at), sentence.word(i));
    }
    sentence.mark(i, at + 1, sentence.use(i) == Use.NONE ? Use.CODES : sentence.use(i));
    return at + 1;
  }

  private boolean isCode(int i) {
    String word = sentence.word(i);
    return word.length() == 2
        && KNOWN.contains(word)
        && sentence.text(i, i + 1).chars().allMatch(c -> c < 128);
  }

  /// Whether the second part is a country, so that both are the name of one language.
  private boolean isCountry(int i, int country) {
    String word = sentence.word(country);
    String code = word.toUpperCase(Locale.ROOT);
    if (word.length() != 2 || !COUNTRIES.contains(code) || sentence.isTied(country + 1)) {
      return false;
    }
    boolean isTag = !sentence.token(i).isUpper() && sentence.token(country).isUpper();
    boolean isFrenchOrEnglish = Set.of("en", "fr").contains(sentence.word(i)) && word.equals("ca");
    boolean isNoLanguage = !KNOWN.contains(word) && LARGE.contains(sentence.word(i));
    return isTag || isFrenchOrEnglish || isNoLanguage;
  }

  /// Names of languages from here on, with what binds them together.
  private int names(int i) {
    var named = new ArrayList<Named>();
    Match first = sentence.at(i, Meaning.LANG);
    if (first == null) {
      return i;
    }
    named.add(new Named(first.value(), i, first.end()));
    boolean isPair = false;
    int end = first.end();
    while (end < sentence.size() && named.size() <= 6) {
      Match to = sentence.at(end, Meaning.LANGTO);
      int next = to == null ? end : skip(to.end());
      Match language = to == null ? null : sentence.at(next, Meaning.LANG);
      if (to != null && language != null && !isPair) {
        Named from = named.getLast();
        isPair = true;
        pair(from.from, language.end(), from.code, language.value());
        if (to.value().equals("both")) {
          pair(from.from, language.end(), language.value(), from.code);
        }
        end = language.end();
        continue;
      }
      Match list = sentence.at(end, Meaning.LANGLIST);
      next = list == null ? end : list.end();
      language = list == null ? null : sentence.at(next, Meaning.LANG);
      if (language == null || (isPair && isStartOfPair(language.end()))) {
        break;
      }
      if (isPair) {
        pair(i, language.end(), named.getLast().code, language.value());
      } else {
        named.add(new Named(language.value(), next, language.end()));
      }
      end = language.end();
    }
    List<Named> singles = isPair ? named.subList(0, named.size() - 1) : named;
    if (isPair || isLanguage(i, end)) {
      singles.forEach(this::single);
      return end;
    }
    return first.end();
  }

  private boolean isStartOfPair(int end) {
    Match to = sentence.at(end, Meaning.LANGTO);
    return to != null && sentence.is(skip(to.end()), Meaning.LANG);
  }

  private int skip(int i) {
    int at = sentence.skip(i, Meaning.LANGSKIP);
    at = sentence.skip(at, Meaning.LANGSKIP);
    return at > i && "'’".contains(sentence.word(at)) ? at + 1 : at;
  }

  /// Whether the words around make the names languages.
  private boolean isLanguage(int from, int end) {
    Token token = sentence.token(from);
    if (token.shape() == Shape.HAN) {
      return true;
    }
    if (token.isCapital() && from > 0 && sentence.isEdge(from - 1) && sentence.isEdge(end)) {
      return true;
    }
    boolean isVerb = token.word().equals("polish") && !token.isCapital();
    int noun = sentence.word(end).equals("-") ? end + 1 : end;
    if (sentence.is(noun, Meaning.LANGNOUN) && !(isVerb && sentence.isEdge(from - 1))) {
      return true;
    }
    boolean isFarNoun =
        !sentence.isEdge(noun)
            && !DETERMINERS.contains(sentence.word(noun))
            && !sentence.is(noun, Meaning.STOP)
            && sentence.is(noun + 1, Meaning.LANGNOUN);
    if (isFarNoun && !isVerb) {
      return true;
    }
    int before = from;
    while (before > 0 && before > from - 2 && sentence.is(before - 1, Meaning.LANGSKIP)) {
      before--;
    }
    if (sentence.endsAt(before, Meaning.LANGVERB)) {
      return !DETERMINERS.contains(sentence.word(end));
    }
    boolean isBound =
        (sentence.endsAt(before, Meaning.LANGPREP) && !isVerb) || scopes.of(from) == Scope.NOT;
    boolean isOver =
        sentence.isEdge(end)
            || sentence.is(end, Meaning.STOP)
            || sentence.use(end) != Use.NONE
            || scopes.of(end) != scopes.of(from);
    return isBound && isOver;
  }

  private void single(Named named) {
    found.language(strong(scopes.of(named.from)), named.code);
    scopes.typed(named.from, named.to);
  }

  private void pair(int from, int end, String source, String target) {
    if (!source.equals(target)) {
      found.pair(strong(scopes.of(from)), new LanguagePair(source, target));
    }
    scopes.typed(from, end);
  }

  private static Scope strong(Scope scope) {
    return scope == Scope.PLAIN ? Scope.MUST : scope;
  }
}
