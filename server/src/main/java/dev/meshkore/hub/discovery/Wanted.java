package dev.meshkore.hub.discovery;

import java.util.Optional;

/// What a search is for.
///
/// @param words to find in ids, capabilities and descriptions, best matches first
/// @param capability that the agents must have
/// @param standing that the agents must have
/// @param after the place after which to start
/// @param limit the most agents to answer
record Wanted(
    Optional<String> words,
    Optional<String> capability,
    Standing standing,
    Optional<Place> after,
    int limit) {}
