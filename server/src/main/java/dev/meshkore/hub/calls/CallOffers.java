package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.market.CallWays;
import dev.meshkore.hub.market.PricedListing;
import dev.meshkore.hub.x402.Paywall;
import dev.meshkore.hub.x402.Requirements;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// What services ask of those who call them.
final class CallOffers implements CallWays {
  private static final int PAGE = 20;
  private static final int RESOURCES_MAX = 100;
  private static final int LOOKED_AT = 1_000;

  /// For how long what is signed may count on the ledger.
  private static final long SIGNED_SECONDS = 300;

  private final CallParts parts;

  CallOffers(CallParts parts) {
    this.parts = parts;
  }

  /// What is to be signed. Of the ledger the fee is in the price; its seller bears it, and
  /// everybody sees it.
  Requirements quote(PricedListing service) {
    if (service.payTo().isPresent()) {
      return parts
          .chain()
          .orElseThrow()
          .quote(service.payTo().get(), service.price(), ChainPayment.SIGNED_SECONDS);
    }
    Requirements quote = parts.rail().quote(service.seller(), service.price(), SIGNED_SECONDS);
    quote.extra().put("transactionFeeBps", parts.feeBps());
    return quote;
  }

  /// What is paid for.
  Paywall.Resource resource(PricedListing service) {
    return new Paywall.Resource(url(service.id()), service.description());
  }

  @Override
  public String url(String service) {
    return parts.hubUrl().get() + "/services/" + service + "/call";
  }

  /// What can be called and paid, for whoever looks for it (x402 version 2, §8).
  Response resources(Request request) {
    int limit = (int) request.query("limit", PAGE, 1, RESOURCES_MAX);
    int offset = (int) request.query("offset", 0, 0, LOOKED_AT);
    List<PricedListing> all =
        request.query("type").orElse("http").equals("http")
            ? parts.market().newestPriced(LOOKED_AT)
            : List.of();
    ObjectNode body = Json.object();
    body.put("x402Version", 2);
    ArrayNode items = body.putArray("items");
    all.stream().skip(offset).limit(limit).forEach(service -> items.add(item(service)));
    body.putObject("pagination").put("limit", limit).put("offset", offset).put("total", all.size());
    return Response.json(200, body);
  }

  @Override
  public ObjectNode item(PricedListing service) {
    Paywall.Resource resource = resource(service);
    ObjectNode item = Json.object();
    item.put("resource", resource.url());
    item.put("type", "http");
    item.put("x402Version", 2);
    item.putArray("accepts").add(quote(service).json());
    item.put("lastUpdated", service.changedAtMs() / 1_000);
    ObjectNode metadata = item.putObject("metadata");
    metadata.put("name", service.name());
    metadata.put("description", resource.description());
    metadata.put("category", service.category());
    metadata.put("seller", parts.agents().idOf(service.seller()));
    item.set("discoveryInfo", Paywall.call().get("info"));
    return item;
  }
}
