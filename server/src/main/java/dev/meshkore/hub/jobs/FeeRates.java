package dev.meshkore.hub.jobs;

/// What the hub takes of what a provider is paid, in hundredths of a percent. A fee is reckoned of
/// all that a job has released so far and rounded down, so that parts cost together what the whole
/// costs.
///
/// @param transaction for the payment
/// @param escrow for holding it before, or 0 where it was not held
record FeeRates(long transaction, long escrow) {
  private static final long WHOLE = 10_000;

  /// What was taken.
  record Taken(long transaction, long escrow) {
    long sum() {
      return transaction + escrow;
    }

    Taken minus(Taken before) {
      return new Taken(transaction - before.transaction, escrow - before.escrow);
    }
  }

  /// All that is taken where so much was released in all.
  Taken of(long releasedAtoms) {
    return new Taken(releasedAtoms * transaction / WHOLE, releasedAtoms * escrow / WHOLE);
  }
}
