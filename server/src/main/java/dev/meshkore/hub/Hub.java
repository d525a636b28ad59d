package dev.meshkore.hub;

import dev.meshkore.hub.a2a.A2aDoor;
import dev.meshkore.hub.acp.AcpRoutes;
import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.audit.Cosigner;
import dev.meshkore.hub.console.ConsoleRoutes;
import dev.meshkore.hub.console.Facts;
import dev.meshkore.hub.courier.Courier;
import dev.meshkore.hub.discovery.AsSaid;
import dev.meshkore.hub.discovery.Discovery;
import dev.meshkore.hub.discovery.Offered;
import dev.meshkore.hub.guard.Guard;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.hooks.HookRoutes;
import dev.meshkore.hub.http.HttpEdge;
import dev.meshkore.hub.http.LocalCalls;
import dev.meshkore.hub.http.Metrics;
import dev.meshkore.hub.http.Router;
import dev.meshkore.hub.identity.AdminKey;
import dev.meshkore.hub.identity.Admission;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.HeldOpen;
import dev.meshkore.hub.identity.IdentityRoutes;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.identity.JoinGuide;
import dev.meshkore.hub.identity.KeyRoutes;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.identity.SignedCalls;
import dev.meshkore.hub.identity.SignedJoins;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.identity.Tokens;
import dev.meshkore.hub.mcp.McpDoor;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.meaning.Model;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.owner.OwnerDoor;
import dev.meshkore.hub.owner.OwnerParts;
import dev.meshkore.hub.owner.Owners;
import dev.meshkore.hub.proofs.ProofRoutes;
import dev.meshkore.hub.relay.HubVoice;
import dev.meshkore.hub.relay.MessageLeaves;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.relay.RelayRoutes;
import dev.meshkore.hub.search.Search;
import dev.meshkore.hub.search.SearchRoutes;
import dev.meshkore.hub.store.DataFolder;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DiskProbe;
import dev.meshkore.hub.witness.WitnessRoutes;
import dev.meshkore.hub.witness.Witnesses;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/// A running hub, built top to bottom from its parts. [#close] stops it.
public final class Hub implements AutoCloseable {
  private static final Duration FIRST_INVITE = Duration.ofDays(7);
  private static final int FIRST_INVITE_USES = 100;

  private final HubConfig config;
  private final DataFolder folder;
  private final DiskProbe.Fsync fsync;
  private final Database database;
  private final AdminKey adminKey;
  private final Invites invites;
  private final Relay relay;
  private final Guard guard;
  private final Audit audit;
  private final AuditLog auditLog;
  private final Search search;
  private final Witnesses witnesses;
  private final Courier courier;
  private final Meaning meaning;
  private final Discovery discovery;
  private final OwnerDoor owner;
  private final A2aDoor a2a;
  private final HttpEdge edge;
  private final ProbeRoutes probes;
  private final Router router = new Router();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean isClosing = new AtomicBoolean();
  private volatile boolean isReady;
  private volatile String url;
  private volatile int port;

