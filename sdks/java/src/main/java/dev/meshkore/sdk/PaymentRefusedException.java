package dev.meshkore.sdk;

/// A seller did not take a payment that was signed for it.
public final class PaymentRefusedException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  private final transient Payment payment;
  private final String reason;
  private final boolean isInDoubt;

  PaymentRefusedException(Payment payment, String reason, boolean isInDoubt) {
    super(
        "The seller refused the payment of "
            + payment
            + ": "
            + Denial.quoted(reason)
            + (isInDoubt ? "; it may have been taken before" : ""),
        null);
    this.payment = payment;
    this.reason = reason;
    this.isInDoubt = isInDoubt;
  }

  /// What was signed. It can still be taken until [Payment#validBefore], and counts in the budget.
  public Payment payment() {
    return payment;
  }

  /// The seller's reason, such as `insufficient_funds`, or "": data.
  public String reason() {
    return reason;
  }

  /// Whether it may have been taken nonetheless: an answer to it was lost, and a seller that has
  /// forgotten what it answered refuses the second time. It is always so where the same was asked
  /// before ([PayingClient#resend]), and of GET and HEAD, which Java's own client repeats unasked
  /// when a connection breaks.
  public boolean isInDoubt() {
    return isInDoubt;
  }
}
