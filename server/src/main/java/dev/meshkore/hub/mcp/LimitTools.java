package dev.meshkore.hub.mcp;

import dev.meshkore.hub.mcp.Definitions.Effect;
import dev.meshkore.hub.mcp.Definitions.Words;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What the caller may do, and how much is left of it.
final class LimitTools {
  private static final String INPUT =
      """
      {"mandate_id":{"type":"string","description":"Only this mandate, also one that has ended."}}
      """;
  private static final String OUTPUT =
      """
      {"notice":{"type":"string"},
       "owner":{"type":["object","null"],"properties":{"owner_id":{"type":"string"},
        "mandates":{"type":"string","description":"With required, what no mandate allows is \
        refused; with optional, only payments are."}}},
       "mandates":{"type":"array","items":{"type":"object","properties":{
        "mandate_id":{"type":"string"},"status":{"type":"string"},
        "calls":{"type":"array","items":{"type":"string"}},
        "counterparties":{"type":"object"},"spend":{"type":"array","items":{"type":"object"}},
        "expires_at":{"type":"string"},
        "remaining":{"type":"array","description":"Of each limit of it, and of those of the \
        mandates before it. Amounts of an asset are in atoms: so many decimals make one.",
         "items":{"type":"object","properties":{"mandate_id":{"type":"string"},
          "name":{"type":"string"},"counterparty":{"type":"string"},"unit":{"type":"string"},
          "decimals":{"type":"integer"},"seconds":{"type":["integer","null"]},
          "calendar":{"type":"string"},"limit":{"type":"integer"},
          "remaining":{"type":"integer"},"resets_at":{"type":"string"}},
          "required":["mandate_id","name","unit","limit","remaining"]}}},
        "required":["mandate_id","status","calls","expires_at","remaining"]}},
       "budgets":{"type":"array","description":"Those of messages that the operator has set.",
        "items":{"type":"object","properties":{"scope":{"type":"string"},
         "limit":{"type":"integer"},"remaining":{"type":"integer"},
         "resets_at":{"type":"string"}},"required":["scope","limit","remaining"]}}}
      """;
  private static final String PAGE = "/mandates?limit=200";
  private static final int PAGES_MAX = 50;
  private static final Set<String> HOLDS = Set.of("live", "waiting");

  /// What counts nothing, but is asked of each payment anew.
  private static final Set<String> OF_EACH =
      Set.of("per_payment", "first_payment", "require_escrow_over");

  /// The mandates to show, or why they cannot be listed.
  private record Listed(List<String> ids, @Nullable ObjectNode failure) {}

  private final HubCalls hub;

  LimitTools(HubCalls hub) {
    this.hub = hub;
  }

  List<Tool> tools() {
    return List.of(
        Definitions.tool(
            new Words(
                "limits",
                "See what you may do",
                "Show your mandates (what your owner allows you, with whom, until when), what is"
                    + " left of each of their limits of messages and of money, and when more is"
                    + " free; and the operator's budgets of messages. Look here before you promise"
                    + " to pay, and after budget-exhausted or mandate-required. Only your owner"
                    + " can allow more."),
            Effect.READS,
            INPUT,
            List.of(),
            OUTPUT,
            this::limits));
  }

  private McpResult limits(McpCall call) {
    ObjectNode arguments = call.arguments();
    HubCalls.allow(arguments, List.of("mandate_id"));
    Listed listed = listed(call);
    if (listed.failure() != null) {
      return Refusals.failed(listed.failure());
    }
    var mandates = new ArrayList<ObjectNode>();
    for (String id : listed.ids()) {
      HubCalls.Reply one = hub.get(call.caller(), "/mandates/" + HubCalls.segment(id));
      if (!one.isDone()) {
        return Refusals.failed(one.json());
      }
      mandates.add(one.json().without("token"));
    }
    HubCalls.Reply owner = hub.get(call.caller(), "/owner");
    HubCalls.Reply budgets = hub.get(call.caller(), "/limits");
    for (HubCalls.Reply reply : List.of(owner, budgets)) {
      if (!reply.isDone()) {
        return Refusals.failed(reply.json());
      }
    }
    ObjectNode data = McpJson.object();
    data.set("owner", owner.json().path("owner"));
    ArrayNode list = data.putArray("mandates");
    mandates.forEach(list::add);
    data.set("budgets", budgets.json().path("limits"));
    return Shown.said(new HubCalls.Reply(true, data), "your limits", lines(data));
  }

