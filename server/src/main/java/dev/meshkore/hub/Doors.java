package dev.meshkore.hub;

import dev.meshkore.hub.a2a.A2aDoor;
import dev.meshkore.hub.acp.AcpRoutes;
import dev.meshkore.hub.audit.Cosigner;
import dev.meshkore.hub.calls.CallDoor;
import dev.meshkore.hub.calls.CallParts;
import dev.meshkore.hub.catalog.Catalog;
import dev.meshkore.hub.console.ConsoleRoutes;
import dev.meshkore.hub.console.Facts;
import dev.meshkore.hub.hooks.HookRoutes;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Metrics;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.identity.IdentityRoutes;
import dev.meshkore.hub.identity.JoinGuide;
import dev.meshkore.hub.identity.KeyRoutes;
import dev.meshkore.hub.identity.SignedJoins;
import dev.meshkore.hub.mcp.McpDoor;
import dev.meshkore.hub.proofs.ProofRoutes;
import dev.meshkore.hub.relay.RelayRoutes;
import dev.meshkore.hub.search.SearchRoutes;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.witness.WitnessRoutes;
import java.time.InstantSource;
import java.util.List;
import java.util.function.BooleanSupplier;

/// The ways into a hub: its routes, and the protocols that it speaks.
final class Doors {
  private final Ground ground;
  private final Identities who;
  private final Parts parts;
  private final HeldOpen heldOpen;
  private final A2aDoor a2a;
  private final CallDoor paidCalls;
  private final ProbeRoutes probes;

  /// Adds every route to the router.
  Doors(Ground ground, Identities who, Parts parts, Metrics metrics, BooleanSupplier isReady) {
    this.ground = ground;
    this.who = who;
    this.parts = parts;
    this.heldOpen = new HeldOpen(ground.config().openMax());
    metrics.gauge("meshkore.held.open", heldOpen, HeldOpen::total);
    this.a2a = a2a();
    this.paidCalls = calls();
    this.probes =
        new ProbeRoutes(
            ground.database(),
            parts.relay(),
            who.agents(),
            parts.intent(),
            metrics,
            isReady,
            ground.clock().instant());
    addRoutes();
  }

  private A2aDoor a2a() {
    HubConfig config = ground.config();
    var hub =
        new A2aDoor.Hub(
            ground.url(), ProbeRoutes.VERSION, config.payloadBytesMax(), config.tasksKept());
    var below =
        new A2aDoor.Parts(
            ground.database(),
            parts.relay(),
            who.agents(),
            who.callers(),
            heldOpen,
            who.signingKeys(),
            parts.outbound(),
            ground.calls(),
            parts.approach(),
            parts.market());
    return new A2aDoor(hub, below, ground.clock(), ground.random(), ground.nanoTime());
  }

  private void addRoutes() {
    Router router = ground.router();
    Callers callers = who.callers();
    LocalCalls calls = ground.calls();
    parts.owner().addTo(router);
    identity().addTo(router);
    new KeyRoutes(callers, who.agentKeys(), who.agents(), who.tokens(), ground.url()).addTo(router);
    new RelayRoutes(parts.relay(), who.agents(), callers, parts.guard().approvals(), heldOpen)
        .addTo(router);
    addProofs();
    var trust = parts.owner().trust();
    parts
        .discovery()
        .addTo(router, callers, trust::isAtLeast, parts.reputation()::scoreOf, trust::addTo);
    console().addTo(router);
    parts.guard().addTo(router);
    parts.market().addTo(router, paidCalls.ways());
    parts.payments().addTo(router);
    parts.x402().addTo(router);
    paidCalls.onEnded(a2a::ended);
    paidCalls.addTo(router);
    parts.jobs().addTo(router);
    parts.reputation().addTo(router);
    mcp().addTo(router);
    new HookRoutes(callers, calls).addTo(router);
    catalog().addTo(router);
    new AcpRoutes(
            callers, heldOpen, calls, parts.relay()::onMail, ground.random(), ground.nanoTime())
        .addTo(router);
    a2a.addTo(router);
    probes.addTo(router);
  }

  private IdentityRoutes identity() {
    HubConfig config = ground.config();
    return new IdentityRoutes(
        who.callers(),
        who.admission(),
        who.invites(),
        who.agents(),
        who.signingKeys(),
        new JoinGuide(ground.url(), guideLimits(config)),
        new SignedJoins(who.signed(), who.agentKeys()),
        parts.relay().presence()::isOnline,
        config.agentInvites());
  }

  private void addProofs() {
    HubConfig config = ground.config();
    Router router = ground.router();
    Database database = ground.database();
    InstantSource clock = ground.clock();
    new ProofRoutes(parts.auditLog(), ground.audit(), database, who.callers()).addTo(router);
    var cosigner = new Cosigner(database, ground.random(), config.auditName());
    new WitnessRoutes(database, ground.audit(), cosigner, config.witness().logs(), clock)
        .addTo(router);
    if (config.search()) {
      new SearchRoutes(
              parts.search(), parts.relay().transcript(), who.agents(), clock, ground.nanoTime())
          .addTo(router, who.callers());
    }
  }

  private CallDoor calls() {
    return new CallDoor(
        new CallParts(
            ground.database(),
            who.agents(),
            who.callers(),
            parts.approach(),
            parts.x402().asked(),
            parts.guard().approvals(),
            heldOpen,
            parts.guard().budgets(),
            parts.ledger(),
            ground.audit(),
            parts.x402().ledger(),
            parts.chain().rail(),
            parts.x402().payers(),
            parts.guard()::admitStranger,
            parts.x402().batches(),
            parts.x402().paywall(),
            parts.market(),
            parts.outbox(),
            ground.config().jobs().transactionBps(),
            ground.url(),
            ground.clock(),
            ground.random()));
  }

  private Catalog catalog() {
    var below =
        new Catalog.Parts(
            ground.database(),
            ground.audit(),
            who.agents(),
            parts.outside(),
            who.callers(),
            parts.outbound(),
            ground.calls());
    return new Catalog(below, ground.url(), ProbeRoutes.VERSION, ground.clock(), ground.nanoTime());
  }

  private ConsoleRoutes console() {
    return new ConsoleRoutes(
        who.callers(), ground.url(), facts(ground.config()), this::counts, parts.relay()::mailbox);
  }

  private Facts.Counts counts() {
    return new Facts.Counts(
        who.agents().count(),
        parts.relay().presence().online().size(),
        parts.relay().channelCount(),
        parts.relay().messageCount());
  }

  private McpDoor mcp() {
    return new McpDoor(
        who.callers(),
        heldOpen,
        parts.relay(),
        ground.calls(),
        List.of(),
        ground.url(),
        ProbeRoutes.VERSION,
        ground.clock(),
        ground.random());
  }

  private static JoinGuide.Limits guideLimits(HubConfig config) {
    return new JoinGuide.Limits(
        config.payloadBytesMax(), config.ratePerMinute(), config.ratePerMinute());
  }

  private static Facts facts(HubConfig config) {
    return new Facts(
        ProbeRoutes.VERSION, config.payloadBytesMax(), config.ratePerMinute(), config.unreadMax());
  }

  /// The routes for probes alone.
  ProbeRoutes probes() {
    return probes;
  }

  /// Goes on with what was under way when the hub was closed.
  void start() {
    a2a.start();
    paidCalls.start();
  }

  void close() {
    paidCalls.close();
    a2a.close();
  }
}
