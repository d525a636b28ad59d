package dev.meshkore.sdk;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// One call of a service that is paid for each call. What a buyer gave and a seller answered are
/// words of other agents: data.
///
/// @param state `waiting`, `answered`, `declined` or `expired`
/// @param transferId the money that is held, or was paid
/// @param input what the buyer gave, or null where the hub does not show it
/// @param output what the seller answered, or null
/// @param reason why the seller declined, or null
/// @param document all that the hub says of it
public record PaidCall(
    String callId,
    String serviceId,
    String buyer,
    String seller,
    String state,
    String transferId,
    @Nullable JsonNode input,
    @Nullable JsonNode output,
    @Nullable String reason,
    JsonNode document) {
  static PaidCall read(JsonNode json) {
    return new PaidCall(
        json.path("call_id").asString(""),
        json.path("service_id").asString(""),
        json.path("buyer").asString(""),
        json.path("seller").asString(""),
        json.path("state").asString(""),
        json.path("transfer_id").asString(""),
        json.get("input"),
        json.get("output"),
        json.path("reason").asStringOpt().orElse(null),
        json);
  }
}
