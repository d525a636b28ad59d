package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// How calls are shown.
final class CallJson {
  private CallJson() {}

  /// What a seller is told of a call. What the buyer wrote is not in it; it is read with the call.
  static ObjectNode notice(PaidCall call, Money price, Agents agents) {
    ObjectNode json = Json.object();
    json.put("notice", "call");
    json.put("call_id", call.id());
    json.put("service_id", call.service());
    json.put("from", agents.idOf(call.buyer()));
    json.setAll(MoneyJson.json(price));
    json.put("transaction_bps", call.feeBps());
    json.put("answer_by", Rfc3339.text(call.expiresAtMs()));
    return json;
  }

  /// A call, for its buyer or its seller.
  static ObjectNode json(PaidCall call, Money price, Agents agents) {
    ObjectNode json = Json.object();
    json.put("call_id", call.id());
    json.put("service_id", call.service());
    json.put("service_version", call.version());
    json.put("buyer", agents.idOf(call.buyer()));
    json.put("seller", agents.idOf(call.seller()));
    json.put("transfer_id", "t" + call.transfer());
    json.put("state", call.state().word());
    json.setAll(MoneyJson.json(price));
    json.put("transaction_bps", call.feeBps());
    if (call.state() == PaidCall.State.ANSWERED) {
      json.put("fee_atoms", call.fee());
    }
    json.set("input", tree(call.input()));
    call.output().ifPresent(output -> json.set("output", tree(output)));
    if (!call.reason().isEmpty()) {
      json.put("reason", call.reason());
    }
    json.put("answer_by", Rfc3339.text(call.expiresAtMs()));
    json.put("made_at", Rfc3339.text(call.madeAtMs()));
    return json;
  }

  private static JsonNode tree(String json) {
    return Json.own(json.getBytes(StandardCharsets.UTF_8));
  }
}
