package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.problem.Refused;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ObjectNode;

/// A way to pay, as a seller names it. The hub pays nothing by it and proves nothing of it.
///
/// @param rail such as `x402` or `l402`
/// @param network such as `eip155:8453`, or ""
/// @param token the asset's name on that network, or ""
/// @param receiver who is paid there, or ""
record Payment(String rail, String network, String token, String receiver) {
  private static final Pattern RAIL = Pattern.compile("[a-z0-9][a-z0-9-]{0,31}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:._/-]{0,128}");

  static Payment read(Fields fields) {
    var payment =
        new Payment(
            fields.text("rail"),
            fields.optionalText("network").orElse(""),
            fields.optionalText("token").orElse(""),
            fields.optionalText("receiver").orElse(""));
    fields.end();
    boolean isOfForm =
        RAIL.matcher(payment.rail).matches()
            && NAME.matcher(payment.network).matches()
            && NAME.matcher(payment.token).matches()
            && NAME.matcher(payment.receiver).matches();
    if (!isOfForm) {
      throw Refused.field("payments", "rail, network, token and receiver are names");
    }
    return payment;
  }

  /// What it says, up to the last part that is said.
  List<String> parts() {
    var parts = new ArrayList<>(List.of(rail, network, token, receiver));
    while (parts.size() > 1 && parts.getLast().isEmpty()) {
      parts.removeLast();
    }
    return parts;
  }

  ObjectNode json() {
    ObjectNode json = Json.object().put("rail", rail);
    put(json, "network", network);
    put(json, "token", token);
    put(json, "receiver", receiver);
    return json;
  }

  private static void put(ObjectNode json, String name, String value) {
    if (!value.isEmpty()) {
      json.put(name, value);
    }
  }
}
