package dev.meshkore.hub.identity;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.keys.Key;
import dev.meshkore.hub.keys.KeyType;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.Transaction;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The keys that agents hold and the hub does not: proved by a signature, replaced, revoked.
/// Thread-safe.
public final class AgentKeys {
  /// How long a challenge can be answered.
  static final Duration CHALLENGE = Duration.ofMinutes(5);

  private static final String CHALLENGE_HEAD = "meshkore-key/1";
  private static final int CHALLENGES_MAX = 8;
  private static final int KEPT_MAX = 100_000;
  private static final int NAME_MAX = 512;

  /// What is to be signed, and until when.
  ///
  /// @param text of which the UTF-8 bytes are signed
  public record Challenge(String text, Instant expiresAt) {}

  /// A key with what proves it.
  ///
  /// @param key the key
  /// @param challenge the text that was signed
  /// @param signature the key's over the challenge
  /// @param previous the signature of the key that it replaces over the same challenge, or null
  public record Binding(Key key, String challenge, byte[] signature, byte @Nullable [] previous) {}

  /// A new API key.
  ///
  /// @param apiKey it, which the hub cannot show again; never logged
  /// @param epoch of tokens from now on
  record NewApiKey(String apiKey, long epoch) {
    @Override
    public String toString() {
      return "An API key of epoch " + epoch;
    }
  }

  private final Database database;
  private final Audit audit;
  private final Revocations revocations;
  private final Supplier<String> hubUrl;
  private final InstantSource time;
  private final RandomGenerator random;
  private final Kept<SqlKeys.Row> signers = new Kept<>(KEPT_MAX);

  /// The keys in this database, of agents of the hub at this URL.
  public AgentKeys(
      Database database,
      Audit audit,
      Revocations revocations,
      Supplier<String> hubUrl,
      InstantSource time,
      RandomGenerator random) {
    this.database = database;
    this.audit = audit;
    this.revocations = revocations;
    this.hubUrl = hubUrl;
    this.time = time;
    this.random = random;
  }

  /// Something new for an agent to sign.
  public Challenge challenge(Caller.OfAgent caller) {
    String nonce = Secrets.text(random, 32);
    Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
    Instant expiresAt = now.plus(CHALLENGE);
    database.write(transaction -> {
      SqlKeys.insertChallenge(transaction, Sha256.of(nonce), caller.number(), expiresAt);
      SqlKeys.pruneChallenges(transaction, caller.number(), CHALLENGES_MAX, now);
      return nonce;
    });
    return new Challenge(challengeHead(caller) + nonce, expiresAt);
  }

  private String challengeHead(Caller.OfAgent caller) {
    return CHALLENGE_HEAD + "\n" + hubUrl.get() + "\n" + caller.id() + "\n";
  }

  /// Takes a challenge of the caller's that something else than a key's binding answers, once.
  ///
  /// @throws Refused when it is not open
  public void answered(Transaction transaction, Caller.OfAgent caller, String challenge)
      throws SQLException {
    String head = challengeHead(caller);
    boolean isOpen =
        challenge.startsWith(head)
            && SqlKeys.takeChallenge(
                transaction,
                Sha256.of(challenge.substring(head.length())),
                caller.number(),
                time.instant().truncatedTo(ChronoUnit.MILLIS));
    if (!isOpen) {
      throw closed();
    }
  }

  /// Binds a key to the caller, in the place of the one of its type that it had.
  ///
  /// @throws Refused when the signature is not the key's, the challenge is not open, the key is
  ///   another agent's, or the caller may not replace the one that is there
  public BoundKey bind(Caller.OfAgent caller, Binding binding) {
    byte[] signed = binding.challenge().getBytes(StandardCharsets.UTF_8);
    if (!binding.key().signed(signed, binding.signature())) {
      throw Refused.field("signature", "signature is not this key's over the challenge");
    }
    String head = challengeHead(caller);
    if (!binding.challenge().startsWith(head)) {
      throw closed();
    }
    byte[] nonceHash = Sha256.of(binding.challenge().substring(head.length()));
    Instant now = time.instant().truncatedTo(ChronoUnit.MILLIS);
    var bound = new BoundKey(binding.key(), now);
    Optional<Key> replaced =
        database.write(transaction -> {
          requireStillProved(transaction, caller);
          if (!SqlKeys.takeChallenge(transaction, nonceHash, caller.number(), now)) {
            throw closed();
          }
          List<Key> present = current(transaction, caller.number());
          Optional<Key> old =
              present.stream().filter(key -> key.type() == binding.key().type()).findFirst();
          requireRight(transaction, caller, binding, old.map(List::of).orElse(present), signed);
          if (old.isPresent()) {
            SqlKeys.revoke(transaction, caller.number(), old.get().hex(), now);
            audit.record(transaction, revoked(caller.id(), caller.id(), old.get().hex()));
          }
          if (!SqlKeys.insert(transaction, caller.number(), bound)) {
            throw taken();
          }
          refresh(transaction, caller.number());
          audit.record(transaction, bound(caller.id(), binding.key()));
          return old;
        });
    replaced.ifPresent(old -> revocations.revoked(old.hex()));
    return bound;
  }

