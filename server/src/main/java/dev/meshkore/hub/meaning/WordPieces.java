package dev.meshkore.hub.meaning;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Splits text into the pieces of words that BERT models know (lower case, no accents), as numbers.
/// The work grows with the count of pieces that are wanted, whatever the text is.
final class WordPieces {
  private static final String CONTINUES = "##";
  private static final int WORD_CHARACTERS_MAX = 100;

  /// No text needs more characters than this for one piece, as far as anyone reads it.
  private static final int CHARACTERS_A_PIECE = 16;

  private static final float MARK_WEIGHT = 0.1f;

  /// So many of the most frequent pieces say little.
  private static final double FREQUENT = 100;

  private final Map<String, Integer> pieces;
  private final int unknown;
  private final int first;
  private final int last;

  /// From here on the vocabulary lists pieces from the most frequent to the rarest; before it,
  /// marks and single characters.
  private final int mostFrequent;

  private WordPieces(Map<String, Integer> pieces) {
    this.pieces = pieces;
    this.unknown = pieces.getOrDefault("[UNK]", 0);
    this.first = pieces.getOrDefault("[CLS]", 0);
    this.last = pieces.getOrDefault("[SEP]", 0);
    this.mostFrequent = pieces.getOrDefault("the", 0);
  }

  /// Reads the vocabulary from a `tokenizer.json`.
  static WordPieces read(byte[] tokenizer) {
    JsonNode vocabulary = new JsonMapper().readTree(tokenizer).path("model").path("vocab");
    var pieces = new HashMap<String, Integer>(2 * vocabulary.size());
    vocabulary.properties().forEach(one -> pieces.put(one.getKey(), one.getValue().asInt()));
    return new WordPieces(pieces);
  }

  /// The pieces of a text between the marks of its start and end, at most `most` of all.
  long[] of(String text, int most) {
    var numbers = new ArrayList<Integer>();
    numbers.add(first);
    int characters = Math.min(text.length(), most * CHARACTERS_A_PIECE);
    for (String word : words(text.substring(0, characters))) {
      if (numbers.size() >= most - 1) {
        break;
      }
      add(numbers, word);
    }
    while (numbers.size() > most - 1) {
      numbers.removeLast();
    }
    numbers.add(last);
    return numbers.stream().mapToLong(Integer::longValue).toArray();
  }

  /// True for a word that is a piece by itself.
  boolean knows(String word) {
    return pieces.containsKey(word);
  }

  /// How much a piece says, from 0 to 1: the more, the rarer it is.
  float weight(long piece) {
    if (piece < mostFrequent) {
      return MARK_WEIGHT;
    }
    double rarest = (double) pieces.size() - mostFrequent;
    return (float)
        (Math.log1p((piece - mostFrequent + 1) / FREQUENT) / Math.log1p(rarest / FREQUENT));
  }

  /// The longest known beginning, then the longest known continuation, and so on.
  private void add(List<Integer> numbers, String word) {
    if (word.length() > WORD_CHARACTERS_MAX) {
      numbers.add(unknown);
      return;
    }
    var found = new ArrayList<Integer>();
    int start = 0;
    while (start < word.length()) {
      int end = word.length();
      Integer piece = null;
      while (end > start && piece == null) {
        String part = word.substring(start, end);
        piece = pieces.get(start == 0 ? part : CONTINUES + part);
        end--;
      }
      if (piece == null) {
        numbers.add(unknown);
        return;
      }
      found.add(piece);
      start = end + 1;
    }
    numbers.addAll(found);
  }

  /// Words, each mark and each ideograph alone.
  private static List<String> words(String text) {
    String plain = Normalizer.normalize(text.toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    plain
        .codePoints()
        .forEach(point -> {
          if (isNothing(point)) {
            return;
          }
          boolean isAlone = isMark(point) || isIdeograph(point);
          if ((isAlone || isSpace(point)) && !word.isEmpty()) {
            words.add(word.toString());
            word.setLength(0);
          }
          if (isAlone) {
            words.add(Character.toString(point));
          } else if (!isSpace(point)) {
            word.appendCodePoint(point);
          }
        });
    if (!word.isEmpty()) {
      words.add(word.toString());
    }
    return words;
  }

  private static boolean isSpace(int point) {
    return Character.isWhitespace(point) || Character.isSpaceChar(point);
  }

  private static boolean isNothing(int point) {
    int type = Character.getType(point);
    return type == Character.NON_SPACING_MARK
        || point == 0xfffd
        || (type == Character.CONTROL && !Character.isWhitespace(point))
        || type == Character.FORMAT
        || type == Character.PRIVATE_USE
        || type == Character.SURROGATE
        || type == Character.UNASSIGNED;
  }

  private static boolean isMark(int point) {
    boolean isAscii = point > ' ' && point < 0x7f;
    return (isAscii && !Character.isLetterOrDigit(point))
        || switch (Character.getType(point)) {
          case Character.CONNECTOR_PUNCTUATION,
              Character.DASH_PUNCTUATION,
              Character.START_PUNCTUATION,
              Character.END_PUNCTUATION,
              Character.INITIAL_QUOTE_PUNCTUATION,
              Character.FINAL_QUOTE_PUNCTUATION,
              Character.OTHER_PUNCTUATION ->
              true;
          default -> false;
        };
  }

  private static boolean isIdeograph(int point) {
    return (point >= 0x4e00 && point <= 0x9fff)
        || (point >= 0x3400 && point <= 0x4dbf)
        || (point >= 0x20000 && point <= 0x2ceaf)
        || (point >= 0xf900 && point <= 0xfaff)
        || (point >= 0x2f800 && point <= 0x2fa1f);
  }
}
