package dev.meshkore.hub.jobs;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.deeds.Signatures;
import dev.meshkore.hub.guard.Approach;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.guard.Holding;
import dev.meshkore.hub.guard.Persons;
import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.Relations;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.http.Request;
import dev.meshkore.hub.http.Response;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Callers;
import dev.meshkore.hub.identity.KeyAddresses;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.identity.Revocations;
import dev.meshkore.hub.identity.SigningKeys;
import dev.meshkore.hub.ledger.Account;
import dev.meshkore.hub.ledger.Ledger;
import dev.meshkore.hub.ledger.Order;
import dev.meshkore.hub.outbox.Outbox;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.store.Transaction;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Jobs on a real database without a hub around them, by a clock that the test sets.
final class Yard implements AutoCloseable {
  final AtomicLong now = new AtomicLong(1_000_000_000);
  final Database database;
  final Agents agents;
  final Ledger ledger;
  final Jobs jobs;
  final Openings openings;
  final JobClock clock;
  private final JobParts parts;
  private int deposits;

  Yard(DatabaseUrl url) {
    InstantSource time = () -> Instant.ofEpochMilli(now.get());
    var random = new SecureRandom();
    Supplier<String> hubUrl = () -> "http://hub";
    this.database = Database.open(url, () -> 0L, () -> {});
    var audit = new Audit(time, random);
    this.agents = new Agents(database, audit);
    this.ledger = new Ledger(audit, time);
    var revocations = new Revocations(database);
    var keys = new AgentKeys(database, audit, revocations, hubUrl, time, random);
    var rules = new SendRules(new RateLimiter(0, () -> 0L));
    var outbox = new Outbox(database, agents, (_, _, _) -> true, time, random);
    this.parts =
        new JobParts(
            database,
            audit,
            agents,
            keys,
            new KeyAddresses(database),
            nobody(),
            new Approach(database, rules, agents, new Strangers(), time),
            new NothingWaits(),
            Persons.OPERATOR_ALONE,
            (_, _) -> {},
            (_, _, _) -> {},
            new Budgets(time),
            ledger,
            null,
            outbox,
            new SigningKeys(database, audit, time, random),
            new JobSettings(10_000_000, 300, 50),
            hubUrl,
            time,
            random);
    // Notices are stored, and nobody is told.
    outbox.close();
    var signatures = new Signatures(keys);
    this.jobs = new Jobs(parts, signatures, new Escrow(parts));
    this.openings = new Openings(parts, signatures, jobs);
    this.clock = newClock();
  }

  /// The clock of a hub that starts on the same database.
  JobClock newClock() {
    return new JobClock(parts, jobs);
  }

  /// There are no requests, so nobody is asked who calls.
  @SuppressWarnings("NullAway")
  private static Callers nobody() {
    @Nullable Callers none = null;
    return none;
  }

  private static final class Strangers implements Relations {
    @Override
    public boolean hasWritten(Transaction transaction, long from, long to) {
      return false;
    }

    @Override
    public boolean shareChannel(Transaction transaction, long one, long other) {
      return false;
    }
  }

  private static final class NothingWaits implements Holding {
    @Override
    public Response orHold(
        Request request, Caller.OfAgent caller, String target, Supplier<Response> action) {
      return action.get();
    }

    @Override
    public void checkAction(Caller.OfAgent caller, String kind, String target, byte[] body) {}
  }

  Caller.OfAgent agent(String id) {
    long number =
        database.write(transaction ->
            agents.create(
                transaction,
                new AgentId(id),
                ApiKeyHash.ofMade("mk_" + "x".repeat(43)),
                Profile.EMPTY,
                Instant.ofEpochMilli(now.get())));
    return new Caller.OfAgent(number, id);
  }

  void deposit(Caller.OfAgent agent, long atoms) {
    var order =
        new Order(
            "admin/" + deposits++,
            "admin",
            agent.id(),
            Account.Name.issuedBy("admin"),
            Account.Name.ofAgent(agent.number()),
            JobTerms.credits(atoms),
            "deposit",
            "",
            0,
            OptionalLong.empty());
    var _ = database.write(transaction -> ledger.move(transaction, List.of(order)));
  }

  /// What every account may pay out; those of jobs that are empty are left out.
  Map<String, Long> all(Transaction reader) throws SQLException {
    var all = new HashMap<String, Long>();
    for (Map.Entry<String, Long> one :
        reader.list(
            """
            SELECT name, credits_posted - debits_posted - debits_pending FROM ledger_account
            WHERE name NOT LIKE 'job:%' OR credits_posted > debits_posted
            """,
            row -> Map.entry(row.getString(1), row.getLong(2)))) {
      all.put(one.getKey(), one.getValue());
    }
    return all;
  }

  Approach.Call call(Caller.OfAgent caller) {
    return new Approach.Call(caller, "POST /jobs/{job_id}/steps", "/jobs/x/steps", new byte[0]);
  }

  @Override
  public void close() {
    database.close();
  }
}
