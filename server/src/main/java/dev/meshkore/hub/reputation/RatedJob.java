package dev.meshkore.hub.reputation;

/// A job that ended with money paid, as it was at its end.
///
/// @param clientParty the client's owner, or the client itself
/// @param providerParty the same of the provider
/// @param isOwn whether both are of one party, so that it counts nothing
/// @param fee what the hub took of it, in atoms
/// @param category or ""
record RatedJob(
    String id,
    long client,
    long provider,
    String clientParty,
    String providerParty,
    boolean isOwn,
    long fee,
    String category,
    long endedAtMs) {
  /// How long it can be rated.
  static final long WINDOW_MS = 14 * 86_400_000L;

  /// When nobody rates it any more, and what was hidden is shown.
  long closesAtMs() {
    return endedAtMs + WINDOW_MS;
  }

  boolean isSide(long agent) {
    return agent == client || agent == provider;
  }

  /// The other side.
  long otherThan(long agent) {
    return agent == client ? provider : client;
  }
}
