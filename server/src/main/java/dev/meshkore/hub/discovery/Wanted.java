package dev.meshkore.hub.discovery;

import dev.meshkore.hub.identity.Agent;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongPredicate;

/// What a search is for.
///
/// @param words to find in ids, capabilities and descriptions, best matches first
/// @param capability that the agents must have
/// @param standing that the agents must have
/// @param trusted by whose number it is known that they are trusted as far as wanted
/// @param after the place after which to start
/// @param limit the most agents to answer
record Wanted(
    Optional<String> words,
    Optional<String> capability,
    Standing standing,
    Optional<LongPredicate> trusted,
    Optional<Place> after,
    int limit) {
  /// The same, from another place on and to another limit.
  Wanted with(Optional<Place> from, int most) {
    return new Wanted(words, capability, standing, trusted, from, most);
  }

  /// True where an agent has the standing and is trusted.
  boolean includes(Agent agent, Set<Long> online) {
    return standing.includes(agent, online) && isTrusted(agent.number());
  }

  boolean isTrusted(long agent) {
    return trusted.map(filter -> filter.test(agent)).orElse(true);
  }
}
