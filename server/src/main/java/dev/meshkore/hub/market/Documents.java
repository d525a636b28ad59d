package dev.meshkore.hub.market;

import dev.meshkore.hub.fence.Fence;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.BoundKey;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.money.Money;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// One service in the forms of other readers: JSON-LD, a page for language models, an event of
/// Nostr that its seller can sign, and an entry of an x402 bazaar.
final class Documents {
  /// Where the hub serves the context of its JSON-LD.
  static final String CONTEXT = "/contexts/market/v1";

  private static final int NOSTR_KIND = 31_402;
  private static final int NOSTR_NAME_MAX = 64;
  private static final Set<String> STABLE = Set.of("USDC", "USDT", "EURC");
  private static final int PAGE_CHARACTERS_MAX = 20_000;

  private final String hub;
  private final Shown shown;
  private final ServiceTerms terms;
  private final Money money;
  private final Optional<PricedListing> called;
  private final CallWays ways;

  /// @param called the service where it is called through the hub
  Documents(String hub, Shown shown, Optional<PricedListing> called, CallWays ways) {
    this.hub = hub;
    this.shown = shown;
    this.called = called;
    this.ways = ways;
    this.terms = shown.terms();
    this.money = terms.price().money();
  }

  private String url() {
    return hub + "/services/" + shown.service().id();
  }

  /// Where somebody turns to who wants what is sold: to the hub, if it takes calls of it.
  private String address() {
    return called
        .map(service -> ways.url(service.id()))
        .orElseGet(() -> terms.endpoint().orElse(url()));
  }

  private String sellerId() {
    return shown.seller().id();
  }

  /// JSON-LD with terms of schema.org, and of the hub's own context for what that has none for.
  ObjectNode linked() {
    ObjectNode json = Json.object();
    json.put("@context", hub + CONTEXT);
    json.put("@id", url());
    json.put("@type", "Service");
    json.put("identifier", shown.service().id());
    json.put("version", shown.version());
    json.put("kind", terms.kind().word());
    json.put("name", terms.name());
    json.put("description", terms.description());
    json.put("category", terms.category());
    putAll(json, "keywords", terms.tags());
    putAll(json, "availableLanguage", terms.languages());
    putAll(json, "areaServed", terms.regions());
    putAll(json, "example", terms.examples());
    json.put("dateModified", Rfc3339.text(shown.service().changedAtMs()));
    terms.endpoint().ifPresent(endpoint -> json.put("url", endpoint));
    ObjectNode provider = json.putObject("provider");
    provider.put("@id", hub + "/agents/" + sellerId());
    provider.put("@type", "SoftwareApplication");
    provider.put("identifier", sellerId());
    provider.put("trust", shown.trust());
    json.set("offers", offer());
    ObjectNode promised = terms.sla().linked();
    if (!promised.isEmpty()) {
      json.set("sla", promised);
    }
    Measured measured = shown.measured();
    ObjectNode seen = json.putObject("measured");
    if (measured.answerCount() > 0) {
      seen.put("answerMs", measured.answerMs());
    }
    seen.put("agreements", measured.agreements());
    seen.put("delivered", measured.delivered());
    seen.put("deliveredInTime", measured.deliveredInTime());
    CallAnswers calls = measured.calls();
    if (calls.count() > 0) {
      seen.put("calls", calls.count());
      seen.put("callsAnswered", calls.answered());
    }
    if (calls.answered() > 0) {
      seen.put("callMs", calls.middleMs());
    }
    if (measured.isSeenOnline()) {
      seen.put("onlineBasisPoints", measured.attendance().basisPoints());
    }
    terms.inputSchema().ifPresent(schema -> json.set("inputSchema", schema));
    terms.outputSchema().ifPresent(schema -> json.set("outputSchema", schema));
    shown.service().copyOf().ifPresent(id -> json.put("copyOf", hub + "/services/" + id));
    return json;
  }

  private ObjectNode offer() {
    ObjectNode offer = Json.object();
    offer.put("@type", "Offer");
    offer.put("price", money.decimal());
    offer.put("priceCurrency", money.asset().code());
    offer.put("atoms", money.atoms());
    ObjectNode price = offer.putObject("priceSpecification");
    price.put("@type", "UnitPriceSpecification");
    price.put("price", money.decimal());
    price.put("priceCurrency", money.asset().code());
    price.put("unitText", terms.price().unit());
    offer.put("availability", availability());
    if (shown.service().expiresAtMs() != 0) {
      offer.put("validThrough", Rfc3339.text(shown.service().expiresAtMs()));
    }
    shown
        .service()
        .left()
        .ifPresent(left ->
            offer.putObject("inventoryLevel").put("@type", "QuantitativeValue").put("value", left));
    return offer;
  }

