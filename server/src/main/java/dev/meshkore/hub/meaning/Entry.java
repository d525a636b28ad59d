package dev.meshkore.hub.meaning;

import java.util.List;
import java.util.Map;

/// One thing that can be found.
///
/// @param key its name in the index, unique
/// @param name what it is called; `code-review-2` is read as words
/// @param tags what it is filed under, as capabilities and categories
/// @param text what it says of itself, in any length
/// @param examples requests that it is for; those after the first [#EXAMPLES_MAX] do not count
/// @param terms what can be asked for exactly, as `capability:translate`
/// @param numbers what can be compared, as `price:USD`
public record Entry(
    String key,
    String name,
    List<String> tags,
    String text,
    List<String> examples,
    List<String> terms,
    Map<String, Long> numbers) {
  /// The most example requests that count.
  public static final int EXAMPLES_MAX = 40;

  /// Copies, and leaves out examples that are too many.
  public Entry {
    tags = List.copyOf(tags);
    examples = List.copyOf(examples.subList(0, Math.min(EXAMPLES_MAX, examples.size())));
    terms = List.copyOf(terms);
    numbers = Map.copyOf(numbers);
  }
}
