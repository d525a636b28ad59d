package dev.meshkore.hub.x402;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import tools.jackson.databind.node.ObjectNode;

/// A signed payment that has moved its money, as a leaf of its batch's tree says it.
///
/// @param signed what its buyer has signed
/// @param transfer the transfer of that
/// @param atoms how much has moved, which is less than was signed where a part was paid
record BatchedPayment(SqlX402.Row signed, Transfer transfer, long atoms) {
  private static final String TYPE = "meshkore-batched-payment";

  /// The agent that has paid.
  long payer() {
    return transfer.debit().agent();
  }

  /// The agent that was paid.
  long payee() {
    return transfer.credit().agent();
  }

  /// What its leaf says: addresses and nonce as they were signed, so that a buyer knows it again.
  ObjectNode leaf(int position) {
    ObjectNode json = Json.object();
    json.put("v", 1);
    json.put("type", TYPE);
    json.put("position", position);
    json.put("transfer_id", transfer.name());
    json.put("payer", lower(signed.payer()));
    json.put("pay_to", lower(signed.payTo()));
    json.put("nonce", signed.nonce());
    json.put("asset", Asset.CREDIT.code());
    json.put("atoms", atoms);
    return json;
  }

  /// The leaf as a node.
  SumTree.Node node(int position) {
    return SumTree.leaf(Canonical.bytes(leaf(position)), atoms);
  }

  private static String lower(Address address) {
    return "0x" + address.hex();
  }
}
