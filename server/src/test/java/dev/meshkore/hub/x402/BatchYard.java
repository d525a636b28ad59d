package dev.meshkore.hub.x402;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.evm.Address;
import dev.meshkore.hub.evm.Authorization;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.ledger.Outcome;
import dev.meshkore.hub.ledger.Transfer;
import dev.meshkore.hub.money.Asset;
import dev.meshkore.hub.money.Money;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// Signed payments and their batches on a real database without a hub around them, by a clock that
/// the test sets and may break.
final class BatchYard implements AutoCloseable {
  static final class Torn extends RuntimeException {
    Torn() {
      super("the clock broke", null, false, false);
    }
  }

  final Database database;
  final Agents agents;
  final Ledger ledger;
  final LedgerRail rail;
  final Batches batches;

  /// How often batches may ask for the time before it breaks; below 0 it never does.
  final AtomicInteger left = new AtomicInteger(-1);

  BatchYard(DatabaseUrl url, AtomicLong now) {
    InstantSource clock = () -> Instant.ofEpochMilli(now.get());
    InstantSource breaking =
        () -> {
          if (left.getAndUpdate(count -> count < 0 ? count : count - 1) == 0) {
            throw new Torn();
          }
          return clock.instant();
        };
    var random = new SecureRandom();
    this.database = Database.open(url, () -> 0L, () -> {});
    var audit = new Audit(clock, random);
    this.agents = new Agents(database, audit);
    this.ledger = new Ledger(audit, clock);
    var keys =
        new AgentKeys(
            database, audit, new Revocations(database), () -> "http://hub", clock, random);
    var rules = new SendRules(new RateLimiter(0, () -> 0L));
    var approach = new Approach(database, rules, agents, new Strangers(), clock);
    var parts =
        new X402Parts(
            database,
            agents,
            keys,
            new SigningKeys(database, audit, clock, random),
            approach,
            new AskedBefore(approach, clock),
            ledger,
            new Audit(breaking, random),
            () -> 0L,
            HubAddresses.of(84_532, "the hub's key"),
            () -> "http://hub",
            breaking);
    this.rail = new LedgerRail(parts);
    this.batches = new Batches(parts);
  }

  private static final class Strangers implements dev.meshkore.hub.guard.Relations {
    @Override
    public boolean hasWritten(Transaction transaction, long from, long to) {
      return false;
    }

    @Override
    public boolean shareChannel(Transaction transaction, long one, long other) {
      return false;
    }
  }

  Caller.OfAgent agent(String id) {
    long number =
        database.write(transaction ->
            agents.create(
                transaction,
                new AgentId(id),
                ApiKeyHash.ofMade("mk_" + "x".repeat(43)),
                Profile.EMPTY,
                Instant.EPOCH));
    return new Caller.OfAgent(number, id);
  }

  void deposit(Caller.OfAgent agent, long atoms) {
    database.write(transaction ->
        ledger.move(
            transaction,
            List.of(
                new Order(
                    "d" + agent.number(),
                    "admin",
                    agent.id(),
                    Account.Name.issuedBy("admin"),
                    Account.Name.ofAgent(agent.number()),
                    new Money(Asset.CREDIT, atoms),
                    "deposit",
                    "",
                    0,
                    OptionalLong.empty()))));
  }

  /// Settles a payment as if its payer had signed it, or holds it.
  Transfer pay(Caller.OfAgent payer, Caller.OfAgent payee, long atoms, String nonce, long hold) {
    return database.write(transaction -> pay(transaction, payer, payee, atoms, nonce, hold));
  }

  private Transfer pay(
      Transaction transaction,
      Caller.OfAgent payer,
      Caller.OfAgent payee,
      long atoms,
      String nonce,
      long hold)
      throws SQLException {
    var addresses = HubAddresses.of(84_532, "the hub's key");
    var words =
        new Authorization(
            new Address("%040x".formatted(payer.number())),
            addresses.payTo(payee.number()),
            BigInteger.valueOf(atoms),
            BigInteger.ZERO,
            BigInteger.valueOf(Long.MAX_VALUE),
            nonce);
    var signed = new SignedPayment(2, "exact", "", words, new byte[65], Json.object());
    var amount = new Money(Asset.CREDIT, atoms);
    var charge = new LedgerRail.Charge(payer, payee.number(), amount, signed);
    var call = new Approach.Call(payer, "POST /x402/settle", "/x402/settle", new byte[0]);
    Outcome outcome = rail.move(transaction, call, charge, LedgerRail.Matter.UNSAID, hold);
    return ((Outcome.Done) outcome).transfers().getFirst();
  }

  @Override
  public void close() {
    database.close();
  }
}
