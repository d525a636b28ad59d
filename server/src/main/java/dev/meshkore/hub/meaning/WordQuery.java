package dev.meshkore.hub.meaning;

import static dev.meshkore.hub.meaning.WordFields.SAID;
import static dev.meshkore.hub.meaning.WordFields.STEMS;
import static dev.meshkore.hub.meaning.WordFields.WORDS;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.CombinedFieldQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/// Turns what somebody typed into a query. The text is only ever words: no part of it is read as
/// syntax. The count of clauses is bounded whatever the text is.
public final class WordQuery {
  private static final Analyzer STEMMING = WordAnalyzer.ofSearches(true);
  private static final Analyzer WRITTEN = WordAnalyzer.ofSearches(false);
  private static final int WORDS_MAX = 32;
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");

  private static final int WORD_CHARACTERS_MAX = 64;
  private static final int SHORT_TEXT_WORDS = 4;
  private static final int SIMILAR_WORDS_MAX = 6;
  private static final int SIMILAR_MAX = 12;
  private static final int ONE_EDIT_FROM = 4;
  private static final int TWO_EDITS_FROM = 8;

  private WordQuery() {}

  /// The same, in which a text that is a name as a whole, or begins one, is found by it first.
  public static Query ofNamed(String text, IndexReader index, String names) throws IOException {
    String name = text.strip().toLowerCase(Locale.ROOT);
    Query words = of(text, index, WordQuery::inParts);
    if (!NAME.matcher(name).matches()) {
      return words;
    }
    return new BooleanQuery.Builder()
        .add(words, Occur.SHOULD)
        .add(new BoostQuery(new TermQuery(new Term(names, name)), 20), Occur.SHOULD)
        .add(new BoostQuery(new PrefixQuery(new Term(names, name)), 3), Occur.SHOULD)
        .build();
  }

  /// Any of the words, in any form or nearly so; more of them, and rarer ones, rank higher. In long
  /// texts only words that the index does not have are taken for misspelt.
  ///
  /// Names and texts count alike, so that the best of many are found without looking at all. What
  /// an entry says of itself counts as much as that and its examples together.
  static Query of(String text, IndexReader index) throws IOException {
    return of(text, index, WordQuery::inBoth);
  }

  private static Query of(String text, IndexReader index, Function<String, Query> found)
      throws IOException {
    var query = new BooleanQuery.Builder();
    Set<String> stems = words(STEMMING, text);
    Set<String> written = words(WRITTEN, text);
    boolean isShort = written.size() <= SHORT_TEXT_WORDS;
    int similarCount = 0;
    for (String stem : stems) {
      Query same = found.apply(stem);
      if (similarCount < SIMILAR_WORDS_MAX && mayBeMisspelt(index, STEMS, stem, isShort)) {
        Query similar = new BoostQuery(similar(STEMS, stem), 0.3f);
        query.add(new DisjunctionMaxQuery(List.of(same, similar), 0), Occur.SHOULD);
        similarCount++;
      } else {
        query.add(same, Occur.SHOULD);
      }
    }
    for (String word : written) {
      if (similarCount < 2 * SIMILAR_WORDS_MAX && mayBeMisspelt(index, WORDS, word, isShort)) {
        query.add(new BoostQuery(similar(WORDS, word), 0.2f), Occur.SHOULD);
        similarCount++;
      }
    }
    return query.build();
  }

  /// Numbers and names with numbers are not: another number is another thing.
  private static boolean mayBeMisspelt(
      IndexReader index, String field, String word, boolean isShort) throws IOException {
    return word.length() >= ONE_EDIT_FROM
        && word.codePoints().allMatch(Character::isLetter)
        && (isShort || index.docFreq(new Term(field, word)) == 0);
  }

  private static Query inBoth(String stem) {
    return new BooleanQuery.Builder()
        .add(new BoostQuery(new TermQuery(new Term(STEMS, stem)), 0.5f), Occur.SHOULD)
        .add(new BoostQuery(new TermQuery(new Term(SAID, stem)), 0.5f), Occur.SHOULD)
        .build();
  }

  private static Query inParts(String stem) {
    return new CombinedFieldQuery.Builder(stem)
        .addField(WordFields.NAME, 2)
        .addField(WordFields.TAGS, 2)
        .addField(WordFields.TEXT, 1)
        .build();
  }

  private static Query similar(String field, String word) {
    int edits = word.length() >= TWO_EDITS_FROM ? 2 : 1;
    return new FuzzyQuery(new Term(field, word), edits, 1, SIMILAR_MAX, true);
  }

  private static Set<String> words(Analyzer analyzer, String text) throws IOException {
    var words = new LinkedHashSet<String>();
    try (TokenStream stream = analyzer.tokenStream("", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (words.size() < WORDS_MAX && stream.incrementToken()) {
        if (term.length() <= WORD_CHARACTERS_MAX) {
          words.add(term.toString());
        }
      }
    }
    return words;
  }
}
