package dev.meshkore.hub;

import dev.meshkore.hub.audit.AuditLog;
import dev.meshkore.hub.chain.ChainDoor;
import dev.meshkore.hub.chain.ChainParts;
import dev.meshkore.hub.courier.Courier;
import dev.meshkore.hub.discovery.Discovery;
import dev.meshkore.hub.discovery.Learned;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Guard;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.intent.Intent;
import dev.meshkore.hub.intent.PlainInterpreter;
import dev.meshkore.hub.jobs.JobDoor;
import dev.meshkore.hub.jobs.JobParts;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.market.Market;
import dev.meshkore.hub.market.MarketParts;
import dev.meshkore.hub.market.Token;
import dev.meshkore.hub.meaning.Meaning;
import dev.meshkore.hub.meaning.Model;
import dev.meshkore.hub.outbound.OutboundClient;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.owner.OwnerDoor;
import dev.meshkore.hub.owner.OwnerParts;
import dev.meshkore.hub.payments.PaymentDoor;
import dev.meshkore.hub.payments.PaymentParts;
import dev.meshkore.hub.relay.HubVoice;
import dev.meshkore.hub.relay.MessageLeaves;
import dev.meshkore.hub.relay.Relay;
import dev.meshkore.hub.reputation.EarnedTrust;
import dev.meshkore.hub.reputation.ReputationDoor;
import dev.meshkore.hub.reputation.ReputationParts;
import dev.meshkore.hub.search.Search;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.witness.Witnesses;
import dev.meshkore.hub.x402.AskedBefore;
import dev.meshkore.hub.x402.HubAddresses;
import dev.meshkore.hub.x402.PayersRules;
import dev.meshkore.hub.x402.X402Door;
import dev.meshkore.hub.x402.X402Parts;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The parts of a hub below its doors, built top to bottom.
final class Parts {
  private final Ground ground;
  private final Identities who;
  private final OutboundClient outbound;
  private final OutsideAgents outside;
  private final Relay relay;
  private final Guard guard;
  private final AuditLog auditLog;
  private final Search search;
  private final Witnesses witnesses;
  private final Courier courier;
  private final Intent intent;
  private final Meaning meaning;
  private final Discovery discovery;
  private final OwnerDoor owner;
  private final Approach approach;
  private final AskedBefore asked;
  private final Outbox outbox;
  private final Market market;
  private final Ledger ledger;
  private final PaymentDoor payments;
  private final ChainDoor chain;
  private final X402Door x402;
  private final JobDoor jobs;
  private final ReputationDoor reputation;

  Parts(Ground ground, Identities who) {
    this.ground = ground;
    this.who = who;
    HubConfig config = ground.config();
    InstantSource clock = ground.clock();
    LongSupplier nanoTime = ground.nanoTime();
    Database database = ground.database();
    this.outbound = new OutboundClient(config.outboundPrivate());
    var rules = new SendRules(new RateLimiter(config.ratePerMinute(), nanoTime));
    this.outside = new OutsideAgents(database, clock, outbound::check);
    this.relay = relay(rules);
    this.auditLog =
        new AuditLog(database, new MessageLeaves(), config.auditName(), clock, ground.random());
    this.witnesses = new Witnesses(auditLog, outbound, config.witness().witnesses(), nanoTime);
    this.search = new Search(relay.transcript(), config.data().resolve("search"), clock, nanoTime);
    this.courier = new Courier(database, who.agents(), outside, relay, outbound, clock);
    this.guard = new Guard(guardParts(), rules, config.guard(), clock, nanoTime, ground.random());
    this.owner = new OwnerDoor(ownerParts(), who.owners(), lookup(config), rules);
    guard.persons(owner.persons());
    this.intent = new Intent(config.intent(), nanoTime);
    this.meaning = new Meaning(config.data(), Model.of(config.meaning()), nanoTime);
    this.approach = new Approach(database, rules, who.agents(), relay.relations(), clock);
    this.asked = new AskedBefore(approach, clock);
    this.outbox = new Outbox(database, who.agents(), new HubVoice(relay), clock, ground.random());
    var learned = new Learned(database, who.agents(), clock);
    this.market = new Market(marketParts(learned));
    this.ledger = new Ledger(ground.audit(), clock);
    this.payments = new PaymentDoor(paymentParts());
    guard.spentBefore(payments.spentBefore());
    this.chain = new ChainDoor(chainParts(), config.chain());
    this.jobs = new JobDoor(jobParts());
    this.reputation = new ReputationDoor(reputationParts());
    jobs.heed(reputation.follower());
    this.x402 =
        new X402Door(
            x402Parts(),
            who.callers(),
            chain.rail().stream().toList(),
            chain.vouchers().stream().toList());
    this.discovery = newDiscovery(learned);
  }

  private Discovery newDiscovery(Learned learned) {
    var below =
        new Discovery.Parts(
            learned, who.agents(), meaning, relay.presence()::online, ground.clock());
    return new Discovery(below, market::offered, intent, new PlainInterpreter());
  }

  private Relay relay(SendRules rules) {
    var made =
        new Relay(
            ground.database(),
            ground.audit(),
            who.agents(),
            outside,
            rules,
            ground.config().relayLimits(),
            ground.clock(),
            ground.nanoTime());
    made.heed(who.revocations());
    return made;
  }

