package dev.meshkore.hub.identity;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Fields;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.scan.ListedNames;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The agents of the hub. Ids and numbers never change, so they are kept in memory once known.
/// Thread-safe.
public final class Agents {
  /// The number of the hub itself, which is no agent: it writes to agents, and nobody to it.
  public static final long HUB = 0;

  /// What the hub is called.
  public static final String HUB_ID = "hub";

  private final Database database;
  private final Audit audit;
  private final List<Follower> followers = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<String, Long> numbers = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, String> ids = new ConcurrentHashMap<>();

  /// Hears of a profile that is changed, in the transaction that changes it.
  @FunctionalInterface
  public interface Follower {
    /// The agent, as it will be.
    void changed(Transaction transaction, Agent agent) throws SQLException;
  }

  /// The agents in this database; `audit` takes down what changes of them.
  public Agents(Database database, Audit audit) {
    this.database = database;
    ids.put(HUB, HUB_ID);
    this.audit = audit;
  }

  /// Adds an agent within a transaction and answers its number.
  ///
  /// @throws Refused when the id is taken
  public long create(
      Transaction transaction, AgentId id, ApiKeyHash key, Profile profile, Instant joinedAt)
      throws SQLException {
    return tryCreate(transaction, id, key, profile, joinedAt)
        .orElseThrow(
            () -> new Refused(ProblemType.AGENT_EXISTS, "Another agent has this agent_id"));
  }

  /// Adds an agent within a transaction; empty where the id is taken.
  ///
  /// @throws Refused when the id would be taken for another's
  OptionalLong tryCreate(
      Transaction transaction, AgentId id, ApiKeyHash key, Profile profile, Instant joinedAt)
      throws SQLException {
    OptionalLong number = SqlAgents.insert(transaction, id, key, profile, joinedAt);
    if (number.isPresent()) {
      var listed = new ListedNames.Listed("agent", id.value(), number.getAsLong());
      ListedNames.claim(transaction, listed, "agent_id", id.value());
    }
    return number;
  }

  /// The agent of this id, read from the database.
  public Optional<Agent> find(String id) {
    return AgentId.isValid(id)
        ? database.read(reader -> SqlAgents.find(reader, id))
        : Optional.empty();
  }

  /// The number of an agent.
  public OptionalLong numberOf(String id) {
    Long known = numbers.get(id);
    if (known != null) {
      return OptionalLong.of(known);
    }
    if (!AgentId.isValid(id)) {
      return OptionalLong.empty();
    }
    OptionalLong found = database.read(reader -> SqlAgents.numberOf(reader, id));
    found.ifPresent(number -> keep(number, id));
    return found;
  }

  /// Whether an agent has this number.
  public boolean has(long number) {
    return ids.get(number) != null
        || database.read(reader -> SqlAgents.get(reader, number)).isPresent();
  }

  /// The id of the agent with this number, which exists.
  public String idOf(long number) {
    String known = ids.get(number);
    return known == null ? get(number).id() : known;
  }

  /// The agent with this number, which exists, read from the database.
  public Agent get(long number) {
    Agent agent =
        database
            .read(reader -> SqlAgents.get(reader, number))
            .orElseThrow(() -> new NoSuchElementException("No agent has number " + number));
    keep(number, agent.id());
    return agent;
  }

  /// The agent with this number, which exists, as of a transaction.
  public Agent get(Transaction reader, long number) throws SQLException {
    return SqlAgents.get(reader, number)
        .orElseThrow(() -> new NoSuchElementException("No agent has number " + number));
  }

  /// Agents that joined or changed after a version, in the order of versions.
  public List<Agent> changedSince(long version, int limit) {
    return database.read(reader -> SqlAgents.changedSince(reader, version, limit));
  }

  /// Agents whose ids come after one, in the order of ids; "" comes before all.
  public List<Agent> page(String afterId, int limit) {
    return database.read(reader -> SqlAgents.page(reader, afterId, limit));
  }

