package dev.meshkore.hub.owner;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.identity.Admission;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.Invite;
import dev.meshkore.hub.identity.Invites;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/// Owners and the agents they hold. An agent is held only by an owner that both want. Thread-safe.
public final class Owners implements Admission.Newcomers {
  private static final Pattern KEY = Pattern.compile("mko_[A-Za-z0-9_-]{43}");
  private static final int KEY_BYTES = 32;
  private static final int ID_BYTES = 12;
  private static final int OFFERS_MAX = 1_000;
  private static final int OFFERS_SHOWN = 50;
  private static final Duration JOINING = Duration.ofSeconds(3);

  /// An owner with its key, which is shown once.
  ///
  /// @param owner what the hub keeps
  /// @param apiKey a secret
  record Made(Owner owner, String apiKey) {
    @Override
    public String toString() {
      return "Made " + owner.id();
    }
  }

  /// What an owner's wish to hold an agent came to.
  enum Holding {
    /// The owner holds it.
    HELD,
    /// The agent has to agree.
    OFFERED
  }

  /// Asked within the transaction in which an owner gives an agent up.
  @FunctionalInterface
  interface Releasing {
    /// Refuses where the owner of this id may not.
    void check(Transaction transaction, String ownerId) throws SQLException;
  }

  private final Database database;
  private final Audit audit;
  private final Agents agents;
  private final Invites invites;
  private final AgentKeys agentKeys;
  private final InstantSource time;
  private final RandomGenerator random;
  private volatile Runnable changed = () -> {};
  private volatile LongConsumer held = _ -> {};
  private volatile Releasing releasing = (_, _) -> {};
  private volatile Map<Long, String> lastOwners = Map.of();

  /// Agents that joined as an owner's a moment ago, maybe after the others were read.
  private final Map<Long, Joined> joined = new ConcurrentHashMap<>();

  private record Agreed(Owner owner, boolean isNew) {}

  private record Joined(String ownerId, Instant at) {}

  /// The owners in this database.
  public Owners(
      Database database,
      Audit audit,
      Agents agents,
      Invites invites,
      AgentKeys agentKeys,
      InstantSource time,
      RandomGenerator random) {
    this.database = database;
    this.audit = audit;
    this.agents = agents;
    this.invites = invites;
    this.agentKeys = agentKeys;
    this.time = time;
    this.random = random;
  }

  /// Whose key this is.
  public Optional<Caller.OfOwner> byKey(String key) {
    return KEY.matcher(key).matches()
        ? database
            .read(reader -> SqlOwners.byKey(reader, Secrets.hash(key)))
            .map(owner -> new Caller.OfOwner(owner.number(), owner.id()))
        : Optional.empty();
  }

  /// Lets an agent that joins by an owner's invite belong to that owner, in the same transaction.
  /// Its number may be given again where the transaction fails, so it is forgotten then.
  @Override
  public Runnable joined(Transaction transaction, long agent, Invite invite) throws SQLException {
    OptionalLong owner = invite.owner();
    if (owner.isEmpty()) {
      return () -> {};
    }
    SqlOwners.hold(transaction, agent, owner.getAsLong(), time.instant());
    heldLeaf(transaction, agent, owner.getAsLong());
    var now = new Joined(idOf(transaction, owner.getAsLong()), time.instant());
    joined.put(agent, now);
    held.accept(agent);
    // Not where somebody else has the number by now.
    return () -> joined.remove(agent, now);
  }

  /// Takes down that an owner holds an agent from now on, by the agent's own act.
  private void heldLeaf(Transaction transaction, long agent, long owner) throws SQLException {
    String agentId = SqlOwners.agentId(transaction, agent);
    audit.record(transaction, Leaf.of("agent.held", agentId, idOf(transaction, owner)));
  }

  /// Reads again who holds whom. One at a time, so that what is older never replaces what is newer.
  synchronized void reload() {
    Instant settled = time.instant().minus(JOINING);
    lastOwners = Map.copyOf(database.read(SqlOwners::heldAgents));
    joined.values().removeIf(one -> one.at().isBefore(settled));
  }

  /// The id of an agent's owner, from memory.
  Optional<String> lastOwnerOf(long agent) {
    String known = lastOwners.get(agent);
    return known == null
        ? Optional.ofNullable(joined.get(agent)).map(Joined::ownerId)
        : Optional.of(known);
  }

