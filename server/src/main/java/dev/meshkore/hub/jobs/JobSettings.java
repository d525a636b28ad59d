package dev.meshkore.hub.jobs;

import dev.meshkore.hub.money.Money;

/// What an operator sets of jobs.
///
/// @param escrowAbove atoms of CREDIT above which there must be escrow
/// @param transactionBps what is taken of what a provider is paid, in hundredths of a percent
/// @param escrowBps the same besides, where there is escrow
public record JobSettings(long escrowAbove, long transactionBps, long escrowBps) {
  /// The threshold that there is without a setting.
  public static final Money NO_ESCROW_UP_TO = JobTerms.credits(10_000_000);

  /// The fees of a job that is opened now.
  FeeRates fees(boolean isEscrow) {
    return new FeeRates(transactionBps, isEscrow ? escrowBps : 0);
  }
}