  private Hub(HubConfig config, InstantSource clock, Runnable onBroken) throws IOException {
    LongSupplier nanoTime = System::nanoTime;
    var random = new SecureRandom();
    this.config = config;
    this.url = config.url(config.port());
    this.folder = DataFolder.take(config.data());
    this.fsync = DiskProbe.measure(config.data(), nanoTime);
    this.database = Database.open(config.database(), nanoTime, onBroken);

    this.adminKey = AdminKey.openOrMake(config.data(), random);
    this.audit = new Audit(clock, random);
    var agents = new Agents(database, audit);
    var signingKeys = new SigningKeys(database, audit, clock, random);
    var tokens = new Tokens(signingKeys, this::url, clock, random);
    this.invites = new Invites(database, audit, this::url, clock, random);
    var revocations = new Revocations(database);
    var agentKeys = new AgentKeys(database, audit, revocations, this::url, clock, random);
    var owners = new Owners(database, audit, agents, invites, agentKeys, clock, random);
    var signed = new SignedCalls(database, agentKeys, this::url, clock, random);
    var callers = new Callers(tokens, agents, adminKey, revocations, signed, owners::byKey);
    var admission =
        new Admission(
            database, audit, agents, invites, tokens, revocations, clock, random, config.open());
    admission.onJoin(owners);
    var rules = new SendRules(new RateLimiter(config.ratePerMinute(), nanoTime));
    Relay.Limits limits = config.relayLimits();
    var outbound = new OutboundClient(config.outboundPrivate());
    var outside = new OutsideAgents(database, clock, outbound::check);
    this.relay = new Relay(database, audit, agents, outside, rules, limits, clock, nanoTime);
    relay.heed(revocations);
    this.auditLog = new AuditLog(database, new MessageLeaves(), auditName(config), clock, random);
    this.witnesses = new Witnesses(auditLog, outbound, config.witness().witnesses(), nanoTime);
    this.search = new Search(relay.transcript(), config.data().resolve("search"), clock, nanoTime);
    this.courier = new Courier(database, agents, outside, relay, outbound, clock);

    var calls = new LocalCalls(router);
    var guardParts = guardParts(agents, callers, calls);
    this.guard = new Guard(guardParts, rules, config.guard(), clock, nanoTime, random);
    var ownerParts = ownerParts(agents, agentKeys, callers, signingKeys, outbound, clock, random);
    this.owner = new OwnerDoor(ownerParts, owners, lookup(config), rules);
    owner.addTo(router);
    guard.persons(owner.persons());

    this.meaning = new Meaning(config.data(), Model.of(config.meaning()), nanoTime);
    var found = new Discovery.Parts(database, agents, meaning, relay.presence()::online, clock);
    this.discovery = new Discovery(found, Offered.NOTHING, AsSaid.READER, AsSaid.READER);

    var metrics = new Metrics();
    this.edge = new HttpEdge(config.payloadBytesMax(), metrics, clock, nanoTime);
    var signedJoins = new SignedJoins(signed, agentKeys);
    identity(callers, admission, agents, signingKeys, signedJoins).addTo(router);
    new KeyRoutes(callers, agentKeys, agents, tokens, this::url).addTo(router);
    var heldOpen = new HeldOpen(config.openMax());
    metrics.gauge("meshkore.held.open", heldOpen, HeldOpen::total);
    new RelayRoutes(relay, agents, callers, guard.approvals(), heldOpen).addTo(router);
    proofs(callers, agents, clock, nanoTime, random);
    discovery.addTo(router, callers, owner.trust()::isAtLeast, owner.trust()::addTo);
    console(callers, agents).addTo(router);
    guard.addTo(router);
    mcp(callers, heldOpen, calls, clock, random).addTo(router);
    new HookRoutes(callers, calls).addTo(router);
    new AcpRoutes(callers, heldOpen, calls, relay::onMail, random, nanoTime).addTo(router);
    var a2aParts =
        new A2aDoor.Parts(database, relay, agents, callers, heldOpen, signingKeys, outbound, calls);
    var a2aHub =
        new A2aDoor.Hub(
            this::url, ProbeRoutes.VERSION, config.payloadBytesMax(), config.tasksKept());
    this.a2a = new A2aDoor(a2aHub, a2aParts, clock, random, nanoTime);
    a2a.addTo(router);
    this.probes = new ProbeRoutes(database, relay, agents, metrics, this::isReady, clock.instant());
    probes.addTo(router);
  }

  private McpDoor mcp(
      Callers callers,
      HeldOpen heldOpen,
      LocalCalls calls,
      InstantSource clock,
      SecureRandom random) {
    return new McpDoor(
        callers, heldOpen, relay, calls, List.of(), this::url, ProbeRoutes.VERSION, clock, random);
  }

  private void proofs(
      Callers callers,
      Agents agents,
      InstantSource clock,
      LongSupplier nanoTime,
      SecureRandom random) {
    new ProofRoutes(auditLog, audit, database, callers).addTo(router);
    var cosigner = new Cosigner(database, random, auditName(config));
    new WitnessRoutes(database, audit, cosigner, config.witness().logs(), clock).addTo(router);
    if (config.search()) {
      new SearchRoutes(search, relay.transcript(), agents, clock, nanoTime).addTo(router, callers);
    }
  }

  private IdentityRoutes identity(
      Callers callers,
      Admission admission,
      Agents agents,
      SigningKeys signingKeys,
      SignedJoins signedJoins) {
    return new IdentityRoutes(
        callers,
        admission,
        invites,
        agents,
        signingKeys,
        new JoinGuide(this::url, guideLimits(config)),
        signedJoins,
        relay.presence()::isOnline,
        config.agentInvites());
  }

  private Guard.Parts guardParts(Agents agents, Callers callers, LocalCalls calls) {
    return new Guard.Parts(
        database,
        audit,
        agents,
        callers,
        new HubVoice(relay),
        relay.relations(),
        (caller, call) -> calls.call(call.method(), call.target(), caller, call.body()));
  }

