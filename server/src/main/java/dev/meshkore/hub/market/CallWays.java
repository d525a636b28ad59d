package dev.meshkore.hub.market;

import tools.jackson.databind.node.ObjectNode;

/// How services are called and paid through the hub, as whoever takes the calls tells it.
public interface CallWays {
  /// The address of the calls of a service.
  String url(String service);

  /// A service as a facilitator's `GET /discovery/resources` lists one.
  ObjectNode item(PricedListing service);
}
