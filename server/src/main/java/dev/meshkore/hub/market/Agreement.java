package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Canonical;
import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.deeds.Seal;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// An agreement as a document that stands by itself: every move with its proof, chained by hashes,
/// and the hub's signature over the whole. Whoever has it checks it without the hub.
public final class Agreement {
  private static final String TYPE = "meshkore-agreement";

  private Agreement() {}

  /// The document of an agreement.
  static ObjectNode of(MarketParts parts, Negotiation negotiation, List<Link> chain) {
    ObjectNode json = Json.object();
    json.put("v", 1);
    json.put("type", TYPE);
    json.put("hub", parts.hubUrl().get());
    json.put("negotiation_id", negotiation.id());
    json.put("buyer", parts.agents().idOf(negotiation.buyer()));
    json.put("seller", parts.agents().idOf(negotiation.seller()));
    json.put("agreed_at", Rfc3339.text(negotiation.agreedAtMs()));
    json.put("deliver_by", Rfc3339.text(negotiation.expiresAtMs()));
    json.put("self_dealing", negotiation.isOwn());
    json.set("terms", terms(chain));
    ArrayNode links = json.putArray("chain");
    chain.forEach(link -> links.add(link.json()));
    json.put("head", chain.getLast().hash());
    List<String> former =
        chain.stream()
            .map(link -> text(link.move(), "hub"))
            .filter(hub -> !hub.equals(parts.hubUrl().get()))
            .distinct()
            .toList();
    if (!former.isEmpty()) {
      ArrayNode hubs = json.putArray("former_hubs");
      former.forEach(hubs::add);
    }
    new Seal(parts.signingKeys(), parts.hubUrl()).put(json);
    return json;
  }

  /// What was agreed to: what the acceptance says, or the last that was put before it.
  private static JsonNode terms(List<Link> chain) {
    for (Link link : chain.reversed()) {
      if (link.move().has("terms")) {
        return link.move().get("terms");
      }
    }
    throw new IllegalArgumentException("Nothing was put");
  }

  /// What is wrong with a document that says it is an agreement; nothing where every link follows
  /// the one before, is by whom it says, and the last accepts what the other side had put, and the
  /// hub has signed what rests on its word.
  ///
  /// @param hubKeys the hub's key set, as its `/.well-known/jwks.json` answers it or its reader has
  ///   kept it; what only the hub says counts as nothing where none of them has signed it
  public static List<String> faults(byte[] document, JsonNode hubKeys) {
    try {
      JsonNode json = Json.own(document);
      return json.isObject() ? faults((ObjectNode) json, hubKeys) : List.of("It is no object");
    } catch (RuntimeException _) {
      return List.of("It cannot be read");
    }
  }

  /// What is wrong with a document, for whoever knows no key of the hub: moves that no key signed
  /// are among it.
  public static List<String> faults(byte[] document) {
    return faults(document, Json.object());
  }

  private static List<String> faults(ObjectNode json, JsonNode hubKeys) {
    var faults = new ArrayList<String>();
    boolean isOfHub = Seal.isBy(hubKeys, json);
    if (!isOfHub && (json.has("former_hubs") || !hubKeys.isEmpty())) {
      faults.add("No key of the hub has signed it");
    }
    if (json.path("v").asInt(0) != 1 || !json.path("type").asString("").equals(TYPE)) {
      faults.add("It is no agreement of version 1");
    }
    List<JsonNode> chain = json.path("chain").valueStream().toList();
    if (chain.size() < 2) {
      faults.add("It has no proposal and acceptance");
      return faults;
    }
    for (int i = 0; i < chain.size(); i++) {
      JsonNode before = i == 0 ? null : chain.get(i - 1).path("move");
      check(json, chain.get(i), before == null ? "" : Canonical.hash(before), i, faults);
      if (!isOfHub && !text(chain.get(i).path("proof"), "by").equals("key")) {
        faults.add("Move " + i + ": only the hub says who made it, and it has not signed that");
      }
    }
    if (!text(json, "head").equals(Canonical.hash(chain.getLast().path("move")))) {
      faults.add("The head is not the last move");
    }
    checkEnd(json, chain, faults);
    return faults;
  }