  /// The agents with these numbers, in the order of numbers; unknown numbers are left out.
  public List<Agent> byNumbers(Collection<Long> numbers) {
    return numbers.isEmpty()
        ? List.of()
        : database.read(reader -> SqlAgents.byNumbers(reader, numbers));
  }

  /// What is to change of a profile; what is empty stays.
  ///
  /// @param practice the fields of [Practice] that are given
  record Change(
      Optional<String> description,
      Optional<List<String>> capabilities,
      Optional<String> status,
      Optional<Fields> practice) {}

  /// Changes what is given of a profile and answers the whole.
  ///
  /// @throws Refused when a value is not accepted
  public Agent update(
      long number,
      Optional<String> description,
      Optional<List<String>> capabilities,
      Optional<String> status) {
    return update(number, new Change(description, capabilities, status, Optional.empty()));
  }

  /// The same, with how it works.
  Agent update(long number, Change change) {
    String description = change.description().map(ProfileFields::description).orElse(null);
    String capabilities =
        change.capabilities().map(ProfileFields::capabilities).map(SqlAgents::joined).orElse(null);
    String status = change.status().map(ProfileFields::status).orElse(null);
    Fields practice = change.practice().orElse(null);
    boolean isNothing = description == null && capabilities == null && status == null;
    Agent before = get(number);
    if (isNothing
        && (practice == null || before.practice().with(practice).equals(before.practice()))) {
      return before;
    }
    return database
        .write(transaction -> {
          SqlAgents.update(transaction, number, description, capabilities, status);
          if (practice != null) {
            Practice now = SqlAgents.get(transaction, number).orElseThrow().practice();
            SqlAgents.practise(transaction, number, now.with(practice));
          }
          Optional<Agent> changed = SqlAgents.get(transaction, number);
          if (changed.isPresent()) {
            for (Follower follower : followers) {
              follower.changed(transaction, changed.get());
            }
            audit.record(transaction, profileChanged(changed.get()));
          }
          return changed;
        })
        .orElseThrow(() -> new NoSuchElementException("No agent has number " + number));
  }

  /// Tells a follower of every change from now on.
  public void heed(Follower follower) {
    followers.add(follower);
  }

  /// Lets whoever follows the agents hear of one again, of which something changed that is kept
  /// elsewhere.
  public void touch(Transaction transaction, long number) throws SQLException {
    SqlAgents.update(transaction, number, null, null, null);
  }

  private static Leaf profileChanged(Agent agent) {
    String said =
        String.join(
            "\n", agent.description(), SqlAgents.joined(agent.capabilities()), agent.status());
    String practice = agent.practice().stored();
    String all = practice.isEmpty() ? said : said + "\n" + practice;
    return Leaf.of("profile.changed", agent.id(), agent.id())
        .about(all.getBytes(StandardCharsets.UTF_8));
  }

  /// Notes when agents were last online, in one transaction. A time never goes back.
  public void seen(Map<Long, Instant> lastSeenByNumber) {
    if (lastSeenByNumber.isEmpty()) {
      return;
    }
    var sorted = new TreeMap<>(lastSeenByNumber);
    database.write(transaction -> {
      for (Map.Entry<Long, Instant> one : sorted.entrySet()) {
        SqlAgents.seen(transaction, one.getKey(), one.getValue());
      }
      return sorted.size();
    });
  }

  /// How many agents there are.
  public long count() {
    return database.read(SqlAgents::count);
  }

  /// The agent and its key's hash.
  Optional<SqlAgents.Keyed> keyed(String id) {
    return database.read(reader -> SqlAgents.keyed(reader, id));
  }

  /// The agent that has this key, where the hub made the key.
  Optional<SqlAgents.Keyed> byMadeKey(String key) {
    byte[] hash = Sha256.of(key);
    return database.read(reader -> SqlAgents.byMadeKey(reader, hash));
  }

  /// True where some agent chose its key.
  boolean hasChosenKeys() {
    return database.read(SqlAgents::hasChosenKeys);
  }

  private void keep(long number, String id) {
    numbers.put(id, number);
    ids.put(number, id);
  }
}
