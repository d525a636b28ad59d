package dev.meshkore.hub.reputation;

/// What is kept of an agent's reputation.
///
/// @param asProvider how many jobs it has finished for others, that were paid
/// @param asClient how many it has paid for
/// @param parties with how many others, where the agents of an owner are one
/// @param disputesLost in how many an arbiter gave it nothing
/// @param score in thousandths, 0 where nothing is known; as of `reckonedAtMs`
/// @param lowerBound in thousandths
/// @param ratings how many counted then
/// @param isTrusted whether it had earned `trusted` then
record Standing(
    long asProvider,
    long asClient,
    long parties,
    long disputesLost,
    long score,
    long lowerBound,
    long ratings,
    boolean isTrusted,
    long reckonedAtMs) {
  /// Of whom nothing is known.
  static final Standing NONE = new Standing(0, 0, 0, 0, 0, 0, 0, false, 0);

  /// The finished jobs, the parties, the score and its weight that earn the level `trusted`.
  static final long TRUSTED_JOBS = 1_000;

  static final long TRUSTED_PARTIES = 20;
  static final double TRUSTED_SCORE = 4.5;
  static final double TRUSTED_WEIGHT = 10;

  /// Whether an agent of this standing has earned `trusted` by this score.
  boolean earnsTrust(Score now) {
    return asProvider + asClient >= TRUSTED_JOBS
        && parties >= TRUSTED_PARTIES
        && now.weight() >= TRUSTED_WEIGHT
        && now.mean() >= TRUSTED_SCORE;
  }
}
