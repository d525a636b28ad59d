package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Router;

/// Calls of services, as the hub puts them together.
public final class CallDoor {
  private final CallRoutes routes;

  /// Calls on these parts.
  public CallDoor(CallParts parts) {
    this.routes = new CallRoutes(parts, new Calls(parts));
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
  }
}
