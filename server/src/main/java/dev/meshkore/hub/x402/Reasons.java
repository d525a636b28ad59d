package dev.meshkore.hub.x402;

import dev.meshkore.hub.problem.Refused;

/// Why a payment is not taken, in words of x402 where it has one, else the problem's own.
final class Reasons {
  static final String USED = "nonce_already_used";
  static final String FUNDS = "insufficient_funds";

  private Reasons() {}

  static String of(Refused refused) {
    return switch (refused.type()) {
      case INSUFFICIENT_FUNDS -> FUNDS;
      case ID_TAKEN -> USED;
      default -> refused.type().slug();
    };
  }
}
