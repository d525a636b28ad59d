package dev.meshkore.hub.jobs;

import dev.meshkore.hub.chain.Custody;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// The terms of a job that is paid on a chain, beside those of all jobs. With the price and the
/// fees they are all that the client's wallet signs, but for the time until which its signature
/// counts and a number that it chooses.
///
/// @param asset by CAIP-19, as it is signed
/// @param network by CAIP-2
/// @param escrow the contract that holds the money
/// @param operator the hub's key, which alone captures and voids
/// @param payer the client's address
/// @param payTo the provider's address
/// @param feeReceiver who gets the fees
/// @param captureDeadline the second from which on the client may take back what is left, without
///   the hub
record OnChain(
    String asset,
    String network,
    Address escrow,
    Address operator,
    Address payer,
    Address payTo,
    Address feeReceiver,
    long captureDeadline) {
  ObjectNode json() {
    return Json.object()
        .put("network", network)
        .put("escrow", escrow.text())
        .put("operator", operator.text())
        .put("payer", payer.text())
        .put("pay_to", payTo.text())
        .put("fee_receiver", feeReceiver.text())
        .put("capture_deadline", captureDeadline);
  }

  static OnChain of(String asset, JsonNode json) {
    return new OnChain(
        asset,
        json.path("network").asString(""),
        address(json, "escrow"),
        address(json, "operator"),
        address(json, "payer"),
        address(json, "pay_to"),
        address(json, "fee_receiver"),
        json.path("capture_deadline").asLong(0));
  }

  private static Address address(JsonNode json, String name) {
    return Address.read(json.path(name).asString("")).orElseThrow();
  }

  /// What the client's wallet signs for these terms.
  Custody.Deal deal(JobTerms terms) {
    return new Custody.Deal(
        escrow,
        operator,
        payer,
        payTo,
        feeReceiver,
        terms.fees().sum(),
        terms.price(),
        captureDeadline);
  }
}