  private String availability() {
    return switch (shown.obstacle()) {
      case "" -> terms.kind() == ServiceTerms.Kind.SPOT ? "LimitedAvailability" : "InStock";
      case "sold-out", "busy" -> "SoldOut";
      case "offline" -> "OnlineOnly";
      default -> "Discontinued";
    };
  }

  private static void putAll(ObjectNode json, String name, List<String> texts) {
    if (!texts.isEmpty()) {
      ArrayNode list = json.putArray(name);
      texts.forEach(list::add);
    }
  }

  /// A page for language models: what the hub knows in its own words, what the seller says fenced.
  String page() {
    var page = new StringBuilder();
    page.append("# Service ").append(shown.service().id()).append("\n\n");
    page.append("What the hub knows:\n\n");
    line(page, "seller", sellerId() + (shown.isOnline() ? ", online" : ", offline"));
    line(page, "trust", shown.trust());
    line(page, "kind", terms.kind().word());
    line(page, "category", terms.category());
    line(page, "price", money + " for each " + terms.price().unit());
    line(page, "available now", shown.obstacle().isEmpty() ? "yes" : "no: " + shown.obstacle());
    shown.service().left().ifPresent(left -> line(page, "left", Long.toString(left)));
    if (shown.service().expiresAtMs() != 0) {
      line(page, "expires", Rfc3339.text(shown.service().expiresAtMs()));
    }
    shown
        .service()
        .copyOf()
        .ifPresent(
            id -> line(page, "copy", "its text is nearly that of " + id + ", listed before"));
    if (!terms.sla().json().isEmpty()) {
      line(page, "promised", terms.sla().json().toString());
    }
    line(page, "measured by the hub", shown.measured().json().toString());
    line(page, "version", Long.toString(shown.version()));
    called.ifPresent(service -> howToCall(page, service));
    page.append("\nTo buy: `POST /services/").append(shown.service().id());
    page.append("/take` at this price, or `POST /negotiations`.\n\n");
    page.append(Fence.text("what the seller says of it", said(), PAGE_CHARACTERS_MAX));
    return page.toString();
  }

  private void howToCall(StringBuilder page, PricedListing service) {
    String path = "/services/" + service.id() + "/call";
    page.append("\nTo call it and pay for the call, ").append(money).append(" each:\n\n");
    line(
        page,
        "HTTP",
        "`POST "
            + path
            + "` with the input as JSON; it needs no credential."
            + " Without a payment the answer is 402 and says what to sign (x402); the same again"
            + " with `PAYMENT-SIGNATURE` is answered");
    if (service.payTo().isEmpty()) {
      line(
          page,
          "from a wallet of this hub",
          "`POST /calls` with `id`, `service_id`, `max` and `input`");
    }
    line(
        page,
        "MCP",
        "the tool `call_service` with `service_id` and `input`"
            + (service.payTo().isEmpty() ? "; `id` and `max` pay from your wallet" : ""));
    line(
        page,
        "A2A",
        "a message to "
            + hub
            + "/agents/"
            + sellerId()
            + "/a2a with the metadata `meshkore.service`: `"
            + service.id()
            + "` and the extension a2a-x402");
    page.append("\nA call that is not answered costs nothing.\n");
  }

  private static void line(StringBuilder page, String name, String value) {
    page.append("- ").append(name).append(": ").append(value).append('\n');
  }

  private String said() {
    var said = new StringBuilder();
    said.append("name: ").append(terms.name()).append("\n\n").append(terms.description());
    said.append("\n\ntags: ").append(String.join(", ", terms.tags()));
    said.append("\nlanguages: ").append(String.join(", ", terms.languages()));
    said.append("\nregions: ").append(String.join(", ", terms.regions()));
    terms.endpoint().ifPresent(url -> said.append("\nendpoint: ").append(url));
    terms.examples().forEach(one -> said.append("\nexample: ").append(one));
    terms.inputSchema().ifPresent(schema -> said.append("\ninput: ").append(schema));
    terms.outputSchema().ifPresent(schema -> said.append("\noutput: ").append(schema));
    return said.toString();
  }