  /// The id of an agent's owner, as of a transaction.
  Optional<String> idOfOwner(Transaction reader, long agent) throws SQLException {
    OptionalLong owner = SqlOwners.ownerOf(reader, agent);
    return owner.isPresent()
        ? SqlOwners.get(reader, owner.getAsLong()).map(Owner::id)
        : Optional.empty();
  }

  /// Tells this one, before the commit, of agents that join as an owner's.
  void onJoin(LongConsumer one) {
    held = one;
  }

  /// Asks this one before an owner holds an agent no longer.
  void onRelease(Releasing one) {
    releasing = one;
  }

  /// Tells this one, after the commit, that who is held, or what an owner requires, has changed.
  void onChange(Runnable one) {
    changed = one;
  }

  /// Who is held has changed, which is durable.
  void changed() {
    changed.run();
  }

  /// Makes an owner. Where a nonce is given, its invite is used once, both or neither.
  Made make(OwnerFields fields, Optional<String> nonce) {
    String key = "mko_" + Secrets.text(random, KEY_BYTES);
    String id = "own_" + Secrets.text(random, ID_BYTES);
    Instant now = time.instant();
    Owner owner =
        database.write(transaction -> {
          if (nonce.isPresent()) {
            invites.use(transaction, nonce.get(), Invite.LetsIn.OWNER);
          }
          long number = SqlOwners.insert(transaction, id, fields, Secrets.hash(key), now);
          audit.record(transaction, Leaf.of("owner.made", nonce.isPresent() ? id : "admin", id));
          return get(transaction, number);
        });
    return new Made(owner, key);
  }

  /// Changes what an owner says of itself: what is to be is made of what is, in one transaction, so
  /// that of two changes at once none undoes the other.
  Owner update(long number, Function<Owner, OwnerFields> change) {
    Owner owner =
        database.write(transaction -> {
          SqlOwners.lock(transaction, number);
          SqlOwners.update(transaction, number, change.apply(get(transaction, number)));
          Owner after = get(transaction, number);
          audit.record(transaction, Leaf.of("owner.changed", after.id(), after.id()));
          return after;
        });
    changed.run();
    return owner;
  }

  /// Replaces an owner's key; the one before is void at once.
  String newKey(long number) {
    String key = "mko_" + Secrets.text(random, KEY_BYTES);
    database.write(transaction -> {
      SqlOwners.setKey(transaction, number, Secrets.hash(key));
      String id = get(transaction, number).id();
      audit.record(transaction, Leaf.of("credentials.changed", id, id));
      return number;
    });
    return key;
  }

  Owner get(long number) {
    return database.read(reader -> get(reader, number));
  }

  Optional<Owner> find(String id) {
    return database.read(reader -> SqlOwners.find(reader, id));
  }

  Optional<Owner> ownerOf(long agent) {
    return database.read(reader -> {
      OptionalLong owner = SqlOwners.ownerOf(reader, agent);
      return owner.isPresent() ? SqlOwners.get(reader, owner.getAsLong()) : Optional.empty();
    });
  }

  List<Long> heldBy(long owner, long after, int limit) {
    return database.read(reader -> SqlOwners.heldBy(reader, owner, after, limit));
  }

  List<Owner> offersTo(long agent) {
    return database.read(reader -> SqlOwners.offersTo(reader, agent, OFFERS_SHOWN));
  }

  /// Offers an agent to be held.
  ///
  /// @throws Refused when another owner holds it
  Holding offer(long owner, String agentId) {
    long agent = numberOf(agentId);
    Instant now = time.instant();
    return database.write(transaction -> {
      OptionalLong held = SqlOwners.ownerOf(transaction, agent);
      if (held.isPresent()) {
        if (held.getAsLong() != owner) {
          throw owned();
        }
        return Holding.HELD;
      }
      if (SqlOwners.offerCount(transaction, owner) >= OFFERS_MAX) {
        throw Refused.later(
            ProblemType.RATE_LIMITED, "More than " + OFFERS_MAX + " agents have not agreed", 3_600);
      }
      SqlOwners.offer(transaction, agent, owner, now);
      return Holding.OFFERED;
    });
  }

