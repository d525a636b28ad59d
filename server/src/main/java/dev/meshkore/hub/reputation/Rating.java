package dev.meshkore.hub.reputation;

/// What one side of a job says of the other.
///
/// @param number as the hub counts ratings
/// @param stars from 1 to 5
/// @param comment its words, or ""
/// @param opensAtMs from when on others see it, and it counts
record Rating(
    long number,
    String jobId,
    long rater,
    long rated,
    int stars,
    String comment,
    long madeAtMs,
    long opensAtMs) {
  boolean isOpen(long nowMs) {
    return nowMs >= opensAtMs;
  }

  /// A rating with the job that it is of.
  record Placed(Rating rating, RatedJob job) {
    /// Whether the client gave it.
    boolean isByClient() {
      return rating.rater() == job.client();
    }

    /// As a score sees it.
    Score.Evidence evidence(long nowMs) {
      return new Score.Evidence(
          rating.stars(),
          isByClient() ? job.clientParty() : job.providerParty(),
          job.fee(),
          nowMs - job.endedAtMs());
    }
  }
}
