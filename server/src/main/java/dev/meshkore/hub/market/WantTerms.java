package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.money.MoneyJson;
import dev.meshkore.hub.owner.TrustLevel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What a buyer wants, checked.
///
/// @param budget the most that it pays for all, if it says so
/// @param deliverWithin the seconds after an agreement in which it must be there, or 0
/// @param trust how far a seller must be known to offer
/// @param shortlist how many offers it is shown at most
record WantTerms(
    String title,
    String description,
    String category,
    List<String> tags,
    long quantity,
    Optional<Money> budget,
    long deliverWithin,
    List<String> languages,
    List<String> regions,
    TrustLevel trust,
    int shortlist) {
  static final long YEAR_SECONDS = 31_536_000;
  static final long QUANTITY_MAX = 1_000_000_000;
  private static final int SHORTLIST = 5;
  private static final int SHORTLIST_MAX = 20;

  /// Reads a request; [Fields#end] is left to the caller.
  static WantTerms read(Fields fields) {
    Optional<Fields> priced = fields.object("budget");
    Optional<Money> budget = priced.map(one -> MoneyJson.read("budget", one));
    priced.ifPresent(Fields::end);
    return new WantTerms(
        Texts.line(fields, "title", ServiceTerms.NAME_MAX),
        Texts.optional(fields, "description", ServiceTerms.DESCRIPTION_MAX),
        Texts.category("category", fields.optionalText("category").orElse("other")),
        Texts.tags(fields),
        fields.number("quantity", 1, 1, QUANTITY_MAX),
        budget,
        fields.number("deliver_within", 0, 1, YEAR_SECONDS),
        Texts.languages(fields),
        Texts.regions(fields),
        TrustLevel.of("trust", fields.optionalText("trust").orElse("new")),
        (int) fields.number("shortlist", SHORTLIST, 1, SHORTLIST_MAX));
  }

  static WantTerms of(String document) {
    return read(Fields.read(document.getBytes(StandardCharsets.UTF_8)));
  }

  ObjectNode json() {
    ObjectNode json = Json.object();
    json.put("title", title);
    json.put("description", description);
    json.put("category", category);
    putAll(json, "tags", tags);
    json.put("quantity", quantity);
    budget.ifPresent(money -> json.set("budget", MoneyJson.json(money)));
    if (deliverWithin > 0) {
      json.put("deliver_within", deliverWithin);
    }
    putAll(json, "languages", languages);
    putAll(json, "regions", regions);
    json.put("trust", trust.word());
    json.put("shortlist", shortlist);
    return json;
  }

  private static void putAll(ObjectNode json, String name, List<String> texts) {
    ArrayNode list = json.putArray(name);
    texts.forEach(list::add);
  }

  String document() {
    return new String(Json.bytes(json()), StandardCharsets.UTF_8);
  }

  String words() {
    return String.join("\n", title, description, category, String.join("\n", tags))
        .toLowerCase(Locale.ROOT);
  }
}