  /// An announcement of kind 31402 (Nostr's PR 2291) without id and signature, which its seller
  /// makes by its own key.
  ObjectNode nostr() {
    ObjectNode event = Json.object();
    shown.seller().keys().stream()
        .map(BoundKey::key)
        .filter(key -> key.type() == KeyType.SECP256K1)
        .findFirst()
        .ifPresent(key -> event.put("pubkey", key.hex()));
    event.put("kind", NOSTR_KIND);
    event.put("created_at", shown.service().changedAtMs() / 1_000);
    ArrayNode tags = event.putArray("tags");
    tag(tags, "d", shown.service().id());
    tag(tags, "name", terms.name());
    tag(tags, "url", address());
    tag(tags, "summary", terms.description());
    if (called.isPresent() || terms.payments().isEmpty()) {
      tag(tags, "pmi", "meshkore", called.isPresent() ? address() : url());
    }
    for (Payment payment : terms.payments()) {
      ArrayNode way = tags.addArray().add("pmi");
      payment.parts().forEach(way::add);
    }
    String capability = cut(terms.name(), NOSTR_NAME_MAX);
    String currency = money.asset().code().toLowerCase(java.util.Locale.ROOT);
    tag(tags, "price", capability, Long.toString(money.atoms()), currency);
    tag(tags, "t", terms.category());
    terms.tags().forEach(text -> tag(tags, "t", text));
    if (shown.service().expiresAtMs() != 0) {
      tag(tags, "expiration", Long.toString(shown.service().expiresAtMs() / 1_000));
    }
    ObjectNode content = Json.object();
    ObjectNode one = content.putArray("capabilities").addObject();
    one.put("name", capability);
    one.put("description", cut(terms.description(), 1_000));
    one.put("endpoint", address());
    terms.inputSchema().ifPresent(schema -> one.set("schema", schema));
    terms.outputSchema().ifPresent(schema -> one.set("outputSchema", schema));
    content.put("version", Long.toString(shown.version()));
    event.put("content", content.toString());
    return event;
  }

  private static void tag(ArrayNode tags, String... parts) {
    ArrayNode tag = tags.addArray();
    for (String part : parts) {
      tag.add(part);
    }
  }

  private static String cut(String text, int codePointsMax) {
    return text.codePointCount(0, text.length()) <= codePointsMax
        ? text
        : text.substring(0, text.offsetByCodePoints(0, codePointsMax));
  }

  /// The service as a facilitator's `GET /discovery/resources` lists one, with what is read and
  /// answered. What is called through the hub is paid as the hub lists it.
  ObjectNode bazaar() {
    ObjectNode item = called.map(ways::item).orElseGet(this::elsewhere);
    item.withObject("metadata").put("service", url());
    ObjectNode info = item.withObject("discoveryInfo");
    ObjectNode input = info.withObject("input");
    terms
        .inputSchema()
        .ifPresent(schema -> input.put("bodyType", "json").set("bodySchema", schema));
    terms
        .outputSchema()
        .ifPresent(schema -> info.putObject("output").put("type", "json").set("schema", schema));
    return item;
  }

  /// A service that is paid elsewhere. `accepts` is empty where its seller names no way of x402, or
  /// a price that no token of those stands for.
  private ObjectNode elsewhere() {
    ObjectNode item = Json.object();
    item.put("resource", address());
    item.put("type", "http");
    item.put("x402Version", 2);
    ArrayNode accepts = item.putArray("accepts");
    for (Payment payment : terms.payments()) {
      boolean isWhole =
          payment.rail().equals("x402")
              && !payment.network().isEmpty()
              && !payment.token().isEmpty()
              && !payment.receiver().isEmpty();
      if (isWhole && STABLE.contains(money.asset().code())) {
        ObjectNode one = accepts.addObject();
        one.put("scheme", "exact");
        one.put("network", payment.network());
        one.put("amount", Long.toString(money.atoms()));
        one.put("asset", payment.token());
        one.put("payTo", payment.receiver());
        one.put("maxTimeoutSeconds", 60);
        one.putObject("extra");
      }
    }
    item.put("lastUpdated", shown.service().changedAtMs() / 1_000);
    ObjectNode metadata = item.putObject("metadata");
    metadata.put("name", terms.name());
    metadata.put("description", terms.description());
    metadata.put("category", terms.category());
    metadata.put("seller", sellerId());
    item.putObject("discoveryInfo").putObject("input").put("type", "http").put("method", "POST");
    return item;
  }
}
