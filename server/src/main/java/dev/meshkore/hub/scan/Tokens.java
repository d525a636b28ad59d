package dev.meshkore.hub.scan;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The words of a text as they are compared: in small letters, without accents, and without what
/// was done to them so that they are not recognised. An ideograph is a word of its own.
final class Tokens {
  /// One word.
  ///
  /// @param text the word
  /// @param begins whether a clause begins with it, so that it may be a command
  /// @param isQuoted whether it stands in quotation marks
  record Token(String text, boolean begins, boolean isQuoted) {}

  private static final int LETTERS_APART = 8;
  private static final int QUOTED_MAX = 160;
  private static final String ENDS = ".!?:;,\n\r\u2014\u2013()[]{}<>*#|/、。！？：；，（）【】「」『』«»\"“”„‘`";
  private static final String OPENS = "\"“„«「『`‘'";
  private static final String CLOSES = "\"”“»」』`’'";

  /// After these, a command may follow without a comma.
  private static final Set<String> LEADS =
      Set.of(
          "please",
          "then",
          "and",
          "now",
          "must",
          "should",
          "always",
          "just",
          "to:",
          "also",
          "you",
          "instead",
          "immediately",
          "first",
          "por",
          "favor",
          "bitte",
          "und",
          "et",
          "y",
          "请",
          "並",
          "并",
          "必须",
          "e",
          "puis",
          "dann",
          "debes",
          "debe",
          "musst",
          "doit",
          "devez",
          "dois",
          "и",
          "пожалуйста",
          "simply",
          "silently",
          "secretly",
          "quietly",
          "kindly",
          "shall",
          "simplemente",
          "ahora",
          "jetzt",
          "maintenant");

  private Tokens() {}

  /// The words of a text.
  static List<Token> of(String text) {
    String plain = plain(text);
    var tokens = new ArrayList<Token>();
    int[] points = plain.codePoints().toArray();
    boolean[] quoted = quoted(points);
    boolean begins = true;
    int at = 0;
    while (at < points.length) {
      int point = points[at];
      if (!isOfWord(point)) {
        begins |= ENDS.indexOf(point) >= 0;
        at++;
        continue;
      }
      int end = at + 1;
      if (!isAlone(point)) {
        while (end < points.length && isOfWord(points[end]) && !isAlone(points[end])) {
          end++;
        }
      }
      String word = unveiled(new String(points, at, end - at));
      tokens.add(new Token(word, begins, quoted[at]));
      begins = LEADS.contains(word);
      at = end;
    }
    return joined(tokens);
  }

  /// Whether so many single letters follow each other that they hide words.
  static boolean areApart(List<Token> tokens) {
    int run = 0;
    for (Token token : tokens) {
      boolean isLetter = token.text().length() == 1 && token.text().charAt(0) < 0x80;
      run = isLetter && !Character.isDigit(token.text().charAt(0)) ? run + 1 : 0;
      if (run >= LETTERS_APART) {
        return true;
      }
    }
    return false;
  }

  /// A word of a pattern, written like the words of a text.
  static String word(String text) {
    return unveiled(plain(text));
  }

  private static String plain(String text) {
    if (isAscii(text)) {
      return text;
    }
    var out = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFKC)
        .codePoints()
        .filter(point -> Character.getType(point) != Character.FORMAT)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  private static String unveiled(String word) {
    if (isAscii(word)) {
      String small = word.toLowerCase(Locale.ROOT);
      boolean isMixed =
          small.chars().anyMatch(Character::isDigit) && small.chars().anyMatch(Character::isLetter);
      return isMixed ? spelt(small) : small;
    }
    boolean hasLatin =
        word.codePoints().anyMatch(point -> point < 0x80 && Character.isLetter(point));
    boolean hasOther =
        word.codePoints()
            .anyMatch(point -> point > 0x24F && UnicodeScript.of(point) != UnicodeScript.INHERITED);
    String latin = hasLatin && hasOther ? Skeleton.latin(word) : word;
    String small = latin.toLowerCase(Locale.ROOT).replace("ß", "ss");
    String bare = Normalizer.normalize(small, Normalizer.Form.NFD).replaceAll("\\p{Mn}+", "");
    boolean hasDigit = bare.chars().anyMatch(Character::isDigit);
    return hasDigit && hasLatin ? spelt(bare) : bare;
  }

  private static boolean isAscii(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) {
        return false;
      }
    }
    return true;
  }

  /// Digits and signs that are written in the place of letters.
  private static String spelt(String word) {
    return word.replace('0', 'o')
        .replace('1', 'i')
        .replace('3', 'e')
        .replace('4', 'a')
        .replace('5', 's')
        .replace('7', 't');
  }

  /// Letters taken apart, `i g n o r e`, are also read as the word that they make.
  private static List<Token> joined(List<Token> tokens) {
    if (!areApart(tokens)) {
      return tokens;
    }
    var joined = new ArrayList<Token>();
    var word = new StringBuilder();
    for (Token token : tokens) {
      if (token.text().length() == 1) {
        word.append(token.text());
        continue;
      }
      joined.add(new Token(word.toString(), true, false));
      word.setLength(0);
      joined.add(token);
    }
    joined.add(new Token(word.toString(), true, false));
    joined.addAll(tokens);
    return joined;
  }

  private static boolean[] quoted(int[] points) {
    var quoted = new boolean[points.length];
    int open = -1;
    for (int at = 0; at < points.length; at++) {
      if (points[at] == ' ' || (points[at] < 0x80 && Character.isLetter(points[at]))) {
        continue;
      }
      boolean isMark = OPENS.indexOf(points[at]) >= 0 || CLOSES.indexOf(points[at]) >= 0;
      if (!isMark || isInsideAWord(points, at)) {
        continue;
      }
      if (open >= 0 && at - open <= QUOTED_MAX && closes(points[open], points[at])) {
        java.util.Arrays.fill(quoted, open, at, true);
        open = -1;
      } else if (OPENS.indexOf(points[at]) >= 0) {
        open = at;
      }
    }
    return quoted;
  }

  private static boolean closes(int opening, int closing) {
    return CLOSES.charAt(OPENS.indexOf(opening)) == closing
        || (opening == '“' && closing == '”')
        || (opening == '„' && (closing == '“' || closing == '”'));
  }

  private static boolean isInsideAWord(int[] points, int at) {
    return at > 0
        && at + 1 < points.length
        && Character.isLetter(points[at - 1])
        && Character.isLetter(points[at + 1]);
  }

  private static boolean isOfWord(int point) {
    if (point < 0x80) {
      return Character.isLetterOrDigit(point) || point == '@' || point == '_';
    }
    int type = Character.getType(point);
    return Character.isLetterOrDigit(point)
        || type == Character.NON_SPACING_MARK
        || type == Character.COMBINING_SPACING_MARK;
  }

  private static boolean isAlone(int point) {
    return point > 0x2E80 && Character.isIdeographic(point);
  }
}
