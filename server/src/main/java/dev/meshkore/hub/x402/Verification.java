package dev.meshkore.hub.x402;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import tools.jackson.databind.node.ObjectNode;

/// Whether a signed payment would move the money.
public sealed interface Verification {
  /// It would, now.
  ///
  /// @param payer whose money it is
  /// @param extra what the scheme tells besides, if anything
  record Valid(Address payer, ObjectNode extra) implements Verification {
    /// One of which nothing is told besides.
    public Valid(Address payer) {
      this(payer, Json.object());
    }
  }

  /// It would not.
  ///
  /// @param reason a word of x402, or a problem's of this hub
  /// @param payer whose money it says it is, as an address, or ""
  record Invalid(String reason, String payer) implements Verification {}
}
