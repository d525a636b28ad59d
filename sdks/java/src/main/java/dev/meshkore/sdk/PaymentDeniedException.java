package dev.meshkore.sdk;

import java.util.List;
import java.util.stream.Collectors;

/// A seller wants to be paid in no way that the limits allow. Nothing was signed.
public final class PaymentDeniedException extends MeshKoreException {
  private static final long serialVersionUID = 1;

  private final transient List<Denial> denials;

  PaymentDeniedException(List<Denial> denials) {
    super(
        denials.stream()
            .map(one -> one.limit() + ": " + one.detail())
            .collect(Collectors.joining("; ", "Not paid, and nothing signed. ", "")),
        null);
    this.denials = List.copyOf(denials);
  }

  /// What stood against each way to pay; at least one.
  public List<Denial> denials() {
    return denials;
  }
}
