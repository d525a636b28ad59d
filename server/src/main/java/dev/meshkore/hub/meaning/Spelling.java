package dev.meshkore.hub.meaning;

import java.io.IOException;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.MultiTerms;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.Terms;
import org.apache.lucene.search.FuzzyTermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// Puts right what is misspelt in a request before a model reads it: a model that sees a word for
/// the first time takes it apart and guesses. A word that the model knows, or the index, is never
/// touched; another becomes a word of the index that is one letter away. The work is bounded.
final class Spelling {
  private static final Pattern WORD = Pattern.compile("\\p{L}{5,64}");
  private static final int LOOKED_UP_MAX = 12;

  private Spelling() {}

  /// The request with its misspelt words put right.
  static String corrected(String request, IndexReader index, Predicate<String> isKnown)
      throws IOException {
    var corrected = new StringBuilder();
    Matcher words = WORD.matcher(request);
    int lookedUp = 0;
    while (lookedUp < LOOKED_UP_MAX && words.find()) {
      String word = words.group().toLowerCase(Locale.ROOT);
      if (isKnown.test(word) || index.docFreq(new Term(WordFields.WORDS, word)) > 0) {
        continue;
      }
      lookedUp++;
      String meant = nearest(index, WordFields.WORDS, word);
      if (meant == null) {
        meant = nearest(index, WordFields.STEMS, word);
      }
      if (meant != null) {
        words.appendReplacement(corrected, Matcher.quoteReplacement(meant));
      }
    }
    return words.appendTail(corrected).toString();
  }

  /// The most frequent word that is one letter away and begins alike.
  private static @Nullable String nearest(IndexReader index, String field, String word)
      throws IOException {
    Terms terms = MultiTerms.getTerms(index, field);
    if (terms == null) {
      return null;
    }
    String nearest = null;
    int most = 0;
    var near = new FuzzyTermsEnum(terms, new Term(field, word), 1, 1, true);
    for (BytesRef term = near.next(); term != null; term = near.next()) {
      if (near.docFreq() > most) {
        most = near.docFreq();
        nearest = term.utf8ToString();
      }
    }
    return nearest;
  }
}
