package dev.meshkore.hub.meaning;

import java.util.List;
import java.util.function.Predicate;

/// What is searched for.
///
/// @param text the request in plain words, of any length; no part of it is read as syntax
/// @param needs what every hit must have
/// @param accepts by key what is known only now, as who is trusted; asked for few of many
/// @param by which signals rank; [By#ALL] but for measuring
/// @param limit the most hits
public record Question(String text, List<Need> needs, Predicate<String> accepts, By by, int limit) {
  /// The signals by which a search ranks.
  public enum By {
    WORDS,
    MEANING,
    ALL
  }

  /// Copies the list.
  public Question {
    needs = List.copyOf(needs);
  }

  /// A search that takes every key.
  public static Question of(String text, List<Need> needs, int limit) {
    return new Question(text, needs, _ -> true, By.ALL, limit);
  }

  /// The same, with English words where the text is in another language that is known here.
  Question inEnglishToo() {
    String english = Glossary.english(text);
    if (english.isEmpty()) {
      return this;
    }
    // The English comes first: of a long text only the start is read.
    return new Question(english + ". " + text, needs, accepts, by, limit);
  }
}
