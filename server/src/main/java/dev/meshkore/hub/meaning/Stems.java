package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/// The words of a text as [WordQuery] knows them: without case, accents and endings, and without
/// those that say nothing. A text has what somebody looks for where it has all of its stems.
public final class Stems {
  private static final Analyzer OF_TEXTS = WordAnalyzer.ofProfiles(true);
  private static final Analyzer OF_SEARCHES = WordAnalyzer.ofSearches(true);
  private static final int TEXT_WORDS_MAX = 5_000;

  private Stems() {}

  /// Those of a text that is searched in, the first few thousand.
  public static Set<String> ofText(String text) {
    return of(OF_TEXTS, text, TEXT_WORDS_MAX);
  }

  /// Those of what somebody looks for; of more than `most` one more than that is answered.
  public static Set<String> ofSearch(String text, int most) {
    return of(OF_SEARCHES, text, most + 1);
  }

  private static Set<String> of(Analyzer analyzer, String text, int most) {
    var stems = new LinkedHashSet<String>();
    try (TokenStream stream = analyzer.tokenStream("", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stems.size() < most && stream.incrementToken()) {
        stems.add(term.toString());
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return stems;
  }
}
