package dev.meshkore.hub.chain;

import java.util.Locale;

/// What a transaction of the hub's is for.
enum Kind {
  /// A payment by an authorization of the token.
  EXACT(true, 1_000_000, 0, Following.REVERTED),
  /// Money for a channel, by an authorization of the token.
  DEPOSIT(true, 1_000_000, 0, VoucherWords.DEPOSIT_FAILED),
  /// What vouchers say becomes their receiver's.
  CLAIM(false, 150_000, 60_000, VoucherWords.CLAIM_FAILED),
  /// A receiver is paid what is its own.
  SETTLE(false, 250_000, 0, VoucherWords.SETTLE_FAILED),
  /// What is not the receiver's goes back to the payer.
  REFUND(false, 350_000, 0, VoucherWords.REFUND_FAILED),
  /// A payer's money goes into escrow, by an authorization of the token.
  AUTHORIZE(true, 1_000_000, 0, Following.REVERTED),
  /// A receiver is paid out of escrow, less the fee.
  CAPTURE(false, 350_000, 0, CustodyWords.CAPTURE_FAILED),
  /// What is in escrow goes back to its payer.
  VOID(false, 350_000, 0, CustodyWords.VOID_FAILED);

  private final boolean isAuthorized;
  private final long gasMax;
  private final long gasForEach;
  private final String failure;

  Kind(boolean isAuthorized, long gasMax, long gasForEach, String failure) {
    this.isAuthorized = isAuthorized;
    this.gasMax = gasMax;
    this.gasForEach = gasForEach;
    this.failure = failure;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Kind of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /// Whether it uses an authorization of the token up, which others may use as well, until its time
  /// is over. What is none fails for good with its transaction, and who asked is to look anew.
  boolean isAuthorized() {
    return isAuthorized;
  }

  /// The most units of gas that one may take.
  ///
  /// @param aims how many aims it has: one for each voucher of a claim
  long gasMax(int aims) {
    return gasMax + gasForEach * aims;
  }

  /// The fewest units of gas that one is given. A payout takes more where another claim or payout
  /// comes before it than the node reckons now.
  long gasLeast() {
    return this == SETTLE ? 120_000 : 0;
  }

  /// Why it failed, in a word of x402, when its transaction did nothing.
  String failure() {
    return failure;
  }

  /// One in so many of an hour's transactions is kept for it and its like, whatever others take.
  int share() {
    return switch (this) {
      case EXACT -> 4;
      case DEPOSIT -> 8;
      case CLAIM, SETTLE, REFUND -> 8;
      case AUTHORIZE, CAPTURE, VOID -> 16;
    };
  }

  /// Those that have their share together.
  Kind like() {
    return switch (this) {
      case EXACT -> EXACT;
      case DEPOSIT -> DEPOSIT;
      case CLAIM, SETTLE, REFUND -> CLAIM;
      case AUTHORIZE -> AUTHORIZE;
      case CAPTURE, VOID -> CAPTURE;
    };
  }
}
