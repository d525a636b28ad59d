package dev.meshkore.hub.search;

import dev.meshkore.hub.problem.Refused;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;

/// What somebody looks for.
///
/// @param phrases words that stand one after the other; a word by itself is a phrase of one. A
///   message has all of them
/// @param from the sender, if it matters
/// @param sinceMs the earliest time
/// @param beforeMs the time before which it was sent
/// @param isNewestFirst whether the order is that of time, not of relevance
/// @param after the place after which the page begins
/// @param limit how many
record Wanted(
    List<List<String>> phrases,
    OptionalLong from,
    long sinceMs,
    long beforeMs,
    boolean isNewestFirst,
    Optional<Cursor> after,
    int limit) {
  private static final int WORDS_MAX = 32;

  /// Reads words and "phrases". Nothing else in the text has a meaning.
  ///
  /// @throws Refused when there is no word, or there are too many
  static List<List<String>> phrases(String text) {
    var phrases = new ArrayList<List<String>>();
    String[] parts = text.split("\"", -1);
    int count = 0;
    for (int i = 0; i < parts.length; i++) {
      List<String> words = words(parts[i]);
      count += words.size();
      boolean isQuoted = i % 2 == 1 && i < parts.length - 1;
      if (isQuoted && !words.isEmpty()) {
        phrases.add(words);
      } else {
        words.forEach(word -> phrases.add(List.of(word)));
      }
    }
    if (count == 0 || count > WORDS_MAX) {
      throw Refused.field("q", "q must have 1 to " + WORDS_MAX + " words");
    }
    return phrases;
  }

  /// Every word that is looked for.
  Set<String> words() {
    var words = new HashSet<String>();
    phrases.forEach(words::addAll);
    return words;
  }

  private static List<String> words(String text) {
    var words = new ArrayList<String>();
    try (TokenStream stream = Words.ANALYZER.tokenStream("", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.add(term.toString());
      }
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
    return words;
  }
}
