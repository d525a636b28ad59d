package dev.meshkore.hub.search;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.tokenattributes.OffsetAttribute;

/// A piece of a message around the first word that was looked for.
final class Snippet {
  private static final int BEFORE = 60;
  private static final int AFTER = 180;

  private Snippet() {}

  /// The piece; nothing where the message does not say any of the words any more.
  static Optional<String> of(List<String> texts, Set<String> words) {
    for (String text : texts) {
      int at = firstOf(text, words);
      if (at >= 0) {
        return Optional.of(around(text, at));
      }
    }
    return Optional.empty();
  }

  private static int firstOf(String text, Set<String> words) {
    try (TokenStream stream = Words.ANALYZER.tokenStream("", text)) {
      CharTermAttribute term = stream.addAttribute(CharTermAttribute.class);
      OffsetAttribute offset = stream.addAttribute(OffsetAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        if (words.contains(term.toString())) {
          return offset.startOffset();
        }
      }
      return -1;
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String around(String text, int at) {
    int start = at <= BEFORE ? 0 : boundary(text, at - BEFORE);
    int end = text.length() - at <= AFTER ? text.length() : boundary(text, at + AFTER);
    String piece = text.substring(start, end).replaceAll("\\s+", " ").strip();
    return (start > 0 ? "…" : "") + piece + (end < text.length() ? "…" : "");
  }

  /// Never between the halves of a character.
  private static int boundary(String text, int at) {
    return Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
  }
}