  /// What proved the caller when its request came in may have been revoked since; whoever recovers
  /// an agent must not be outrun by what a thief has under way. Nothing is revoked before the end
  /// of the transaction.
  public void requireStillProved(Transaction transaction, Caller.OfAgent caller)
      throws SQLException {
    SqlAgents.lockVersions(transaction);
    Proof proof = caller.proof();
    boolean holds =
        switch (proof.way()) {
          case HUB -> true;
          case TOKEN, API_KEY -> SqlKeys.epochOf(transaction, caller.number()) == proof.epoch();
          case SIGNATURE, NOSTR, DID_WBA ->
              SqlKeys.current(transaction, caller.number()).stream()
                  .anyMatch(bound -> bound.key().hex().equals(proof.key()));
        };
    if (!holds) {
      throw new Refused(
          ProblemType.UNAUTHENTICATED, "What proved you was revoked while you were asking");
    }
  }

  private static List<Key> current(Transaction reader, long agent) throws SQLException {
    return SqlKeys.current(reader, agent).stream().map(BoundKey::key).toList();
  }

  /// Whoever only has a token, which may be a stolen one, cannot make a credential that stays with
  /// it: neither in the place of a key nor beside one. The very first key may come by a token.
  ///
  /// @param vouching keys of which one may have signed the challenge too
  private static void requireRight(
      Transaction transaction,
      Caller.OfAgent caller,
      Binding binding,
      List<Key> vouching,
      byte[] signed)
      throws SQLException {
    byte[] previous = binding.previous();
    if (previous != null && !vouching.isEmpty()) {
      if (vouching.stream().noneMatch(key -> key.signed(signed, previous))) {
        throw Refused.field(
            "previous_signature", "previous_signature is not a present key's over the challenge");
      }
    } else if (!caller.proof().isOfSecret() && SqlKeys.hadAny(transaction, caller.number())) {
      throw new Refused(
          ProblemType.NOT_ALLOWED,
          "You have, or had, a key: call with the API key or a signature, or give"
              + " previous_signature");
    }
  }

  /// An agent's keys of a type that are bound now.
  public List<Key> ofAgent(Transaction reader, long agent, KeyType type) throws SQLException {
    return current(reader, agent).stream().filter(key -> key.type() == type).toList();
  }

  /// Gives an agent that lost what proves it another API key. All that proved it before, its keys
  /// too, holds no longer.
  ///
  /// @param by who recovers it
  public String recover(long agent, String agentId, String by) {
    String key = ApiKeyHash.makeKey(random);
    revokeAll(agent, agentId, ApiKeyHash.ofMade(key), Leaf.of("credentials.changed", by, agentId));
    return key;
  }

  /// Binds the first key of an agent that has just been made, in the transaction that makes it.
  ///
  /// @param key it has signed the request by which the agent joins
  void bindFirst(Transaction transaction, long agent, String agentId, Key key) throws SQLException {
    var bound = new BoundKey(key, time.instant().truncatedTo(ChronoUnit.MILLIS));
    if (!SqlKeys.insert(transaction, agent, bound)) {
      throw taken();
    }
    refresh(transaction, agent);
    audit.record(transaction, bound(agentId, key));
  }

  private static Leaf bound(String agentId, Key key) {
    return Leaf.of("key.bound", agentId, agentId)
        .with("type", key.type().word())
        .with("public_key", key.hex());
  }

  private static Refused taken() {
    return new Refused(ProblemType.KEY_TAKEN, "This key is, or was, bound; make another one");
  }

  private static Leaf revoked(String by, String agentId, String key) {
    return Leaf.of("key.revoked", by, agentId).with("public_key", key);
  }

  /// An agent's keys that are bound now.
  public List<BoundKey> ofAgent(long agent) {
    return database.read(reader -> SqlKeys.current(reader, agent));
  }

  /// Revokes a key of the caller; what was proved by it holds no longer.
  ///
  /// @throws Refused when it has no such key
  public void revoke(Caller.OfAgent caller, String key) {
    Instant now = time.instant();
    boolean wasCurrent =
        database.write(transaction -> {
          requireStillProved(transaction, caller);
          boolean isRevoked = SqlKeys.revoke(transaction, caller.number(), key, now);
          if (isRevoked) {
            refresh(transaction, caller.number());
            audit.record(transaction, revoked(caller.id(), caller.id(), key));
          }
          return isRevoked;
        });
    if (!wasCurrent) {
      throw new Refused(ProblemType.UNKNOWN_KEY, "You have no such key");
    }
    revocations.revoked(key);
  }

