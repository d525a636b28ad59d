package dev.meshkore.hub.calls;

import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.market.CallWays;
import java.util.function.Consumer;

/// Calls of services, as the hub puts them together.
public final class CallDoor implements AutoCloseable {
  private final CallRoutes routes;
  private final Waiting waiting = new Waiting();
  private final ChainSettling settling;

  /// Calls on these parts.
  public CallDoor(CallParts parts) {
    var onChain = new ChainPaying(parts);
    this.settling = new ChainSettling(parts, onChain, waiting);
    this.routes = new CallRoutes(parts, new Calls(parts, onChain, settling, waiting), onChain);
  }

  /// Tells of each call that was answered or declined at this hub, by its id, after the commit. It
  /// is a signal and may be lost; what became of the call is read from its route. `listener` must
  /// not block.
  public void onEnded(Consumer<String> listener) {
    waiting.listen(listener);
  }

  /// Goes on from now on with what a chain pays.
  public void start() {
    settling.start();
  }

  @Override
  public void close() {
    settling.close();
  }

  /// How services are called and paid.
  public CallWays ways() {
    return routes.offers();
  }

  /// Adds the routes.
  public void addTo(Router router) {
    routes.addTo(router);
  }
}
