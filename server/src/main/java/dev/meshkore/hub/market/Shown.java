package dev.meshkore.hub.market;

import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agent;
import tools.jackson.databind.node.ObjectNode;

/// A service with all that the hub knows of it at one time.
///
/// @param terms of the version that is asked for
/// @param measured what the hub saw
/// @param obstacle why it cannot be had now, or ""
/// @param trust how far its seller is known
record Shown(
    Listing service,
    ServiceTerms terms,
    long version,
    Agent seller,
    Measured measured,
    boolean isOnline,
    String obstacle,
    String trust) {
  /// The service as clients of REST get it.
  static ObjectNode json(
      MarketParts parts, Listing service, ServiceTerms terms, long version, Agent seller) {
    boolean isOnline = parts.isOnline().test(service.seller());
    String obstacle = service.obstacle(parts.time().millis(), isOnline);
    ObjectNode json = Json.object();
    json.put("service_id", service.id());
    json.put("version", version);
    json.put("state", service.isListed() ? "listed" : "withdrawn");
    json.put("available", obstacle.isEmpty());
    if (!obstacle.isEmpty()) {
      json.put("reason", obstacle);
    }
    ObjectNode who = json.putObject("seller");
    who.put("agent_id", seller.id());
    who.put("online", isOnline);
    parts.trust().addTo(who, seller);
    json.setAll(terms.json());
    if (Priced.isCalled(parts, terms)) {
      boolean isOnChain = terms.price().money().asset().isOnChain();
      json.put("transaction_bps", isOnChain ? 0 : parts.callFeeBps());
    }
    Scanned.add(json, Scanned.marks(terms));
    service.left().ifPresent(left -> json.put("left", left));
    if (service.expiresAtMs() != 0) {
      json.put("expires_at", Rfc3339.text(service.expiresAtMs()));
    }
    service.copyOf().ifPresent(original -> json.put("copy_of", original));
    json.put("listed_at", Rfc3339.text(service.listedAtMs()));
    json.put("changed_at", Rfc3339.text(service.changedAtMs()));
    return json;
  }
}
