package dev.meshkore.hub.market;

import dev.meshkore.hub.deeds.Link;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.problem.Refused;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What is put to somebody to agree to, in a form of which every byte can be signed: texts and
/// whole numbers alone.
///
/// @param subject what it is about, in a line
/// @param price for all of it
/// @param deliverWithin the seconds after the agreement in which it is delivered, or 0
/// @param note what else is said, or ""
record OfferTerms(
    String subject,
    long quantity,
    Money price,
    long deliverWithin,
    Sla sla,
    List<String> languages,
    List<String> regions,
    String note) {
  private static final int SUBJECT_MAX = 200;
  private static final int NOTE_MAX = 2_000;

  /// Reads terms, and refuses what is left in them.
  static OfferTerms read(Optional<Fields> given) {
    Fields fields =
        given.orElseThrow(() -> Refused.field("terms", "terms is required and must be an object"));
    Fields priced =
        fields
            .object("price")
            .orElseThrow(() -> Refused.field("price", "price is required and must be an object"));
    var terms =
        new OfferTerms(
            Texts.line(fields, "subject", SUBJECT_MAX),
            fields.number("quantity", 1, 1, WantTerms.QUANTITY_MAX),
            MoneyJson.read("price", priced),
            fields.number("deliver_within", 0, 1, WantTerms.YEAR_SECONDS),
            Sla.read(fields.object("sla")),
            Texts.languages(fields),
            Texts.regions(fields),
            Texts.optional(fields, "note", NOTE_MAX));
    priced.end();
    fields.end();
    return terms;
  }

  /// What is put in a move to be agreed to, if anything is.
  static Optional<OfferTerms> in(Link link) {
    return link.move().has("terms") ? Optional.of(of(link.move().get("terms"))) : Optional.empty();
  }

  /// Terms out of a move that was stored.
  static OfferTerms of(JsonNode terms) {
    JsonNode priced = terms.get("price");
    Asset asset = Asset.find(priced.get("asset").stringValue()).orElseThrow();
    return new OfferTerms(
        terms.get("subject").stringValue(),
        terms.get("quantity").longValue(),
        new Money(asset, priced.get("atoms").longValue()),
        terms.path("deliver_within").asLong(0),
        new Sla(
            terms.path("sla").path("latency_ms").asLong(0),
            terms.path("sla").path("uptime_basis_points").asLong(0),
            terms.path("sla").path("delivery_seconds").asLong(0),
            terms.path("sla").path("penalty_basis_points").asLong(0)),
        texts(terms.path("languages")),
        texts(terms.path("regions")),
        terms.path("note").asString(""));
  }

  private static List<String> texts(JsonNode list) {
    return list.valueStream().map(one -> one.asString("")).toList();
  }

  /// The terms as they are signed. What is not said is not there.
  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("subject", subject);
    json.put("quantity", quantity);
    json.putObject("price").put("asset", price.asset().code()).put("atoms", price.atoms());
    if (deliverWithin > 0) {
      json.put("deliver_within", deliverWithin);
    }
    if (!sla.equals(Sla.NONE)) {
      json.set("sla", sla.json());
    }
    putAll(json, "languages", languages);
    putAll(json, "regions", regions);
    if (!note.isEmpty()) {
      json.put("note", note);
    }
    return json;
  }

  private static void putAll(ObjectNode json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode list = json.putArray(name);
      texts.forEach(list::add);
    }
  }
}
