package dev.meshkore.cli;

import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// What binds an agent on the market, as it is signed.
sealed interface MarketMove extends Asked {
  /// For how long terms stand, where nothing else is said: an hour.
  long VALID_SECONDS = 3_600;

  /// What the text of a move in a negotiation says it is.
  private static void begin(ObjectNode move, String negotiation, String kind) {
    move.put("type", "meshkore-move").put("negotiation_id", negotiation).put("kind", kind);
  }

  /// A name for a negotiation that begins: it is part of what is signed, so the agent gives it.
  static String newId() {
    return "neg_" + UUID.randomUUID().toString().replace("-", "");
  }

  /// Terms in the form in which they are signed.
  private static ObjectNode signed(JsonNode said) {
    var terms = Json.object().put("subject", Json.text(said, "subject").strip());
    terms.put("quantity", said.path("quantity").asLong(1));
    var price = said.path("price");
    var asset = Asset.of("price.asset", Json.text(price, "asset"));
    terms
        .putObject("price")
        .put("asset", asset.code())
        .put("atoms", Money.parse("price.amount", asset, Json.text(price, "amount")).atoms());
    Asked.number(said, terms, "deliver_within");
    Asked.text(said, terms, "note");
    return terms;
  }

  /// A proposal to an agent, or about a service, of which the hub knows whose it is.
  ///
  /// @param draft as it is asked for
  record Proposal(String agentId, ObjectNode draft) implements MarketMove {
    @Override
    public void addTo(ObjectNode move, JsonNode shown) {
      begin(move, Json.text(draft, "negotiation_id"), "propose");
      move.put("sequence", 0).putNull("previous");
      var other = Json.text(draft.has("with") ? draft : shown, draft.has("with") ? "with" : "to");
      var isSelling = Json.text(draft, "role").equals("seller");
      move.put("to", other);
      move.put("buyer", isSelling ? other : agentId).put("seller", isSelling ? agentId : other);
      Asked.text(draft, move, "service_id");
      move.set("terms", signed(draft.path("terms")));
      Asked.number(draft, move, "valid_for");
    }
  }

  /// An answer to the last move.
  ///
  /// @param now the negotiation that it answers in
  /// @param said as it is asked for
  record Answer(String agentId, JsonNode now, ObjectNode said) implements MarketMove {
    @Override
    public void addTo(ObjectNode move, JsonNode shown) {
      begin(move, Json.text(now, "negotiation_id"), Json.text(said, "kind"));
      // Which one it is says the hash of the one before.
      Asked.number(shown, move, "sequence");
      move.put("previous", Json.text(said, "previous"));
      var isBuyer = Json.text(now, "buyer").equals(agentId);
      move.put("to", Json.text(now, isBuyer ? "seller" : "buyer"));
      if (said.has("terms")) {
        move.set("terms", signed(said.path("terms")));
        Asked.number(said, move, "valid_for");
      }
    }
  }

  /// An offer to a request.
  ///
  /// @param draft as it is asked for
  record Offer(String request, ObjectNode draft) implements MarketMove {
    @Override
    public void addTo(ObjectNode move, JsonNode shown) {
      move.put("type", "meshkore-offer").put("request_id", request);
      move.set("terms", signed(draft.path("terms")));
    }
  }

  /// The acceptance of an offer.
  ///
  /// @param seen the offer as the hub shows it to its buyer
  record Acceptance(Supplier<JsonNode> seen, ObjectNode said) implements MarketMove {
    @Override
    public void addTo(ObjectNode move, JsonNode shown) {
      var offer = seen.get();
      begin(move, Json.text(said, "negotiation_id"), "accept");
      move.put("sequence", 1).put("previous", Json.text(offer, "hash"));
      move.put("to", Json.text(offer.path("seller"), "agent_id"));
    }
  }

  /// A service that is taken at the price that was seen.
  ///
  /// @param service as the hub has shown it
  record Taking(JsonNode service, ObjectNode said) implements MarketMove {
    @Override
    public void addTo(ObjectNode move, JsonNode shown) {
      begin(move, Json.text(said, "negotiation_id"), "accept");
      move.put("sequence", 1);
      Asked.word(shown, move, "previous");
      move.put("to", Json.text(service.path("seller"), "agent_id"));
      var terms = move.putObject("terms").put("subject", Json.text(service, "name"));
      var quantity = said.path("quantity").asLong(1);
      terms.put("quantity", quantity);
      var price = service.path("price");
      var asset = Asset.of("price.asset", Json.text(price, "asset"));
      var one = Money.parse("price.amount", asset, Json.text(price, "amount"));
      terms
          .putObject("price")
          .put("asset", asset.code())
          .put("atoms", one.times("quantity", quantity).atoms());
      var sla = service.path("sla");
      if (sla.has("delivery_seconds")) {
        terms.set("deliver_within", sla.path("delivery_seconds"));
      }
      if (!sla.isEmpty()) {
        terms.set("sla", sla);
      }
    }
  }
}
