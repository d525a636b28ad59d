package dev.meshkore.hub.identity;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/// How agents come in: by an invite once, by their key afterwards. Thread-safe.
public final class Admission {
  static final int KEY_CHARACTERS_MAX = 256;

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

  /// Told within the transaction in which an agent joins by an invite.
  @FunctionalInterface
  public interface Joining {
    /// An agent joins.
    void joined(Transaction transaction, long agent, Invite invite) throws SQLException;
  }

  private final Database database;
  private final Audit audit;
  private final Agents agents;
  private final Invites invites;
  private final Tokens tokens;
  private final Revocations revocations;
  private final InstantSource time;
  private final RandomGenerator random;
  private final boolean isOpen;
  private final boolean hasChosenKeys;
  private final Pbkdf2 pbkdf2;
  private final FailedAttempts failures;
  private volatile Joining joining = (_, _, _) -> {};
  private final Kept<SqlAgents.Keyed> rightPairs = new Kept<>(KEPT_MAX);

  /// An open hub also lets in who brings a key of its own.
  public Admission(
      Database database,
      Audit audit,
      Agents agents,
      Invites invites,
      Tokens tokens,
      Revocations revocations,
      InstantSource time,
      RandomGenerator random,
      boolean isOpen) {
    this(database, audit, agents, invites, tokens, revocations, time, random, isOpen, new Pbkdf2());
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
      boolean isOpen,
      Pbkdf2 pbkdf2) {
    this.database = database;
    this.audit = audit;
    this.agents = agents;
    this.invites = invites;
    this.tokens = tokens;
    this.revocations = revocations;
    this.time = time;
    this.random = random;
    this.isOpen = isOpen;
    this.hasChosenKeys = isOpen || agents.hasChosenKeys();
    this.pbkdf2 = pbkdf2;
    this.failures = new FailedAttempts(time);
  }

  /// Tells this one, and no other, of agents that join.
  public void onJoin(Joining one) {
    joining = one;
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
    database.write(transaction -> {
      Invite invite = invites.use(transaction, nonce, Invite.LetsIn.AGENT);
      audit.record(transaction, joined(id, profile, invite.id()));
      long number = agents.create(transaction, id, hash, profile, now);
      more.joined(transaction, number, invite);
      // Last, for it is remembered: what can refuse comes before it.
      joining.joined(transaction, number, invite);
      return number;
    });
    return new Joined(id.value(), key, tokens.issue(id.value()));
  }

  /// A token for whoever has the agent's key. An unknown id and a wrong key are refused alike, in
  /// like time.
  ///
  /// @throws Refused when the key is not the agent's
  public Registration register(AgentId id, String key) {
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
    failures.begin(id.value());
    if (known.isEmpty() && isOpen && add(id, key)) {
      failures.succeeded(id.value());
      agents.keyed(id.value()).ifPresent(added -> rightPairs.put(pair, added));
      return new Registration.Added(tokens.issue(id.value()));
    }
    SqlAgents.Keyed now = agents.keyed(id.value()).orElse(null);
    if (!ApiKeyHash.isOfChosen(now == null ? null : now.key(), key, pbkdf2) || now == null) {
      throw unauthenticated();
    }
    failures.succeeded(id.value());
    rightPairs.put(pair, now);
    return renewed(now);
  }

  /// False where somebody else was first.
  private boolean add(AgentId id, String key) {
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
