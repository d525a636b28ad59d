package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.AgentId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.PrefixQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;

/// Turns what somebody typed into a query. The text is only ever words: no part of it is read as
/// syntax. The count of clauses is bounded whatever the text is.
final class WordQuery {
  /// The most different words of a text that are searched for.
  static final int WORDS_MAX = 32;

  private static final int WORD_CHARACTERS_MAX = 64;
  private static final int SIMILAR_MAX = 12;
  private static final int ONE_EDIT_FROM = 4;
  private static final int TWO_EDITS_FROM = 8;
  private static final float TIE = 0.2f;

  private WordQuery() {}

  /// Any of the words, in any form or nearly so; more of them, and rarer ones, rank higher.
  static Query of(String text) {
    var query = new BooleanQuery.Builder();
    for (String word : words(IndexFields.STEMMED, text)) {
      query.add(stem(word), Occur.SHOULD);
    }
    for (String word : words(IndexFields.WRITTEN, text)) {
      if (word.length() >= ONE_EDIT_FROM) {
        query.add(new BoostQuery(similar(IndexFields.WORDS, word), 0.2f), Occur.SHOULD);
      }
    }
    String name = text.strip().toLowerCase(Locale.ROOT);
    if (AgentId.isValid(name)) {
      query.add(new BoostQuery(new TermQuery(new Term(IndexFields.ID, name)), 20), Occur.SHOULD);
      query.add(new BoostQuery(new PrefixQuery(new Term(IndexFields.ID, name)), 3), Occur.SHOULD);
    }
    return query.build();
  }

  private static Query stem(String word) {
    var ways = new ArrayList<Query>();
    ways.add(boosted(IndexFields.NAME, word, 1.5f));
    ways.add(boosted(IndexFields.CAPABILITIES, word, 1.5f));
    ways.add(boosted(IndexFields.DESCRIPTION, word, 1));
    if (word.length() >= ONE_EDIT_FROM) {
      ways.add(new BoostQuery(similar(IndexFields.STEMS, word), 0.3f));
    }
    return new DisjunctionMaxQuery(ways, TIE);
  }

  private static Query boosted(String field, String word, float boost) {
    return new BoostQuery(new TermQuery(new Term(field, word)), boost);
  }

  private static Query similar(String field, String word) {
    int edits = word.length() >= TWO_EDITS_FROM ? 2 : 1;
    return new FuzzyQuery(new Term(field, word), edits, 1, SIMILAR_MAX, true);
  }

  private static Set<String> words(Analyzer analyzer, String text) {
    var words = new LinkedHashSet<String>();
    try (TokenStream stream = analyzer.tokenStream("", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (words.size() < WORDS_MAX && stream.incrementToken()) {
        if (term.length() <= WORD_CHARACTERS_MAX) {
          words.add(term.toString());
        }
      }
    } catch (IOException cause) {
      throw new UncheckedIOException(cause);
    }
    return words;
  }

  /// The words of a text as the index holds them, for tests.
  static List<String> stems(String text) {
    return List.copyOf(words(IndexFields.STEMMED, text));
  }
}
