package dev.meshkore.hub.jobs;

import java.util.List;

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

  /// Both, as one rate.
  long sum() {
    return transaction + escrow;
  }

  /// All that is taken of these payments, each rounded down by itself.
  Taken ofEach(List<Long> payments) {
    long all = payments.stream().mapToLong(atoms -> atoms * sum() / WHOLE).sum();
    long first = payments.stream().mapToLong(atoms -> atoms * transaction / WHOLE).sum();
    return new Taken(first, all - first);
  }

  /// All that is taken where so much was released in all.
  Taken of(long releasedAtoms) {
    return new Taken(releasedAtoms * transaction / WHOLE, releasedAtoms * escrow / WHOLE);
  }
}
