package dev.meshkore.hub.jobs;

import java.util.ArrayDeque;
import java.util.Deque;

/// How large a program RE2 makes of a pattern, told from its text before anything is made: a repeat
/// is written out as often as it says, and one within another as often as both say together. Never
/// less than what RE2 makes of it, but for a few instructions; what is unusual counts as more.
final class PatternSize {
  /// What cannot be a pattern, or is far too large for one.
  static final long ENDLESS = 1_000_000_000_000L;

  /// Deeper than this nobody nests, and RE2 goes down by itself.
  private static final int DEPTH_MAX = 50;

  /// A group, or the whole.
  ///
  /// @param before what comes before the last piece
  /// @param last the last piece, which a repeat repeats
  private record Group(long before, long last) {
    Group then(long piece) {
      return new Group(Math.min(ENDLESS, before + last), piece);
    }

    /// The last piece so often, with so many instructions that say how often.
    Group repeated(long times, long more) {
      return new Group(before, Math.min(ENDLESS, last * times + more));
    }

    long sum() {
      return Math.min(ENDLESS, before + last);
    }
  }

  private final String text;
  private final Deque<Group> outer = new ArrayDeque<>();
  private Group group = new Group(0, 0);
  private int at;

  private PatternSize(String text) {
    this.text = text;
  }

  /// How many instructions there are, about.
  static long of(String pattern) {
    return new PatternSize(pattern).size();
  }

  private long size() {
    while (at < text.length()) {
      if (!step() || outer.size() > DEPTH_MAX) {
        return ENDLESS;
      }
    }
    return outer.isEmpty() ? group.sum() : ENDLESS;
  }

  /// Reads one piece; false where there is none.
  private boolean step() {
    char sign = text.charAt(at);
    return switch (sign) {
      case '(' -> open();
      case ')' -> close();
      case '[' -> piece(endOfClass());
      case '\\' -> escape();
      case '*', '+', '?' -> {
        // Two, for RE2 takes a star of what may be empty as what may be left out, once or more.
        group = group.repeated(1, 2);
        at++;
        yield true;
      }
      case '{' -> repeat();
      case '|' -> {
        // The choice, and nothing where nothing is before it.
        group = group.then(1);
        yield piece(at + 1);
      }
      default -> piece(at + 1);
    };
  }

  /// @param end where it ends, or -1 where it does not
  private boolean piece(int end) {
    group = group.then(1);
    at = end;
    return end > 0;
  }

  private boolean open() {
    if (!text.startsWith("(?", at)) {
      at++;
    } else if (text.startsWith("(?P<", at) || text.startsWith("(?<", at)) {
      at = text.indexOf('>', at) + 1;
    } else {
      int end = at + 2;
      while (end < text.length() && text.charAt(end) != ':' && text.charAt(end) != ')') {
        end++;
      }
      boolean isGroup = end < text.length() && text.charAt(end) == ':';
      at = end + 1;
      if (!isGroup) {
        // Flags alone are no piece: what follows repeats what was before them.
        return end < text.length();
      }
    }
    outer.push(group);
    group = new Group(0, 0);
    return at > 0;
  }

  private boolean close() {
    if (outer.isEmpty()) {
      return false;
    }
    // It is captured by one instruction before it and one after it; what is empty is one, too.
    group = outer.pop().then(group.sum() + 3);
    at++;
    return true;
  }

  private int endOfClass() {
    int end = at + 1;
    if (text.startsWith("^", end)) {
      end++;
    }
    if (text.startsWith("]", end)) {
      end++;
    }
    while (end < text.length() && text.charAt(end) != ']') {
      if (text.charAt(end) == '\\') {
        end += 2;
      } else if (text.startsWith("[:", end) && text.indexOf(":]", end + 2) > 0) {
        end = text.indexOf(":]", end + 2) + 2;
      } else {
        end++;
      }
    }
    return end < text.length() ? end + 1 : -1;
  }

  private boolean escape() {
    if (text.startsWith("\\Q", at)) {
      int end = text.indexOf("\\E", at);
      int until = end < 0 ? text.length() : end;
      for (int i = at + 2; i < until; i++) {
        group = group.then(1);
      }
      at = Math.min(text.length(), until + 2);
      return true;
    }
    if (text.startsWith("\\E", at)) {
      at += 2;
      return true;
    }
    boolean hasName =
        text.startsWith("\\p{", at) || text.startsWith("\\P{", at) || text.startsWith("\\x{", at);
    if (hasName) {
      int end = text.indexOf('}', at);
      return piece(end < 0 ? -1 : end + 1);
    }
    return piece(at + 2 > text.length() ? -1 : at + 2);
  }

  /// A brace that says no number is a sign like others.
  private boolean repeat() {
    int end = text.indexOf('}', at);
    String inside = end < 0 ? "" : text.substring(at + 1, end);
    int comma = inside.indexOf(',');
    String least = comma < 0 ? inside : inside.substring(0, comma);
    String most = comma < 0 ? "" : inside.substring(comma + 1);
    if (least.isEmpty() || !isNumber(least) || !isNumber(most)) {
      return piece(at + 1);
    }
    long from = number(least);
    long to = Math.max(from, number(most));
    // Each that may be left out says so, and the last of those without an end, which is a star.
    long more = comma < 0 ? 0 : Math.max(2, to - from);
    // With a nought before it RE2 takes it for signs; here it is both.
    boolean isOdd = least.matches("0.+") || most.matches("0.+");
    group = group.repeated(Math.max(1, to), isOdd ? more + inside.length() + 2 : more);
    at = end + 1;
    return true;
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(sign -> sign >= '0' && sign <= '9');
  }

  private static long number(String digits) {
    return digits.isEmpty() ? 0 : digits.length() > 4 ? 10_000 : Long.parseLong(digits);
  }
}
