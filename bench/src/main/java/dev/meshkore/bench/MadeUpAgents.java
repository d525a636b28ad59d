package dev.meshkore.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Agents that say six made-up words each. The first are in groups of ten that share five of them,
/// and for each group there is a request. The same for the same counts.
final class MadeUpAgents {
  /// So many agents are meant by a request.
  static final int GROUP = 10;

  private static final int WORDS = 4_000;
  private static final int SHARED = 5;
  private static final String CONSONANTS = "bdfgklmnprstvz";
  private static final String VOWELS = "aeiou";

  private final int count;
  private final int groups;

  /// So many agents, of whom some are in so many groups.
  MadeUpAgents(int count, int groups) {
    this.count = count;
    this.groups = groups;
  }

  /// What they say, by id.
  Map<String, String> descriptions() {
    var descriptions = new LinkedHashMap<String, String>();
    for (int i = 0; i < count; i++) {
      int group = i / GROUP;
      var own = new SplittableRandom(count + i);
      List<String> words =
          group < groups ? shared(group) : own.ints(SHARED, 0, WORDS).mapToObj(this::word).toList();
      descriptions.put(
          id(i), "Helps with " + join(words) + " and " + word(own.nextInt(WORDS)) + ".");
    }
    return descriptions;
  }

  /// A request for the agents of a group.
  String request(int group) {
    return "Who can help me with " + join(shared(group)) + "?";
  }

  /// Another one, for getting warm.
  String otherRequest(int group) {
    return "I need somebody who helps with " + join(shared(group).reversed()) + ".";
  }

  /// The ids of a group.
  Set<String> meantBy(int group) {
    return IntStream.range(group * GROUP, (group + 1) * GROUP)
        .mapToObj(MadeUpAgents::id)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String id(int index) {
    return Roster.agentId("helper-", index);
  }

  private List<String> shared(int group) {
    return new SplittableRandom(-1L - group).ints(SHARED, 0, WORDS).mapToObj(this::word).toList();
  }

  private static String join(List<String> words) {
    return String.join(", ", words);
  }

  /// A word of three syllables.
  private String word(int number) {
    var word = new StringBuilder();
    int rest = number * 31 + 17;
    for (int i = 0; i < 3; i++) {
      word.append(CONSONANTS.charAt(rest % CONSONANTS.length()));
      rest /= CONSONANTS.length();
      word.append(VOWELS.charAt(rest % VOWELS.length()));
      rest /= VOWELS.length();
    }
    return word.append('l').toString();
  }
}