  /// Agrees to an offer, as the agent. An owner can recover what it holds, so nobody agrees by what
  /// was revoked meanwhile.
  ///
  /// @throws Refused when there is no such offer, or another owner holds the agent
  Owner agree(Caller.OfAgent caller, String ownerId) {
    long agent = caller.number();
    Instant now = time.instant();
    Agreed agreed =
        database.write(transaction -> {
          agentKeys.requireStillProved(transaction, caller);
          Owner owner = SqlOwners.find(transaction, ownerId).orElseThrow(Owners::unknown);
          OptionalLong held = SqlOwners.ownerOf(transaction, agent);
          if (held.isPresent() && held.getAsLong() == owner.number()) {
            return new Agreed(owner, false);
          }
          if (!SqlOwners.isOffered(transaction, agent, owner.number())) {
            throw unknown();
          }
          if (!SqlOwners.hold(transaction, agent, owner.number(), now)) {
            throw owned();
          }
          audit.record(transaction, Leaf.of("agent.held", agents.idOf(agent), owner.id()));
          return new Agreed(owner, true);
        });
    if (agreed.isNew()) {
      changed.run();
    }
    return agreed.owner();
  }

  /// Agrees to the owner that attested a key of the caller, in the transaction that stores what it
  /// attested; true when the owner did not hold the agent before.
  ///
  /// @throws Refused when another owner holds it, the owner has released it, or the caller shows,
  ///   or showed, only what may be stolen
  boolean attested(Transaction transaction, Caller.OfAgent caller, Owner owner, Instant now)
      throws SQLException {
    long agent = caller.number();
    OptionalLong held = SqlOwners.ownerOf(transaction, agent);
    if (held.isPresent()) {
      if (held.getAsLong() != owner.number()) {
        throw owned();
      }
      return false;
    }
    requireSecret(caller);
    agentKeys.requireStillProved(transaction, caller);
    if (SqlOwners.isReleased(transaction, agent, owner.number())) {
      throw MandateToken.invalid("Its owner has released you, and has to offer again");
    }
    if (!SqlOwners.hold(transaction, agent, owner.number(), now)) {
      throw owned();
    }
    heldLeaf(transaction, agent, owner.number());
    return true;
  }

  /// An owner can recover an agent, and so take it from a thief, or for one.
  static void requireSecret(Caller.OfAgent agent) {
    if (!agent.proof().isOfSecret()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED, "Call with the API key or a signature; a token is not enough");
    }
  }

  /// Holds an agent no longer, or withdraws the offer.
  ///
  /// @throws Refused when the owner neither holds it nor has offered, or may not release it now
  void release(long owner, String agentId) {
    long agent = numberOf(agentId);
    boolean isReleased =
        database.write(transaction -> {
          OptionalLong held = SqlOwners.ownerOf(transaction, agent);
          if (held.isPresent() && held.getAsLong() == owner) {
            releasing.check(transaction, get(transaction, owner).id());
          }
          boolean wasHeld = SqlOwners.release(transaction, agent, owner);
          if (wasHeld) {
            String ownerId = get(transaction, owner).id();
            audit.record(transaction, Leaf.of("agent.released", ownerId, agentId));
            SqlOwners.released(transaction, agent, owner, time.instant());
          }
          return wasHeld || SqlOwners.withdraw(transaction, agent, owner);
        });
    if (!isReleased) {
      throw unknownAgent();
    }
    joined.remove(agent);
    changed.run();
  }

  boolean holds(long owner, long agent) {
    return database.read(reader -> SqlOwners.ownerOf(reader, agent)).orElse(-1) == owner;
  }

  /// The number of an agent that the owner holds.
  ///
  /// @throws Refused when there is none of this id, or another holds it
  long held(long owner, String agentId) {
    long agent = numberOf(agentId);
    OptionalLong held = database.read(reader -> SqlOwners.ownerOf(reader, agent));
    if (held.isEmpty() || held.getAsLong() != owner) {
      throw unknownAgent();
    }
    return agent;
  }

  private long numberOf(String agentId) {
    return agents.numberOf(agentId).orElseThrow(Owners::unknownAgent);
  }

  String idOf(Transaction reader, long number) throws SQLException {
    return get(reader, number).id();
  }

  private static Owner get(Transaction reader, long number) throws SQLException {
    return SqlOwners.get(reader, number)
        .orElseThrow(() -> new NoSuchElementException("No owner has number " + number));
  }

  static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_OWNER, "There is no such owner, or it did not ask");
  }

  private static Refused unknownAgent() {
    return new Refused(ProblemType.UNKNOWN_AGENT, "No agent of yours has this agent_id");
  }

  static Refused owned() {
    return new Refused(ProblemType.AGENT_OWNED, "Another owner holds this agent");
  }
}
