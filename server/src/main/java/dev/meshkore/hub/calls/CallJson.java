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
    json.put("from", call.buyer() == PaidCall.STRANGER ? null : agents.idOf(call.buyer()));
    json.setAll(MoneyJson.json(price));
    json.put("transaction_bps", call.feeBps());
    json.put("answer_by", Rfc3339.text(call.expiresAtMs()));
    return json;
  }

  /// What a call costs, and how it is paid.
  sealed interface Cost {
    Money price();

    /// By the ledger.
    record Held(Money price, long transfer) implements Cost {}

    /// By a chain.
    record OnChain(ChainPayment payment) implements Cost {
      @Override
      public Money price() {
        return payment.money();
      }
    }
  }

  /// A call, for its buyer or its seller. A buyer sees no answer that is not paid.
  static ObjectNode json(PaidCall call, Cost cost, Agents agents, boolean isForSeller) {
    ObjectNode json = Json.object();
    json.put("call_id", call.id());
    json.put("service_id", call.service());
    json.put("service_version", call.version());
    putBuyer(json, call, agents);
    json.put("seller", agents.idOf(call.seller()));
    json.put("state", call.state().word());
    json.setAll(MoneyJson.json(cost.price()));
    switch (cost) {
      case Cost.Held held -> json.put("transfer_id", "t" + held.transfer());
      case Cost.OnChain(var payment) -> {
        json.put("payer", payment.payer().text());
        json.put("pay_to", payment.payTo().text());
        if (!payment.transaction().isEmpty()) {
          json.put("transaction", payment.transaction());
        }
      }
    }
    json.put("transaction_bps", call.feeBps());
    if (call.state() == PaidCall.State.ANSWERED) {
      json.put("fee_atoms", call.fee());
    }
    json.set("input", tree(call.input()));
    if (isForSeller || call.state() == PaidCall.State.ANSWERED) {
      call.output().ifPresent(output -> json.set("output", tree(output)));
    }
    if (!call.reason().isEmpty()) {
      json.put("reason", call.reason());
    }
    json.put("answer_by", Rfc3339.text(call.expiresAtMs()));
    json.put("made_at", Rfc3339.text(call.madeAtMs()));
    return json;
  }

  private static void putBuyer(ObjectNode json, PaidCall call, Agents agents) {
    json.put("buyer", call.buyer() == PaidCall.STRANGER ? null : agents.idOf(call.buyer()));
  }

  private static JsonNode tree(String json) {
    return Json.own(json.getBytes(StandardCharsets.UTF_8));
  }
}
