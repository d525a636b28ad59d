package dev.meshkore.hub.x402;

import dev.meshkore.hub.http.Json;
import tools.jackson.databind.node.ObjectNode;

/// What became of a payment that was handed in.
///
/// @param isDone whether the money has moved, or cannot be kept from moving any more
/// @param reason why it is not, as a word of x402 or a problem's of this hub, or ""
/// @param transaction what the rail calls it, or ""
/// @param network where (CAIP-2)
/// @param payer whose money it is, as an address, or ""
/// @param besides what the scheme tells besides, by its members of the answer
public record Settlement(
    boolean isDone,
    String reason,
    String transaction,
    String network,
    String payer,
    ObjectNode besides) {
  /// One of which nothing is told besides.
  public Settlement(
      boolean isDone, String reason, String transaction, String network, String payer) {
    this(isDone, reason, transaction, network, payer, Json.object());
  }

  /// One that moved money.
  public static Settlement done(String transaction, String network, String payer) {
    return new Settlement(true, "", transaction, network, payer);
  }

  /// One that moved nothing.
  public static Settlement refused(String reason, String network, String payer) {
    return new Settlement(false, reason, "", network, payer);
  }

  /// The same, with what the scheme tells besides.
  public Settlement with(ObjectNode besides) {
    return new Settlement(isDone, reason, transaction, network, payer, besides);
  }
}