  /// The mandate that was asked for, or those that hold, newest first.
  private Listed listed(McpCall call) {
    if (call.arguments().hasNonNull("mandate_id")) {
      return new Listed(List.of(HubCalls.text(call.arguments(), "mandate_id")), null);
    }
    var ids = new ArrayList<String>();
    String target = PAGE;
    for (int page = 0; page < PAGES_MAX && !target.isEmpty(); page++) {
      HubCalls.Reply reply = hub.get(call.caller(), target);
      ObjectNode json = reply.json();
      if (!reply.isDone()) {
        return new Listed(List.of(), json);
      }
      for (JsonNode one : json.path("mandates")) {
        if (HOLDS.contains(one.path("status").asString(""))) {
          ids.add(one.path("mandate_id").asString(""));
        }
      }
      target =
          json.path("next").isString() ? HubCalls.target(PAGE, json, Map.of("next", "cursor")) : "";
    }
    return new Listed(ids, null);
  }

  private static List<String> lines(ObjectNode data) {
    var lines = new ArrayList<String>();
    for (JsonNode mandate : data.path("mandates")) {
      lines.add(mandate(mandate));
      mandate
          .path("remaining")
          .forEach(one -> lines.add("- " + left(one, mandate.path("mandate_id").asString(""))));
    }
    if (lines.isEmpty()) {
      lines.add(none(data.path("owner")));
    }
    data.path("budgets").forEach(one -> lines.add(budget(one)));
    return lines;
  }

  private static String none(JsonNode owner) {
    if (!owner.isObject()) {
      return "You have no owner, and need no mandate: you may pay what you have.";
    }
    return owner.path("mandates").asString("").equals("required")
        ? "You have no mandate, and your owner requires one: you may read, but not send or pay."
        : "You have no mandate: you may send, but not pay.";
  }

  private static String mandate(JsonNode mandate) {
    JsonNode with = mandate.path("counterparties");
    var line = new StringBuilder(mandate.path("mandate_id").asString(""));
    line.append(' ').append(mandate.path("status").asString(""));
    line.append(", until ").append(mandate.path("expires_at").asString(""));
    line.append(": calls ").append(words(mandate.path("calls"), "none"));
    line.append(", with ").append(words(with.path("agents"), "nobody"));
    line.append(" (trust ").append(with.path("trust").asString("")).append(')');
    for (JsonNode spend : mandate.path("spend")) {
      line.append(", pays in ").append(spend.path("asset").asString(""));
      line.append(" by ").append(words(spend.path("rails"), "ledger"));
      if (spend.has("categories")) {
        line.append(" for ").append(words(spend.path("categories"), ""));
      }
    }
    int depth = mandate.path("delegation_depth").asInt(0);
    return line + (depth > 0 ? ", may be handed on, " + depth + " deep" : "");
  }

  private static String words(JsonNode list, String none) {
    return list.isEmpty()
        ? none
        : String.join(", ", Shown.list(list).stream().map(one -> one.asString("")).toList());
  }

  private static String left(JsonNode one, String ofMandate) {
    String name = one.path("name").asString("");
    boolean isOfEach =
        OF_EACH.contains(name) || (name.equals("per_counterparty") && !one.has("counterparty"));
    String most = amount(one, "limit") + " " + one.path("unit").asString("");
    String id = one.path("mandate_id").asString("");
    return name.replace('_', ' ')
        + (one.has("counterparty") ? " " + one.path("counterparty").asString("") : "")
        + ": "
        + (isOfEach ? most : amount(one, "remaining") + " of " + most + " left" + time(one))
        + (one.has("resets_at") ? ", more from " + one.path("resets_at").asString("") : "")
        + (id.equals(ofMandate) ? "" : ", of " + id + " before it");
  }

  private static String time(JsonNode one) {
    if (one.has("calendar")) {
      return " in this " + one.path("calendar").asString("");
    }
    return one.path("seconds").isNumber() ? " in " + one.path("seconds").asLong(0) + " s" : "";
  }

  private static String amount(JsonNode one, String member) {
    return BigDecimal.valueOf(one.path(member).asLong(0), one.path("decimals").asInt(0))
        .toPlainString();
  }

  private static String budget(JsonNode one) {
    return "operator's budget of "
        + one.path("scope").asString("")
        + ": "
        + one.path("remaining").asLong(0)
        + " of "
        + one.path("limit").asLong(0)
        + " messages left"
        + (one.has("resets_at") ? ", more from " + one.path("resets_at").asString("") : "");
  }
}
