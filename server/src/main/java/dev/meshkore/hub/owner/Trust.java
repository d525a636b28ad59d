package dev.meshkore.hub.owner;

import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agent;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// How far agents are known. Most are new; who is more is kept in memory for lists, and read where
/// a rule depends on it. Thread-safe.
public final class Trust {
  private final Database database;
  private final Earned earned;
  private final Map<Long, Standing> known = new ConcurrentHashMap<>();

  private record Standing(TrustLevel level, List<Verification> verifications) {}

  private static final Standing NEW = new Standing(TrustLevel.NEW, List.of());

  Trust(Database database, Earned earned) {
    this.database = database;
    this.earned = earned;
  }

  /// Reads again who is more than new. One at a time, so that what is older never replaces what is
  /// newer.
  synchronized void reload() {
    Map<Long, Standing> found =
        database.read(reader -> {
          var agents = new HashSet<>(SqlVerifications.agentsWithStanding(reader));
          agents.addAll(earned.agents(reader));
          return standings(reader, agents);
        });
    known.putAll(found);
    known.keySet().retainAll(found.keySet());
  }

  /// Reads again how far those are known for whom a subject stands.
  synchronized void reload(Verification.Subject subject) {
    Map<Long, Standing> found =
        database.read(reader ->
            standings(
                reader,
                switch (subject) {
                  case Verification.Subject.OfAgent(long agent) -> List.of(agent);
                  case Verification.Subject.OfOwner(long owner) ->
                      SqlOwners.heldBy(reader, owner, 0, Integer.MAX_VALUE);
                }));
    found.forEach(this::keep);
  }

  /// Reads again how far an agent is known, because what it has earned changed.
  public synchronized void reload(long agent) {
    database.read(reader -> standings(reader, List.of(agent))).forEach(this::keep);
  }

  private void keep(long agent, Standing standing) {
    if (standing.equals(NEW)) {
      known.remove(agent);
    } else {
      known.put(agent, standing);
    }
  }

  private Map<Long, Standing> standings(Transaction reader, Collection<Long> agents)
      throws SQLException {
    var standings = new HashMap<Long, Standing>();
    for (long agent : agents) {
      List<Verification> holding = SqlVerifications.holdingFor(reader, agent);
      standings.put(agent, new Standing(level(reader, agent, holding), holding));
    }
    return standings;
  }

  /// How far an agent is known now.
  TrustLevel of(Transaction reader, long agent) throws SQLException {
    return level(reader, agent, SqlVerifications.holdingFor(reader, agent));
  }

  private TrustLevel level(Transaction reader, long agent, List<Verification> holding)
      throws SQLException {
    if (SqlVerifications.isVouchedFor(reader, agent) || earned.has(reader, agent)) {
      return TrustLevel.TRUSTED;
    }
    TrustLevel level = TrustLevel.NEW;
    for (Verification one : holding) {
      level = one.method().level().isAtLeast(level) ? one.method().level() : level;
    }
    return level;
  }

  /// How far an agent is known, from memory, which may be a second old.
  public TrustLevel levelOf(long agent) {
    return known.getOrDefault(agent, NEW).level();
  }

  /// Whether an agent is known at least as far as the word of a level says.
  ///
  /// @throws dev.meshkore.hub.problem.Refused when there is no such level
  public boolean isAtLeast(long agent, String word) {
    return known.getOrDefault(agent, NEW).level().isAtLeast(TrustLevel.of("trust", word));
  }

  /// Adds to an agent's object how far it is known, and by what.
  public void addTo(ObjectNode json, Agent agent) {
    Standing standing = known.getOrDefault(agent.number(), NEW);
    json.put("trust", standing.level().word());
    if (standing.verifications().isEmpty()) {
      return;
    }
    ArrayNode list = json.putArray("verified");
    for (Verification one : standing.verifications()) {
      ObjectNode entry = list.addObject();
      entry.put("name", one.name());
      entry.put("method", one.method().word());
      entry.put("of", one.subject() instanceof Verification.Subject.OfOwner ? "owner" : "agent");
      one.verifiedAt().ifPresent(at -> entry.put("verified_at", Rfc3339.text(at)));
    }
  }
}
