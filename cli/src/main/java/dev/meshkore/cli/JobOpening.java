package dev.meshkore.cli;

import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The opening of a job, as it is signed. Fees, and times and rules that were not said, are the
/// hub's; of an agreement what it says counts.
///
/// @param draft as it is asked for
record JobOpening(Signatory agent, ObjectNode draft, InstantSource clock) implements Asked {
  /// As often a provider may submit a milestone.
  private static final int SUBMISSIONS = 20;

  /// So much longer than all of a job a hub may hold its money: three days, and an hour for clocks.
  private static final Duration MARGIN = Duration.ofHours(73);

  private static final List<String> TIMES =
      List.of("fund_seconds", "review_seconds", "resolve_seconds");
  private static final List<String> RULES = List.of("silence", "unresolved");
  private static final List<String> OF_THE_HUB = List.of("transaction_bps", "escrow_bps");

  @Override
  public void addTo(ObjectNode move, JsonNode shown) {
    var agreed = agreed();
    move.put("type", JobStep.TYPE).put("job_id", Json.text(draft, "job_id")).put("step", "open");
    move.put("sequence", 0).putNull("previous");
    var isClient = draft.has("provider");
    var isProvider = draft.has("client");
    move.put(
        "client", isClient ? agent.agentId() : Json.text(isProvider ? draft : agreed, "client"));
    move.put(
        "provider",
        isProvider ? agent.agentId() : Json.text(isClient ? draft : agreed, "provider"));
    move.set("terms", terms(agreed, shown.path("terms")));
  }

  /// On a chain each call has another deadline, unless it says one.
  @Override
  public ObjectNode besides(JsonNode shown) {
    var besides = Json.object();
    Asked.number(shown.path("terms").path("on_chain"), besides, "capture_deadline");
    return besides;
  }

  /// What was agreed on the market, with the names that a job has for both sides.
  private JsonNode agreed() {
    var id = Json.text(draft, "negotiation_id");
    if (id.isEmpty()) {
      return Json.object();
    }
    var path = "/negotiations/" + Query.value(id) + "/agreement";
    var agreed = ((ObjectNode) agent.hub().get(path)).deepCopy();
    agreed.put("client", Json.text(agreed, "buyer"));
    return agreed.put("provider", Json.text(agreed, "seller"));
  }

  private ObjectNode terms(JsonNode agreed, JsonNode shown) {
    var terms = Json.object();
    var subject = Json.text(draft.has("subject") ? draft : agreed.path("terms"), "subject").strip();
    terms.put("subject", subject);
    Asked.text(draft, terms, "note");
    var asset = Asset.of("asset", draft.has("asset") ? Json.text(draft, "asset") : "CREDIT");
    terms.put("asset", asset.code());
    var milestones = milestones(subject, asset, agreed, shown.path("milestones"));
    var all = milestones.valueStream().mapToLong(one -> one.path("atoms").asLong(0)).sum();
    terms.put("atoms", all);
    terms.set("milestones", milestones);
    terms.put("escrow", draft.path("escrow").asBoolean(true));
    OF_THE_HUB.forEach(name -> Asked.number(shown, terms, name));
    TIMES.forEach(name -> Asked.number(draft, shown, terms, name));
    RULES.forEach(name -> Asked.word(draft, shown, terms, name));
    Asked.text(draft, terms, "evaluator");
    terms.put("arbiter", draft.has("arbiter") ? Json.text(draft, "arbiter") : Agents.HUB_ID);
    if (draft.has("output_schema")) {
      terms.set("output_schema", draft.path("output_schema"));
    }
    if (draft.has("negotiation_id")) {
      var agreement = terms.putObject("agreement");
      agreement.put("negotiation_id", Json.text(draft, "negotiation_id"));
      agreement.put("head", Json.text(agreed, "head"));
    }
    if (draft.has("payer")) {
      terms.set("on_chain", chain(asset, terms, shown.path("on_chain")));
    }
    return terms;
  }

  private ArrayNode milestones(String subject, Asset asset, JsonNode agreed, JsonNode shown) {
    var milestones = Json.array();
    var said = draft.path("milestones");
    if (said.isEmpty()) {
      var one = milestones.addObject().put("name", subject);
      one.put(
          "atoms",
          draft.has("amount")
              ? atoms(asset, draft)
              : agreed.path("terms").path("price").path("atoms").asLong(0));
      Asked.number(draft, shown.path(0), one, "deliver_seconds");
    }
    for (var i = 0; i < said.size(); i++) {
      var part = said.path(i);
      var one = milestones.addObject().put("name", Json.text(part, "name").strip());
      one.put("atoms", atoms(asset, part));
      var within = part.has("deliver_seconds") ? part : draft;
      Asked.number(within, shown.path(i), one, "deliver_seconds");
    }
    return milestones;
  }

  private static long atoms(Asset asset, JsonNode said) {
    return Money.parse("amount", asset, Json.text(said, "amount")).atoms();
  }

  /// The hub's contract and keys; the addresses that were said.
  private ObjectNode chain(Asset asset, JsonNode terms, JsonNode shown) {
    var chain = Json.object().put("network", asset.network());
    List.of("escrow", "operator", "fee_receiver").forEach(name -> Asked.word(shown, chain, name));
    List.of("payer", "pay_to").forEach(name -> chain.put(name, address(Json.text(draft, name))));
    if (!isLate(terms, shown.path("capture_deadline").asLong(0))) {
      Asked.number(shown, chain, "capture_deadline");
    }
    return chain;
  }

  private static String address(String text) {
    return Address.read(text).map(Address::text).orElse(text);
  }

  /// Whether the payer would wait longer for its money than the terms explain.
  private boolean isLate(JsonNode terms, long deadline) {
    var most = terms.path("fund_seconds").asLong(0) + MARGIN.toSeconds();
    for (var one : terms.path("milestones")) {
      most +=
          one.path("deliver_seconds").asLong(0)
              + SUBMISSIONS * terms.path("review_seconds").asLong(0)
              + terms.path("resolve_seconds").asLong(0);
    }
    return deadline - clock.instant().getEpochSecond() > most;
  }
}
