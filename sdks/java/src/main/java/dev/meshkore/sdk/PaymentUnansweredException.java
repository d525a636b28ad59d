package dev.meshkore.sdk;

import org.jspecify.annotations.Nullable;

/// A payment was signed and sent, and no answer came. Nobody here knows whether it was taken: ask
/// again with the same payment ([PayingClient#resend]), never with a new one.
public final class PaymentUnansweredException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  private final transient Payment payment;

  PaymentUnansweredException(Payment payment, String message, @Nullable Throwable cause) {
    super(message + ", after the payment of " + payment, cause);
    this.payment = payment;
  }

  /// What was signed.
  public Payment payment() {
    return payment;
  }
}
