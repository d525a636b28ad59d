package dev.meshkore.hub.a2a;

import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.store.Database;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// The door through which A2A clients come: cards, both bindings, tasks and notifications. [#close]
/// ends the delivery of notifications.
public final class A2aDoor implements AutoCloseable {
  /// A task keeps as much as so many of the largest payloads.
  private static final int PAYLOADS_KEPT = 4;

  private final CardRoutes cardRoutes;
  private final JsonRpcDoor jsonRpc;
  private final RestDoor rest;
  private final Notifier notifier;

  /// What of the hub the door needs.
  ///
  /// @param hubUrl how the hub is reached
  /// @param version of the hub
  /// @param payloadBytesMax the largest payload of a message
  public record Hub(Supplier<String> hubUrl, String version, int payloadBytesMax) {}

  /// Opens the door; answers to tasks are seen from now on.
  public A2aDoor(
      Hub hub,
      Database database,
      Relay relay,
      Agents agents,
      Callers callers,
      SigningKeys keys,
      OutboundClient outbound,
      LocalCalls calls,
      InstantSource clock,
      LongSupplier nanoTime) {
    var feed = new Feed();
    this.notifier = new Notifier(database, outbound, clock);
    var tasks = new Tasks(database, feed, notifier::wake, PAYLOADS_KEPT * hub.payloadBytesMax());
    relay.follow(tasks);
    var cards = new Cards(agents, keys, hub.hubUrl(), hub.version());
    var doors = new Doors(callers, agents);
    var operations = new Operations(calls, tasks, feed, outbound, nanoTime);
    this.cardRoutes = new CardRoutes(cards, agents, doors, clock);
    this.jsonRpc = new JsonRpcDoor(doors, operations, cards, new HubAgent(calls, hub.hubUrl()));
    this.rest = new RestDoor(doors, operations, cards);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    cardRoutes.addTo(router);
    jsonRpc.addTo(router);
    rest.addTo(router);
  }

  @Override
  public void close() {
    notifier.close();
  }
}
