package dev.meshkore.hub.relay;

import dev.meshkore.hub.guard.RateLimiter;
import dev.meshkore.hub.guard.SendRules;
import dev.meshkore.hub.identity.AgentId;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.ApiKeyHash;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.OutsideAgents;
import dev.meshkore.hub.identity.Profile;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.DatabaseUrl;
import dev.meshkore.hub.testing.TestAudit;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// A relay over a real database, with a clock that the test moves, that can be closed, killed and
/// opened again.
final class RelayUnderTest implements AutoCloseable, InstantSource {
  private final DatabaseUrl url;
  private final Relay.Limits limits;
  private final Journal.Sizes sizes;
  private final List<Caller.OfAgent> callers = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-21T14:30:00.123Z");
  private Database database;
  private Agents agents;
  private Relay relay;

  RelayUnderTest(DatabaseUrl url, Relay.Limits limits, Journal.Sizes sizes) {
    this.url = url;
    this.limits = limits;
    this.sizes = sizes;
    this.database = Database.open(url, () -> 0, () -> {});
    this.agents = new Agents(database, TestAudit.any());
    this.relay = newRelay(database, agents);
  }

  @Override
  public Instant instant() {
    return now;
  }

  void forward(Duration by) {
    now = now.plus(by);
  }

  void add(String name) {
    ApiKeyHash key = ApiKeyHash.ofMade("key of " + name);
    long number =
        database.write(transaction ->
            agents.create(transaction, AgentId.of("agent_id", name), key, Profile.EMPTY, now));
    callers.add(new Caller.OfAgent(number, name));
  }

  Relay relay() {
    return relay;
  }

  Database database() {
    return database;
  }

  Caller.OfAgent caller(int agent) {
    return callers.get(agent);
  }

  long number(int agent) {
    return callers.get(agent).number();
  }

  Inbox inbox(int agent) {
    return relay.inbox(number(agent));
  }

  /// Closes the relay in order, and opens it again.
  void reopen() {
    relay.close();
    kill();
  }

  /// Lets the relay go as it is, and opens another on the same database.
  void kill() {
    database.close();
    database = Database.open(url, () -> 0, () -> {});
    agents = new Agents(database, TestAudit.any());
    relay = newRelay(database, agents);
  }

  @Override
  public void close() {
    relay.close();
    database.close();
  }

  private Relay newRelay(Database over, Agents of) {
    var outside = new OutsideAgents(over, this, _ -> {});
    var rules = new SendRules(new RateLimiter(0, () -> 0));
    return new Relay(over, TestAudit.any(), of, outside, rules, limits, this, () -> 0, sizes);
  }
}
