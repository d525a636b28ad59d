package dev.meshkore.hub.identity;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.net.InetAddress;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;

/// How agents come in: by an invite once, by their key afterwards. Thread-safe.
public final class Admission {
  static final int KEY_CHARACTERS_MAX = 256;

  static final int FAILURES_PER_MINUTE = 10;

  private static final int KEPT_MAX = 10_000;

  /// An agent that has joined.
  ///
  /// @param agentId its name
  /// @param apiKey its key, which the hub cannot show again; never logged
  /// @param token its first token
  public record Joined(String agentId, String apiKey, Tokens.Token token) {
    @Override
    public String toString() {
      return "Joined " + agentId;
    }
  }

  /// What became of a registration.
  public sealed interface Registration {
    /// A new token for a known agent.
    record Renewed(Tokens.Token token) implements Registration {}

    /// A new agent of an open hub.
    record Added(Tokens.Token token) implements Registration {}
  }

  /// What else is done within the transaction in which an agent joins by an invite.
  @FunctionalInterface
  interface Joining {
    /// An agent joins.
    void joined(Transaction transaction, long agent, Invite invite) throws SQLException;
  }

  /// Told within the transaction in which an agent joins by an invite, before it commits, so that
  /// whatever has to hold for the agent holds from its first call on.
  @FunctionalInterface
  public interface Newcomers {
    /// An agent joins.
    ///
    /// @return takes back what is remembered of it; run where the joining was not stored
    Runnable joined(Transaction transaction, long agent, Invite invite) throws SQLException;
  }

  private final Database database;
  private final Audit audit;
  private final Agents agents;
  private final Invites invites;
  private final Tokens tokens;
  private final Revocations revocations;
  private final InstantSource time;
  private final RandomGenerator random;
  private final OpenDoor open;
  private final boolean hasChosenKeys;
  private final Pbkdf2 pbkdf2;
  private final Attempts failures;
  private final Attempts strangers;
  private volatile Newcomers newcomers = (_, _, _) -> Admission::takeNothingBack;
  private final Kept<SqlAgents.Keyed> rightPairs = new Kept<>(KEPT_MAX);

  /// Where `open` says so, the hub also lets in who brings a key of its own.
  public Admission(
      Database database,
      Audit audit,
      Agents agents,
      Invites invites,
      Tokens tokens,
      Revocations revocations,
      InstantSource time,
      RandomGenerator random,
      OpenDoor open) {
    this(database, audit, agents, invites, tokens, revocations, time, random, open, new Pbkdf2());
  }

  Admission(
      Database database,
      Audit audit,
      Agents agents,
      Invites invites,
      Tokens tokens,
      Revocations revocations,
      InstantSource time,
      RandomGenerator random,
      OpenDoor open,
      Pbkdf2 pbkdf2) {
    this.database = database;
    this.audit = audit;
    this.agents = agents;
    this.invites = invites;
    this.tokens = tokens;
    this.revocations = revocations;
    this.time = time;
    this.random = random;
    this.open = open;
    this.hasChosenKeys = open.isOpen() || agents.hasChosenKeys();
    this.pbkdf2 = pbkdf2;
    this.failures = new Attempts(FAILURES_PER_MINUTE, Duration.ofMinutes(1), time);
    this.strangers = new Attempts(open.joinsPerHour(), Duration.ofHours(1), time);
  }

  /// Tells this one, and no other, of agents that join.
  public void onJoin(Newcomers one) {
    newcomers = one;
  }

  /// Uses an invite once and adds the agent, both or neither.
  ///
  /// @throws Refused when the invite cannot be used or the id is taken
  public Joined join(String nonce, AgentId id, Profile profile) {
    return join(nonce, id, profile, (_, _, _) -> {});
  }

  /// The same, with more to do in the same transaction.
  Joined join(String nonce, AgentId id, Profile profile, Joining more) {
    String key = ApiKeyHash.makeKey(random);
    ApiKeyHash hash = ApiKeyHash.ofMade(key);
    Instant now = time.instant();
    var takeBack = new AtomicReference<Runnable>(Admission::takeNothingBack);
    boolean isStored = false;
    try {
      database.write(transaction -> {
        // The work may run again, and the agent get another number.
        takeBack.getAndSet(Admission::takeNothingBack).run();
        Invite invite = invites.use(transaction, nonce, Invite.LetsIn.AGENT);
        audit.record(transaction, joined(id, profile, invite.id()));
        long number = agents.create(transaction, id, hash, profile, now);
        more.joined(transaction, number, invite);
        // Last, for it is remembered: what can refuse comes before it.
        takeBack.set(newcomers.joined(transaction, number, invite));
        return number;
      });
      isStored = true;
    } finally {
      if (!isStored) {
        takeBack.get().run();
      }
    }
    return new Joined(id.value(), key, tokens.issue(id.value()));
  }

