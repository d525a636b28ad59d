package dev.meshkore.hub.scan;

import java.lang.Character.UnicodeScript;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;

/// Characters that nobody sees, or that make a text look other than it is. Some scripts and emoji
/// need a few of them, and have them there.
final class HiddenCharacters {
  private static final int BLACK_FLAG = 0x1F3F4;
  private static final int LAST_TAG = 0xE007F;
  private static final int EMOJI_SELECTOR = 0xFE0F;
  private static final int TEXT_SELECTOR = 0xFE0E;
  private static final int BRAILLE_BLANK = 0x2800;
  private static final int LAST_BRAILLE = 0x28FF;

  /// Letters that are drawn as nothing.
  private static final Set<Integer> FILLERS =
      Set.of(0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0);

  private static final Set<UnicodeScript> JOINING =
      EnumSet.of(
          UnicodeScript.ARABIC,
          UnicodeScript.SYRIAC,
          UnicodeScript.MONGOLIAN,
          UnicodeScript.DEVANAGARI,
          UnicodeScript.BENGALI,
          UnicodeScript.GURMUKHI,
          UnicodeScript.GUJARATI,
          UnicodeScript.ORIYA,
          UnicodeScript.TAMIL,
          UnicodeScript.TELUGU,
          UnicodeScript.KANNADA,
          UnicodeScript.MALAYALAM,
          UnicodeScript.SINHALA,
          UnicodeScript.KHMER,
          UnicodeScript.MYANMAR,
          UnicodeScript.TIBETAN);
  private static final Set<UnicodeScript> WITHOUT_SPACES =
      EnumSet.of(UnicodeScript.THAI, UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

  private final int[] points;
  private final boolean isRightToLeft;

  private HiddenCharacters(int[] points, boolean isRightToLeft) {
    this.points = points;
    this.isRightToLeft = isRightToLeft;
  }

  /// What hides in a text, if anything.
  static Optional<String> in(String text) {
    if (text.chars().allMatch(c -> c < 0x7F && c >= ' ')) {
      return Optional.empty();
    }
    int[] points = text.codePoints().toArray();
    boolean isRightToLeft = text.codePoints().anyMatch(HiddenCharacters::isRightToLeft);
    return new HiddenCharacters(points, isRightToLeft).first();
  }

  private Optional<String> first() {
    for (int at = 0; at < points.length; at++) {
      if (isHidden(at)) {
        String number =
            HexFormat.of().withUpperCase().toHexDigits(points[at], points[at] > 0xFFFF ? 6 : 4);
        return Optional.of("holds a character that cannot be seen, U+" + number);
      }
    }
    return Optional.empty();
  }

  private boolean isHidden(int at) {
    int point = points[at];
    if (point < 0x80) {
      return Character.isISOControl(point) && point != '\n' && point != '\t' && point != '\r';
    }
    return switch (point) {
      case 0x200C, 0x200D -> !joins(at);
      case 0x200B -> !isOf(WITHOUT_SPACES, before(at)) || !isOf(WITHOUT_SPACES, after(at));
      case 0x200E, 0x200F, 0x061C, 0x2066, 0x2067, 0x2068, 0x2069 -> !isRightToLeft;
      case TEXT_SELECTOR, EMOJI_SELECTOR -> isSelector(before(at)) || !isSymbol(before(at));
      case BRAILLE_BLANK -> !isBraille(before(at)) && !isBraille(after(at));
      default -> isNeverShown(at, point);
    };
  }

  private boolean isNeverShown(int at, int point) {
    if (FILLERS.contains(point)) {
      return true;
    }
    if (isTag(point)) {
      return !endsAFlag(at);
    }
    if (isSelector(point)) {
      // Another form of an ideograph has one selector; data has many.
      return !Character.isIdeographic(before(at));
    }
    return switch (Character.getType(point)) {
      case Character.FORMAT -> !isVisibleFormat(point);
      case Character.CONTROL,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.LINE_SEPARATOR ->
          true;
      case Character.UNASSIGNED -> (point & 0xFFFE) == 0xFFFE;
      default -> false;
    };
  }

  /// Signs that stand before Arabic numbers and the like are drawn.
  private static boolean isVisibleFormat(int point) {
    return (point >= 0x600 && point <= 0x605)
        || point == 0x6DD
        || point == 0x70F
        || point == 0x8E2
        || point == 0xAD
        || (point >= 0x13430 && point <= 0x1343F);
  }

  private boolean joins(int at) {
    int before = before(at);
    int after = after(at);
    boolean isEmoji = isSymbol(before) || before == EMOJI_SELECTOR;
    return (isEmoji && isSymbol(after)) || (isOf(JOINING, before) && (after == 0 || after > 0x7F));
  }

  /// The flags of some countries are spelt in tags, of which a flag has at most six.
  private boolean endsAFlag(int at) {
    int start = at;
    while (start > 0 && isTag(points[start]) && at - start <= 7) {
      start--;
    }
    int end = at;
    while (end < points.length - 1 && points[end] != LAST_TAG && end - start <= 7) {
      end++;
    }
    return points[start] == BLACK_FLAG && points[end] == LAST_TAG && end - start <= 7;
  }

  private int before(int at) {
    return at == 0 ? 0 : points[at - 1];
  }

  private int after(int at) {
    return at + 1 == points.length ? 0 : points[at + 1];
  }

  private static boolean isOf(Set<UnicodeScript> scripts, int point) {
    if (Character.getType(point) == Character.NON_SPACING_MARK && point < 0x370) {
      return false;
    }
    return scripts.contains(UnicodeScript.of(point));
  }

  private static boolean isTag(int point) {
    return point >= 0xE0000 && point <= LAST_TAG;
  }

  private static boolean isSelector(int point) {
    return (point >= 0xFE00 && point <= EMOJI_SELECTOR) || (point >= 0xE0100 && point <= 0xE01EF);
  }

  private static boolean isSymbol(int point) {
    int type = Character.getType(point);
    return type == Character.OTHER_SYMBOL
        || type == Character.MATH_SYMBOL
        || type == Character.MODIFIER_SYMBOL
        || type == Character.OTHER_PUNCTUATION
        || type == Character.DASH_PUNCTUATION
        || Character.isDigit(point)
        || Character.isEmoji(point);
  }

  private static boolean isBraille(int point) {
    return point > BRAILLE_BLANK && point <= LAST_BRAILLE;
  }

  private static boolean isRightToLeft(int point) {
    byte direction = Character.getDirectionality(point);
    return direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT
        || direction == Character.DIRECTIONALITY_RIGHT_TO_LEFT_ARABIC;
  }
}
