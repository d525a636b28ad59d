package dev.meshkore.hub.intent;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A request as tokens, and which of them have been read as what. The readers share one; it is used
/// by one thread.
final class Sentence {
  /// What a token was read as.
  enum Use {
    NONE,
    IGNORED,
    TIME,
    MONEY,
    NOW,
    RULED_OUT,
    CODES
  }

  /// A phrase that was found.
  ///
  /// @param end the token after it
  /// @param value what it says
  record Match(int end, String value) {}

  static final String SENTENCE_ENDS = ".;!?。；！？";

  private static final int NOTES_MAX = 12;
  private static final String JOINS = "-'’‐‑_";

  private final String text;
  private final List<Token> tokens;
  private final Lexicon lexicon = Lexicon.get();
  private final Lexicon.@Nullable Node[] firsts;
  private final Use[] uses;
  private final List<String> notes = new ArrayList<>();
  private long steps;

  Sentence(String text) {
    this.text = text;
    this.tokens = Token.of(text);
    this.firsts = new Lexicon.Node[tokens.size()];
    this.uses = new Use[tokens.size()];
    Arrays.fill(uses, Use.NONE);
    for (int i = 0; i < firsts.length; i++) {
      firsts[i] = lexicon.root().after(tokens.get(i).word());
    }
  }

  int size() {
    return tokens.size();
  }

  Token token(int i) {
    return tokens.get(i);
  }

  /// The word at a place; empty beyond the ends.
  String word(int i) {
    steps++;
    return i >= 0 && i < size() ? tokens.get(i).word() : "";
  }

  boolean isDigits(int i) {
    return i >= 0 && i < size() && tokens.get(i).isDigits();
  }

  boolean isSign(int i) {
    return i >= 0 && i < size() && tokens.get(i).isSign();
  }

  /// Whether nothing is between this token and the one before.
  boolean isTied(int i) {
    return i > 0 && i < size() && tokens.get(i).start() == tokens.get(i - 1).end();
  }

  /// The longest phrase of this meaning that begins here; joining signs within it may be missing in
  /// the table.
  @Nullable Match at(int i, Meaning meaning) {
    if (i < 0 || i >= size()) {
      return null;
    }
    steps++;
    Lexicon.Node node = firsts[i];
    Match found = null;
    int at = i;
    while (node != null) {
      at++;
      String value = node.value(meaning);
      if (value != null) {
        found = new Match(at, value);
      }
      if (at >= size()) {
        break;
      }
      steps++;
      Lexicon.Node next = node.after(tokens.get(at).word());
      if (next == null && at + 1 < size() && JOINS.contains(tokens.get(at).word())) {
        at++;
        next = node.after(tokens.get(at).word());
      }
      node = next;
    }
    return found;
  }

  boolean is(int i, Meaning meaning) {
    return at(i, meaning) != null;
  }

  /// The token after a phrase of this meaning that begins here, or this one.
  int skip(int i, Meaning meaning) {
    Match match = at(i, meaning);
    return match == null ? i : match.end();
  }

  /// Whether a phrase of this meaning begins among the tokens before this one.
  boolean isBefore(int i, int tokensBack, Meaning meaning) {
    for (int back = Math.max(0, i - tokensBack); back < i; back++) {
      if (is(back, meaning)) {
        return true;
      }
    }
    return false;
  }

  /// Whether a phrase of this meaning ends right before this token.
  boolean endsAt(int i, Meaning meaning) {
    for (int back = Math.max(0, i - 4); back < i; back++) {
      Match match = at(back, meaning);
      if (match != null && match.end() == i) {
        return true;
      }
    }
    return false;
  }

  /// Whether a sentence or a part of one ends here.
  boolean isEdge(int i) {
    return i < 0
        || i >= size()
        || (isSign(i) && ",:()[]\"“”、，".contains(word(i)))
        || isSentenceEnd(i);
  }

  boolean isSentenceEnd(int i) {
    return i < 0 || i >= size() || (isSign(i) && SENTENCE_ENDS.contains(word(i)));
  }

  Use use(int i) {
    return uses[i];
  }

  boolean isFree(int i) {
    return i < size() && uses[i] == Use.NONE;
  }

  void mark(int from, int to, Use use) {
    Arrays.fill(uses, from, to, use);
  }

  /// What was written from one token up to another.
  String text(int from, int to) {
    return from >= to ? "" : text.substring(tokens.get(from).start(), tokens.get(to - 1).end());
  }

  String text() {
    return text;
  }

  Optional<ZoneId> zone(String id) {
    return lexicon.zone(id);
  }

  void note(String note) {
    if (notes.size() < NOTES_MAX && !notes.contains(note)) {
      notes.add(note);
    }
  }

  List<String> notes() {
    return notes;
  }

  /// How much was looked at so far: words, and steps within phrases.
  long steps() {
    return steps;
  }
}
