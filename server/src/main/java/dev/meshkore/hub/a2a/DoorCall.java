package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.Peer;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Caller;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who calls which agent.
///
/// @param by the calling agent
/// @param agent the agent's number
/// @param agentId its name
/// @param peer who waits for the answer
/// @param gates refuse what the caller may not do by a route, whatever binding it comes by
/// @param payForm how the caller pays for services; null where it did not come to pay
record DoorCall(
    Caller.OfAgent by,
    long agent,
    String agentId,
    Peer peer,
    Consumer<Router.Route> gates,
    @Nullable PayForm payForm) {
  long caller() {
    return by.number();
  }
}