  private static void takeNothingBack() {}

  /// A token for whoever has the agent's key. An unknown id and a wrong key are refused alike, in
  /// like time.
  ///
  /// @param from where the caller is
  /// @throws Refused when the key is not the agent's, or too many new agents came from there
  public Registration register(AgentId id, String key, Optional<InetAddress> from) {
    if (key.isEmpty() || key.length() > KEY_CHARACTERS_MAX) {
      throw Refused.field("api_key", "api_key must be 1 to " + KEY_CHARACTERS_MAX + " characters");
    }
    String pair = Sha256.name(id + "\n" + key);
    Optional<SqlAgents.Keyed> kept = rightPairs.get(pair).filter(this::isOfNow);
    if (kept.isPresent()) {
      return renewed(kept.get());
    }
    Optional<SqlAgents.Keyed> known = agents.keyed(id.value());
    if (known.isPresent() && known.get().key().isOfMade(key)) {
      rightPairs.put(pair, known.get());
      return renewed(known.get());
    }
    if (!hasChosenKeys) {
      throw unauthenticated();
    }
    if (known.isEmpty() && open.isOpen() && add(id, key, OpenDoor.network(from))) {
      agents.keyed(id.value()).ifPresent(added -> rightPairs.put(pair, added));
      return new Registration.Added(tokens.issue(id.value()));
    }
    limit(failures, id.value(), "Too many wrong keys for this agent_id in a minute");
    SqlAgents.Keyed now = agents.keyed(id.value()).orElse(null);
    if (!ApiKeyHash.isOfChosen(now == null ? null : now.key(), key, pbkdf2) || now == null) {
      throw unauthenticated();
    }
    failures.takeBack(id.value());
    rightPairs.put(pair, now);
    return renewed(now);
  }

  /// False where somebody else was first. Who could not be added, for whatever reason, uses nothing
  /// up of what its network may register.
  private boolean add(AgentId id, String key, String network) {
    limit(strangers, network, "Too many new agents from this address in an hour");
    boolean isAdded = false;
    try {
      isAdded = store(id, key);
      return isAdded;
    } finally {
      if (!isAdded) {
        strangers.takeBack(network);
      }
    }
  }

  private boolean store(AgentId id, String key) {
    ApiKeyHash hash = ApiKeyHash.ofChosen(key, random, pbkdf2);
    Instant now = time.instant();
    OptionalLong added =
        database.write(transaction -> {
          OptionalLong number = agents.tryCreate(transaction, id, hash, Profile.EMPTY, now);
          if (number.isPresent()) {
            audit.record(transaction, joined(id, Profile.EMPTY, "open"));
          }
          return number;
        });
    return added.isPresent();
  }

  private static void limit(Attempts attempts, String name, String detail) {
    OptionalLong seconds = attempts.begin(name);
    if (seconds.isPresent()) {
      throw Refused.later(ProblemType.RATE_LIMITED, detail, seconds.getAsLong());
    }
  }

  private static Leaf joined(AgentId id, Profile profile, String by) {
    Leaf leaf = Leaf.of("agent.joined", id.value(), id.value()).with("by", by);
    byte[] key = profile.publicKey();
    return key == null ? leaf : leaf.with("public_key", Secrets.base64Url(key));
  }

  /// A key that was right once may have been changed since.
  private boolean isOfNow(SqlAgents.Keyed kept) {
    return kept.epoch() == revocations.epochOf(kept.number());
  }

  private Registration renewed(SqlAgents.Keyed of) {
    return new Registration.Renewed(tokens.issue(of.id(), of.epoch()));
  }

  private static Refused unauthenticated() {
    return new Refused(
        ProblemType.UNAUTHENTICATED, "There is no agent of this agent_id with this api_key");
  }
}
