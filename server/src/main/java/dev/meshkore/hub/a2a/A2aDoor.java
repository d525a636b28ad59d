package dev.meshkore.hub.a2a;

import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.store.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The door through which A2A clients come: cards, both bindings, tasks and notifications. [#close]
/// ends the delivery of notifications and the upkeep of tasks.
public final class A2aDoor implements AutoCloseable {
  /// A task keeps as much as so many of the largest payloads.
  private static final int PAYLOADS_KEPT = 4;

  private final CardRoutes cardRoutes;
  private final JsonRpcDoor jsonRpc;
  private final RestDoor rest;
  private final Notifier notifier;
  private final Upkeep upkeep;
  private final Lookout lookout;

  /// What the door tells of the hub.
  ///
  /// @param hubUrl how the hub is reached
  /// @param version of the hub
  /// @param payloadBytesMax the largest payload of a message
  /// @param tasksKept how long tasks that have ended are kept; zero is for ever
  public record Hub(
      Supplier<String> hubUrl, String version, int payloadBytesMax, Duration tasksKept) {}

  /// The parts of the hub that the door works with.
  ///
  /// @param database where tasks are kept
  /// @param relay whose messages it follows
  /// @param agents whose cards it shows
  /// @param callers who may come in
  /// @param heldOpen that bounds what an agent lets wait
  /// @param keys that sign cards
  /// @param outbound that calls webhooks
  /// @param calls to the hub's own routes
  /// @param approach whose rates hold for what is asked here
  /// @param market whose services are called and paid
  public record Parts(
      Database database,
      Relay relay,
      Agents agents,
      Callers callers,
      HeldOpen heldOpen,
      SigningKeys keys,
      OutboundClient outbound,
      LocalCalls calls,
      Approach approach,
      Market market) {}

  /// Opens the door; answers to tasks are seen from now on.
  public A2aDoor(
      Hub hub, Parts parts, InstantSource clock, RandomGenerator random, LongSupplier nanoTime) {
    var feed = new Feed();
    this.notifier = new Notifier(parts.database(), parts.outbound(), clock);
    this.upkeep = new Upkeep(parts.database(), feed, hub.tasksKept(), clock);
    int bytesMax = PAYLOADS_KEPT * hub.payloadBytesMax();
    var tasks = new Tasks(parts.database(), feed, notifier::wake, bytesMax);
    parts.relay().follow(tasks);
    var settling = new Settling(parts.database(), parts.calls(), tasks, clock);
    this.lookout = new Lookout(parts.database(), settling, clock);
    var paid =
        new PaidTasks(parts.approach(), parts.market(), parts.agents(), tasks, settling, clock);
    var cards =
        new Cards(parts.agents(), parts.market(), parts.keys(), hub.hubUrl(), hub.version());
    var doors = new Doors(parts.callers(), parts.agents());
    var operations =
        new Operations(
            parts.calls(),
            tasks,
            paid,
            feed,
            parts.outbound(),
            parts.heldOpen(),
            clock,
            random,
            nanoTime);
    var hubAgent = new HubAgent(parts.calls(), hub.hubUrl());
    this.cardRoutes = new CardRoutes(cards, parts.agents(), doors, clock);
    this.jsonRpc = new JsonRpcDoor(doors, operations, cards, hubAgent);
    this.rest = new RestDoor(doors, operations, cards);
  }

  /// Adds the routes.
  public void addTo(Router router) {
    cardRoutes.addTo(router);
    jsonRpc.addTo(router);
    rest.addTo(router);
  }

  /// Goes on with paid calls whose end was not known when the hub was closed.
  public void start() {
    lookout.start();
  }

  /// A call of a service was answered or declined; returns at once.
  public void ended(String callId) {
    lookout.ended(callId);
  }

  @Override
  public void close() {
    lookout.close();
    notifier.close();
    upkeep.close();
  }
}
