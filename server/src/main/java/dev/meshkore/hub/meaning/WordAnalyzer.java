package dev.meshkore.hub.meaning;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.StopFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.core.FlattenGraphFilter;
import org.apache.lucene.analysis.en.EnglishAnalyzer;
import org.apache.lucene.analysis.en.PorterStemFilter;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.WordDelimiterGraphFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/// Splits text into words: `codeReview2` gives code, review2 and the whole. Letters lose case and
/// accents, words that say nothing are left out, and stems stand for all forms of a word.
final class WordAnalyzer extends Analyzer {
  private static final int PARTS =
      WordDelimiterGraphFilter.GENERATE_WORD_PARTS
          | WordDelimiterGraphFilter.GENERATE_NUMBER_PARTS
          | WordDelimiterGraphFilter.PRESERVE_ORIGINAL
          | WordDelimiterGraphFilter.SPLIT_ON_CASE_CHANGE
          | WordDelimiterGraphFilter.STEM_ENGLISH_POSSESSIVE;

  private final int parts;
  private final boolean isStemming;

  private WordAnalyzer(int parts, boolean isStemming) {
    this.parts = parts;
    this.isStemming = isStemming;
  }

  /// For what is searched in: `sql2` gives sql and 2 too. `isStemming` is false for words as they
  /// are written.
  static WordAnalyzer ofProfiles(boolean isStemming) {
    return new WordAnalyzer(PARTS | WordDelimiterGraphFilter.SPLIT_ON_NUMERICS, isStemming);
  }

  /// For what is searched for: whoever asks for `build7` does not mean each 7.
  static WordAnalyzer ofSearches(boolean isStemming) {
    return new WordAnalyzer(PARTS, isStemming);
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    var tokenizer = new StandardTokenizer();
    TokenStream words =
        new FlattenGraphFilter(
            new WordDelimiterGraphFilter(tokenizer, parts, CharArraySet.EMPTY_SET));
    words = new ASCIIFoldingFilter(new LowerCaseFilter(words));
    words = new StopFilter(words, EnglishAnalyzer.getDefaultStopSet());
    return new TokenStreamComponents(tokenizer, isStemming ? new PorterStemFilter(words) : words);
  }
}
