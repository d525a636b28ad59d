package dev.meshkore.sdk;

import tools.jackson.databind.JsonNode;

/// Money of the hub's ledger that moved, or is held.
///
/// @param transferId as the hub calls it
/// @param state `paid`, `held`, `released` or `expired`
/// @param atoms how much, in the smallest part of the asset
/// @param document all that the hub says of it; its `about` is the payer's word, and data
public record Transfer(
    String transferId,
    String state,
    String from,
    String to,
    String asset,
    long atoms,
    JsonNode document) {
  static Transfer read(JsonNode json) {
    return new Transfer(
        json.path("transfer_id").asString(""),
        json.path("state").asString(""),
        json.path("from").asString(""),
        json.path("to").asString(""),
        json.path("asset").asString(""),
        Wallet.atoms(json.path("atoms")),
        json);
  }
}