  private static OwnerDoor.Lookup lookup(HubConfig config) {
    return new OwnerDoor.Lookup(config.dnsServers(), config.gitHubApi(), config.outboundPrivate());
  }

  private OwnerParts ownerParts(
      Agents agents,
      AgentKeys agentKeys,
      Callers callers,
      SigningKeys signingKeys,
      OutboundClient outbound,
      InstantSource clock,
      SecureRandom random) {
    return new OwnerParts(
        database,
        audit,
        agents,
        agentKeys,
        callers,
        signingKeys,
        guard.budgets(),
        guard.stops(),
        new HubVoice(relay),
        outbound,
        this::url,
        clock,
        random);
  }

  private ConsoleRoutes console(Callers callers, Agents agents) {
    return new ConsoleRoutes(
        callers,
        this::url,
        facts(config),
        () ->
            new Facts.Counts(
                agents.count(),
                relay.presence().online().size(),
                relay.channelCount(),
                relay.messageCount()),
        relay::mailbox);
  }

  private void listen() throws BindException {
    search.start(config.search());
    port = edge.listen(router, config.host(), config.port());
    url = config.url(port);
    if (config.probePort() != 0) {
      var probeRouter = new Router();
      probes.addTo(probeRouter);
      edge.listen(probeRouter, config.host(), config.probePort());
    }
    courier.start();
    owner.start();
    auditLog.start(audit);
    witnesses.start();
    meaning.start();
    isReady = true;
  }

  /// Opens a hub that goes by `clock`; it listens when this returns. `onBroken` is called when its
  /// disk failed and the process must end.
  ///
  /// @throws BindException when it cannot listen where it should
  public static Hub open(HubConfig config, InstantSource clock, Runnable onBroken)
      throws BindException {
    Hub hub;
    try {
      hub = new Hub(config, clock, onBroken);
    } catch (IOException failure) {
      throw new UncheckedIOException("The data folder cannot be written", failure);
    }
    try {
      hub.listen();
      return hub;
    } catch (BindException failure) {
      hub.close();
      throw failure;
    }
  }

  /// Opens a hub that ends the process when its disk failed.
  public static Hub open(HubConfig config) throws BindException {
    return open(
        config, InstantSource.system(), () -> Runtime.getRuntime().halt(Main.EXIT_DISK_FAILED));
  }

  /// How agents reach it.
  public String url() {
    return url;
  }

  /// The port on which it listens.
  public int port() {
    return port;
  }

  /// The settings it runs with.
  public HubConfig config() {
    return config;
  }

  /// What an fsync costs where its data is.
  public DiskProbe.Fsync fsync() {
    return fsync;
  }

  /// The key that opens the operator's calls.
  public String adminKey() {
    return adminKey.value();
  }

  /// Makes an invite that many agents can use for a week, and answers its URL.
  public String newInvite(String label) {
    return invites.make(label, FIRST_INVITE_USES, FIRST_INVITE, "admin").url();
  }

  /// The log of what was done.
  public AuditLog auditLog() {
    return auditLog;
  }

  /// Every route it answers.
  public Router router() {
    return router;
  }

  /// Waits until the hub is closed.
  public void awaitStop() throws InterruptedException {
    stopped.await();
  }

  /// Stops listening, ends the sessions, stores what waits, and closes the database.
  @Override
  public void close() {
    if (isClosing.getAndSet(true)) {
      return;
    }
    isReady = false;
    owner.close();
    a2a.close();
    courier.close();
    guard.close();
    relay.close();
    edge.close();
    discovery.close();
    meaning.close();
    search.close();
    witnesses.close();
    auditLog.close();
    database.close();
    folder.close();
    stopped.countDown();
  }

  private static String auditName(HubConfig config) {
    return config.publicUrl().map(url -> url.replaceFirst("^https?://", "")).orElse("");
  }

  private static JoinGuide.Limits guideLimits(HubConfig config) {
    return new JoinGuide.Limits(
        config.payloadBytesMax(), config.ratePerMinute(), config.ratePerMinute());
  }

  private static Facts facts(HubConfig config) {
    return new Facts(
        ProbeRoutes.VERSION, config.payloadBytesMax(), config.ratePerMinute(), config.unreadMax());
  }

  private boolean isReady() {
    return isReady;
  }
}