  /// Changes the caller's API key; the one before and all tokens hold no longer.
  NewApiKey changeApiKey(Caller.OfAgent caller) {
    String key = ApiKeyHash.makeKey(random);
    long epoch =
        database.write(transaction -> {
          requireStillProved(transaction, caller);
          return raise(
              transaction,
              caller.number(),
              ApiKeyHash.ofMade(key),
              Leaf.of("credentials.changed", caller.id(), caller.id()));
        });
    revocations.raised(caller.number(), epoch);
    return new NewApiKey(key, epoch);
  }

  /// Revokes all by which an agent can prove that it calls: its keys, its API key, its tokens. Its
  /// name and its inbox stay.
  ///
  /// @param by who revokes it
  public void revokeAll(long agent, String agentId, String by) {
    Leaf leaf = Leaf.of("credentials.revoked", by, agentId);
    revokeAll(agent, agentId, ApiKeyHash.NONE, leaf);
  }

  private record Revoked(List<String> keys, long epoch) {}

  /// In one transaction, so that nothing is bound between the first key and the last.
  private void revokeAll(long agent, String agentId, ApiKeyHash instead, Leaf leaf) {
    Instant now = time.instant();
    Revoked revoked =
        database.write(transaction -> {
          SqlAgents.lockVersions(transaction);
          var keys = new ArrayList<String>();
          for (BoundKey bound : SqlKeys.current(transaction, agent)) {
            String key = bound.key().hex();
            SqlKeys.revoke(transaction, agent, key, now);
            audit.record(transaction, revoked(leaf.actor(), agentId, key));
            keys.add(key);
          }
          refresh(transaction, agent);
          return new Revoked(keys, raise(transaction, agent, instead, leaf));
        });
    revoked.keys().forEach(revocations::revoked);
    revocations.raised(agent, revoked.epoch());
  }

  private long raise(Transaction transaction, long agent, ApiKeyHash hash, Leaf leaf)
      throws SQLException {
    long raised = SqlAgents.changeKey(transaction, agent, hash);
    SqlKeys.note(transaction, agent, raised, "");
    audit.record(transaction, leaf);
    return raised;
  }

  /// The key that a signature names, with its agent: a `did:key`, the key in hexadecimal, its
  /// thumbprint, an agent's `did:wba` or id. Empty where no agent has it now.
  Optional<SqlKeys.Row> signer(KeyType type, String name) {
    if (name.length() > NAME_MAX) {
      return Optional.empty();
    }
    // What nobody has signed is kept already: as few names of a key as can be, so that strangers
    // fill nothing with others that lead to it.
    String kept = type.word() + " " + canonical(type, name);
    Optional<SqlKeys.Row> known = signers.get(kept);
    if (known.isPresent() && !revocations.isRevoked(known.get().bound().key().hex())) {
      return known;
    }
    Optional<SqlKeys.Row> found =
        read(type, name).filter(SqlKeys.Row::isCurrent).filter(row -> isOf(row, type));
    found.ifPresent(row -> signers.put(kept, row));
    return found;
  }

  /// The one form of all names that are read alike.
  private String canonical(KeyType type, String name) {
    Optional<Key> key = type == KeyType.ED25519 ? Key.ofEd25519Name(name) : Optional.empty();
    return key.map(Key::hex)
        .or(() -> DidWba.read(hubUrl.get(), name).map(did -> did.name(hubUrl.get())))
        .orElse(name);
  }

  /// The agent that holds a key now, as if it called with a signature of it.
  public Optional<Caller.OfAgent> holder(KeyType type, String hex) {
    return signer(type, hex)
        .map(row -> new Caller.OfAgent(row.agent(), row.agentId(), Proof.ofSignature(hex)));
  }

  int signersKept() {
    return signers.size();
  }

  private Optional<SqlKeys.Row> read(KeyType type, String name) {
    Optional<String> hex =
        type == KeyType.ED25519 ? Key.ofEd25519Name(name).map(Key::hex) : Optional.of(name);
    if (hex.isPresent()) {
      return database.read(reader -> SqlKeys.find(reader, hex.get()));
    }
    Optional<DidWba> did = DidWba.read(hubUrl.get(), name);
    String agentId = did.map(DidWba::agentId).orElse(name);
    if (AgentId.isValid(agentId)) {
      Optional<SqlKeys.Row> found = database.read(reader -> SqlKeys.current(reader, agentId, type));
      if (found.isPresent()) {
        return found.filter(row -> did.isEmpty() || did.get().fits(row.bound().key()));
      }
    }
    return did.isEmpty()
        ? database.read(reader -> SqlKeys.byThumbprint(reader, name))
        : Optional.empty();
  }

  private static boolean isOf(SqlKeys.Row row, KeyType type) {
    return row.bound().key().type() == type;
  }

  private static void refresh(Transaction transaction, long agent) throws SQLException {
    SqlAgents.setKeys(transaction, agent, BoundKey.text(SqlKeys.current(transaction, agent)));
  }

  private static Refused closed() {
    return new Refused(
        ProblemType.CHALLENGE_CLOSED,
        "The challenge is not an open one of yours; POST /keys/challenge makes another");
  }
}
