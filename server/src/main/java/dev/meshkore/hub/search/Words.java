package dev.meshkore.hub.search;

import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.miscellaneous.ASCIIFoldingFilter;
import org.apache.lucene.analysis.miscellaneous.LengthFilter;
import org.apache.lucene.analysis.standard.StandardTokenizer;

/// Splits text into words as they are written, without case and accents; what is longer than words
/// are is none. Nothing is left out, so that phrases are found.
final class Words extends Analyzer {
  static final Words ANALYZER = new Words();

  private static final int CHARACTERS_MAX = 64;

  /// No phrase goes from one text of a message into the next.
  private static final int GAP = 100;

  @Override
  public int getPositionIncrementGap(String field) {
    return GAP;
  }

  @Override
  protected TokenStreamComponents createComponents(String field) {
    var tokenizer = new StandardTokenizer();
    TokenStream words = new ASCIIFoldingFilter(new LowerCaseFilter(tokenizer));
    return new TokenStreamComponents(tokenizer, new LengthFilter(words, 1, CHARACTERS_MAX));
  }
}
