package dev.meshkore.hub.market;

/// A feed as it stands.
///
/// @param since the change that made it; it is told of later ones
/// @param change its own last change
/// @param told of how much its agent was told
/// @param toldAtMs when last, or 0
/// @param leftOut how much fitted that was more than it is told of, since then
record Feed(
    long number,
    String id,
    long agent,
    FeedWish wish,
    long since,
    long change,
    long madeAtMs,
    long changedAtMs,
    long told,
    long toldAtMs,
    long leftOut) {}