  private Guard.Parts guardParts() {
    return new Guard.Parts(
        ground.database(),
        ground.audit(),
        who.agents(),
        who.callers(),
        new HubVoice(relay),
        relay.relations(),
        (caller, call) -> ground.calls().call(call.method(), call.target(), caller, call.body()));
  }

  private static OwnerDoor.Lookup lookup(HubConfig config) {
    return new OwnerDoor.Lookup(config.dnsServers(), config.gitHubApi(), config.outboundPrivate());
  }

  private OwnerParts ownerParts() {
    return new OwnerParts(
        ground.database(),
        ground.audit(),
        who.agents(),
        who.agentKeys(),
        who.callers(),
        who.signingKeys(),
        guard.budgets(),
        guard.stops(),
        new HubVoice(relay),
        new EarnedTrust(),
        outbound,
        ground.url(),
        ground.clock(),
        ground.random());
  }

  private PaymentParts paymentParts() {
    return new PaymentParts(
        ground.database(),
        who.agents(),
        who.callers(),
        approach,
        guard.approvals(),
        owner.persons(),
        guard.budgets(),
        ledger,
        outbox,
        ground.clock());
  }

  private ChainParts chainParts() {
    return new ChainParts(
        ground.database(),
        ground.audit(),
        new PayersRules(
            ground.database(),
            new KeyAddresses(ground.database()),
            approach,
            asked,
            guard.stops(),
            guard.budgets()),
        ground.clock(),
        ground.nanoTime(),
        ground.random());
  }

  private X402Parts x402Parts() {
    return new X402Parts(
        ground.database(),
        who.agents(),
        who.agentKeys(),
        who.signingKeys(),
        approach,
        asked,
        ledger,
        ground.audit(),
        () -> auditLog.head().checkpoint().size(),
        HubAddresses.of(ground.config().x402Chain(), auditLog.vkey()),
        ground.url(),
        ground.clock());
  }

  private JobParts jobParts() {
    return new JobParts(
        ground.database(),
        ground.audit(),
        who.agents(),
        who.agentKeys(),
        new KeyAddresses(ground.database()),
        who.callers(),
        approach,
        guard.approvals(),
        owner.persons(),
        guard.stops()::checkActing,
        market::delivered,
        guard.budgets(),
        ledger,
        chain.custody().orElse(null),
        outbox,
        who.signingKeys(),
        ground.config().jobs(),
        ground.url(),
        ground.clock(),
        ground.random());
  }

  private ReputationParts reputationParts() {
    return new ReputationParts(
        ground.database(),
        ground.audit(),
        who.agents(),
        who.agentKeys(),
        who.callers(),
        approach,
        guard.approvals(),
        owner.persons(),
        guard.stops()::checkActing,
        outbox,
        owner.trust()::reload,
        ground.url(),
        ground.clock());
  }

  private MarketParts marketParts(Learned learned) {
    return new MarketParts(
        ground.database(),
        ground.audit(),
        who.agents(),
        who.agentKeys(),
        who.callers(),
        approach,
        guard.approvals(),
        owner.persons(),
        owner.trust(),
        who.signingKeys(),
        guard::blocks,
        relay.presence()::isOnline,
        outbox,
        meaning,
        ground.config().payloadBytesMax(),
        learned,
        ground.config().jobs().transactionBps(),
        ground
            .config()
            .chain()
            .asset()
            .map(asset -> new Token(asset, ground.config().chain().least())),
        ground.url(),
        ground.clock(),
        ground.random());
  }

  /// Begins what goes on by itself.
  void start() {
    courier.start();
    owner.start();
    market.start();
    payments.start();
    jobs.start();
    x402.start();
    reputation.start();
    chain.start();
    auditLog.start(ground.audit());
    witnesses.start();
    meaning.start();
  }

  /// Ends what writes of itself, and the sessions.
  void closeWriters() {
    jobs.close();
    reputation.close();
    x402.close();
    chain.close();
    payments.close();
    market.close();
    outbox.close();
    owner.close();
    courier.close();
    guard.close();
    relay.close();
  }

  /// Ends what follows the writers.
  void closeFollowers() {
    discovery.close();
    meaning.close();
    intent.close();
    search.close();
    witnesses.close();
    auditLog.close();
  }

  OutboundClient outbound() {
    return outbound;
  }

  OutsideAgents outside() {
    return outside;
  }

  Relay relay() {
    return relay;
  }

  Guard guard() {
    return guard;
  }

  OwnerDoor owner() {
    return owner;
  }

  Market market() {
    return market;
  }

  PaymentDoor payments() {
    return payments;
  }

  Approach approach() {
    return approach;
  }

  Ledger ledger() {
    return ledger;
  }

  Outbox outbox() {
    return outbox;
  }

  X402Door x402() {
    return x402;
  }

  ChainDoor chain() {
    return chain;
  }

  JobDoor jobs() {
    return jobs;
  }

  ReputationDoor reputation() {
    return reputation;
  }

  AuditLog auditLog() {
    return auditLog;
  }

  Intent intent() {
    return intent;
  }

  Search search() {
    return search;
  }

  Discovery discovery() {
    return discovery;
  }
}