  private static void check(
      ObjectNode json, JsonNode link, String before, int sequence, List<String> faults) {
    JsonNode move = link.path("move");
    String at = "Move " + sequence + ": ";
    if (!text(link, "hash").equals(Canonical.hash(move))) {
      faults.add(at + "its hash is not its own");
    }
    boolean isHere =
        text(move, "hub").equals(text(json, "hub"))
            || json.path("former_hubs")
                .valueStream()
                .anyMatch(hub -> hub.asString("").equals(text(move, "hub")));
    if (!isHere) {
      faults.add(at + "it was made at another hub");
    }
    String type = text(move, "type");
    boolean isFirst = sequence == 0;
    boolean isKnown =
        type.equals(Move.TYPE)
            || (isFirst && (type.equals(Move.OFFER) || type.equals(Move.LISTING)));
    if (!isKnown) {
      faults.add(at + "it is of an unknown type");
    }
    if (type.equals(Move.TYPE)) {
      if (move.path("sequence").asInt(-1) != sequence
          || !text(move, "negotiation_id").equals(text(json, "negotiation_id"))) {
        faults.add(at + "it is of another place or negotiation");
      }
      if (!text(move, "previous").equals(before)) {
        faults.add(at + "it does not follow the one before");
      }
      String kind = text(move, "kind");
      if (isFirst != kind.equals("propose") || kind.equals("decline")) {
        faults.add(at + "it is no " + (isFirst ? "proposal" : "answer"));
      }
    }
    checkParties(json, move, at, faults);
    Signatures.fault(link).ifPresent(fault -> faults.add(at + fault));
  }

  /// What a move says of who buys and who sells is what the document says.
  private static void checkParties(ObjectNode json, JsonNode move, String at, List<String> faults) {
    String buyer = text(json, "buyer");
    String seller = text(json, "seller");
    String from = text(move, "from");
    String to = from.equals(buyer) ? seller : buyer;
    boolean isOfSeller = !text(move, "type").equals(Move.TYPE);
    if (buyer.equals(seller) || !(from.equals(buyer) || from.equals(seller))) {
      faults.add(at + "it is by somebody else");
    } else if (isOfSeller && !from.equals(seller)) {
      faults.add(at + "it is not by the seller");
    }
    if (!isOfSeller && !text(move, "to").equals(to)) {
      faults.add(at + "it was made to somebody else");
    }
    boolean isProposal = text(move, "kind").equals("propose");
    if (isProposal && !(text(move, "buyer").equals(buyer) && text(move, "seller").equals(seller))) {
      faults.add(at + "it is of another buyer or seller");
    }
  }

  /// Only what is put by one side and accepted by the other binds both.
  private static void checkEnd(ObjectNode json, List<JsonNode> chain, List<String> faults) {
    JsonNode last = chain.getLast().path("move");
    JsonNode put = chain.get(chain.size() - 2).path("move");
    if (!text(last, "kind").equals("accept")) {
      faults.add("The last move accepts nothing");
    }
    if (text(last, "from").equals(text(put, "from"))) {
      faults.add("Who accepts is who had put it");
    }
    for (int i = 1; i < chain.size(); i++) {
      JsonNode one = chain.get(i).path("move");
      boolean isLast = i == chain.size() - 1;
      if (!isLast && !text(one, "kind").equals("counter")) {
        faults.add("Move " + i + ": it is no counter");
      }
      if (text(one, "from").equals(text(chain.get(i - 1).path("move"), "from"))) {
        faults.add("Move " + i + ": nobody answers itself");
      }
    }
    boolean isListing = text(put, "type").equals(Move.LISTING);
    JsonNode agreed = isListing ? last.path("terms") : put.path("terms");
    if (!isListing && last.has("terms")) {
      faults.add("The acceptance has other terms");
    }
    if (isListing && !isBill(put, agreed)) {
      faults.add("The price is not what the listing asks for");
    }
    if (!Canonical.text(agreed).equals(Canonical.text(json.path("terms")))) {
      faults.add("The terms are not those that were accepted");
    }
  }

  private static boolean isBill(JsonNode listing, JsonNode terms) {
    JsonNode unit = listing.path("unit_price");
    long atoms = unit.path("atoms").asLong(-1);
    long quantity = terms.path("quantity").asLong(-1);
    return atoms >= 0
        && quantity > 0
        && text(unit, "asset").equals(text(terms.path("price"), "asset"))
        && Math.multiplyHigh(atoms, quantity) == 0
        && atoms * quantity == terms.path("price").path("atoms").asLong(-1);
  }

  private static String text(JsonNode json, String name) {
    return json.path(name).asString("");
  }
}
