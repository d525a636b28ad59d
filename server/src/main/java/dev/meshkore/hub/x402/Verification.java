package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;

/// Whether a signed payment would move the money.
public sealed interface Verification {
  /// It would, now.
  ///
  /// @param payer whose money it is
  record Valid(Address payer) implements Verification {}

  /// It would not.
  ///
  /// @param reason a word of x402, or a problem's of this hub
  /// @param payer whose money it says it is, as an address, or ""
  record Invalid(String reason, String payer) implements Verification {}
}
