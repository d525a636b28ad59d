package dev.meshkore.hub.owner;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.guard.Budget;
import dev.meshkore.hub.guard.Budgets;
import dev.meshkore.hub.identity.AgentKeys;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.identity.Caller;
import dev.meshkore.hub.identity.SigningKeys;
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
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// What owners allow their agents, and agents hand on. A mandate that was handed on is never wider
/// than its parent in any respect, and every use of it counts against all before it. Thread-safe.
final class Mandates {
  /// The unit of message budgets.
  static final String MESSAGES = "messages";

  static final Duration LIFETIME_MAX = Duration.ofDays(366);

  private static final int LIVE_MAX = 100;
  private static final int CHILDREN_MAX = 100;
  private static final int JTI_BYTES = 16;

  private final Database database;
  private final Audit audit;
  private final Agents agents;
  private final Owners owners;
  private final AgentKeys agentKeys;
  private final SigningKeys signingKeys;
  private final Budgets budgets;
  private final Supplier<String> hubUrl;
  private final InstantSource time;
  private final RandomGenerator random;

  Mandates(OwnerParts parts, Owners owners) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.agents = parts.agents();
    this.owners = owners;
    this.agentKeys = parts.agentKeys();
    this.signingKeys = parts.signingKeys();
    this.budgets = parts.budgets();
    this.hubUrl = parts.hubUrl();
    this.time = parts.time();
    this.random = parts.random();
  }

  /// Gives an agent of the owner a mandate that the hub signs for the owner.
  Mandate give(Caller.OfOwner owner, String agentId, Grants grants, Duration expiresIn) {
    long agent = owners.held(owner.number(), agentId);
    Instant now = now();
    Instant expiresAt = now.plus(expiresIn).truncatedTo(ChronoUnit.SECONDS);
    String hub = hubUrl.get();
    byte[] claims =
        MandateToken.claims(
            hub, agentId, hub, now, expiresAt, Secrets.text(random, JTI_BYTES), grants);
    String token = signingKeys.sign(MandateToken.TYPE, claims, hub + "/.well-known/jwks.json");
    var mandate =
        new Mandate(
            MandateToken.id(token),
            owner.number(),
            agent,
            Optional.empty(),
            0,
            Mandate.Form.HUB,
            grants,
            token,
            now,
            now,
            expiresAt,
            Optional.empty());
    database.write(transaction -> {
      if (SqlOwners.ownerOf(transaction, agent).orElse(-1) != owner.number()) {
        throw new Refused(ProblemType.UNKNOWN_AGENT, "No agent of yours has this agent_id");
      }
      add(transaction, mandate, now);
      return mandate;
    });
    return mandate;
  }

  /// Takes a mandate that the owner signed by its own key.
  Mandate take(Caller.OfOwner owner, String text) {
    MandateToken token = MandateToken.read(text);
    if (token.parent().isPresent() || !token.issuer().equals(owner.id())) {
      throw MandateToken.invalid("Its iss must be your owner_id, and it has no prf");
    }
    Instant now = now();
    return database.write(transaction -> root(transaction, token, now));
  }

  /// Takes a mandate that was handed on, from the agent that it is for.
  Mandate present(Caller.OfAgent agent, String text) {
    MandateToken token = MandateToken.read(text);
    if (!token.subject().equals(agent.id())) {
      throw MandateToken.invalid("It is for another agent");
    }
    Instant now = now();
    List<MandateToken> chain = token.chain();
    return database.write(transaction -> {
      Mandate parent = root(transaction, chain.getFirst(), now);
      for (MandateToken child : chain.subList(1, chain.size())) {
        parent = child(transaction, parent, child, now);
      }
      return parent;
    });
  }

  /// The first mandate of a chain: the hub knows it, or an owner has signed it.
  private Mandate root(Transaction transaction, MandateToken token, Instant now)
      throws SQLException {
    Optional<Mandate> known = SqlMandates.find(transaction, token.id());
    if (known.isPresent()) {
      return live(transaction, known.get(), now);
    }
    Owner owner =
        SqlOwners.find(transaction, token.issuer())
            .orElseThrow(() -> MandateToken.invalid("Nobody whom the hub knows has signed it"));
    if (!owner.ed25519().map(token::isSignedBy).orElse(false)) {
      throw MandateToken.invalid("Nobody whom the hub knows has signed it");
    }
    long subject = subject(transaction, token, owner.number());
    var mandate = mandate(token, owner.number(), subject, Optional.empty(), now);
    check(token, now);
    add(transaction, mandate, now);
    return mandate;
  }

  private Mandate child(Transaction transaction, Mandate parent, MandateToken token, Instant now)
      throws SQLException {
    Optional<Mandate> known = SqlMandates.find(transaction, token.id());
    if (known.isPresent()) {
      return live(transaction, known.get(), now);
    }
    check(token, now);
    boolean isSigned = false;
    for (Key key : agentKeys.ofAgent(transaction, parent.subject(), KeyType.ED25519)) {
      isSigned |= token.isSignedBy(key);
    }
    if (!isSigned || !token.issuer().equals(agents.idOf(parent.subject()))) {
      throw MandateToken.invalid("It must be signed by the agent that hands it on");
    }
    long subject = subject(transaction, token, parent.owner());
    Optional<String> wider = token.grants().widerThan(parent.grants());
    if (wider.isEmpty() && token.expiresAt().isAfter(parent.expiresAt())) {
      wider = Optional.of("exp");
    }
    if (wider.isEmpty() && isInChain(transaction, parent, subject)) {
      wider = Optional.of("sub");
    }
    if (wider.isPresent()) {
      throw refused(wider.get(), "It is wider than " + parent.id() + " in " + wider.get());
    }
    if (SqlMandates.liveChildCount(transaction, parent.id(), now) >= CHILDREN_MAX) {
      throw refused("prf", parent.id() + " was handed on " + CHILDREN_MAX + " times already");
    }
    Mandate mandate = mandate(token, parent.owner(), subject, Optional.of(parent), now);
    add(transaction, mandate, now);
    return mandate;
  }

  private static Mandate mandate(
      MandateToken token, long owner, long subject, Optional<Mandate> parent, Instant now) {
    return new Mandate(
        token.id(),
        owner,
        subject,
        parent.map(Mandate::id),
        parent.map(one -> one.depth() + 1).orElse(0),
        parent.isPresent() ? Mandate.Form.AGENT : Mandate.Form.OWNER,
        token.grants(),
        token.text(),
        now,
        token.notBefore(),
        token.expiresAt(),
        Optional.empty());
  }

  /// Only an agent of the same owner can be given a part of a mandate: no owner can widen, through
  /// its agent, what another owner has narrowed.
  private long subject(Transaction transaction, MandateToken token, long owner)
      throws SQLException {
    long subject =
        agents
            .numberOf(token.subject())
            .orElseThrow(() -> refused("sub", "The owner does not hold the agent it is for"));
    if (SqlOwners.ownerOf(transaction, subject).orElse(-1) != owner) {
      throw refused("sub", "The owner does not hold the agent it is for");
    }
    return subject;
  }

  private void check(MandateToken token, Instant now) {
    if (!token.audience().equals(hubUrl.get())) {
      throw MandateToken.invalid("Its aud must be " + hubUrl.get());
    }
    if (!now.isBefore(token.expiresAt())
        || token.expiresAt().isAfter(now.plus(LIFETIME_MAX))
        || token.notBefore().isAfter(now.plusSeconds(60))) {
      throw MandateToken.invalid(
          "It must hold now, and end within " + LIFETIME_MAX.toDays() + " days");
    }
  }

  /// Adds a mandate with its budgets.
  void add(Transaction transaction, Mandate mandate, Instant now) throws SQLException {
    if (SqlMandates.liveCount(transaction, mandate.subject(), now) >= LIVE_MAX) {
      throw refused("sub", "The agent has " + LIVE_MAX + " mandates already");
    }
    if (!SqlMandates.insert(transaction, mandate)) {
      return;
    }
    audit.record(
        transaction,
        Leaf.of("mandate.given", giver(transaction, mandate), agents.idOf(mandate.subject()))
            .with("mandate_id", mandate.id())
            .with("expires_at", mandate.expiresAt().toString())
            .about(mandate.token().getBytes(StandardCharsets.UTF_8)));
    MessageLimits limits = mandate.grants().messages();
    OptionalLong lifetime = limits.lifetime();
    if (lifetime.isPresent()) {
      budgets.set(
          transaction, mandate.scope(), MESSAGES, Budget.Window.ENDLESS, lifetime.getAsLong());
    }
    for (MessageLimits.Window window : limits.windows()) {
      var rolling = Budget.Window.rolling(Duration.ofSeconds(window.seconds()));
      budgets.set(transaction, mandate.scope(), MESSAGES, rolling, window.count());
    }
    for (SpendLimit limit : mandate.grants().spend().values()) {
      budgets.ensure(transaction, mandate.scope(), limit.asset(), SpendRule.caps(limit));
    }
  }

  /// Who gave a mandate: the agent that handed it on, or the owner.
  private String giver(Transaction transaction, Mandate mandate) throws SQLException {
    Optional<String> parent = mandate.parent();
    Optional<Mandate> before =
        parent.isPresent() ? SqlMandates.find(transaction, parent.get()) : Optional.empty();
    return before.isPresent()
        ? agents.idOf(before.get().subject())
        : owners.idOf(transaction, mandate.owner());
  }

  /// A mandate that is known, if it holds now.
  Mandate live(Transaction transaction, Mandate mandate, Instant now) throws SQLException {
    if (chain(transaction, mandate, now).isEmpty()) {
      throw MandateToken.invalid(mandate.id() + " was revoked or has expired");
    }
    return mandate;
  }

  private static boolean isInChain(Transaction transaction, Mandate from, long subject)
      throws SQLException {
    Optional<Mandate> one = Optional.of(from);
    while (one.isPresent()) {
      if (one.get().subject() == subject) {
        return true;
      }
      Optional<String> parent = one.get().parent();
      one = parent.isPresent() ? SqlMandates.find(transaction, parent.get()) : Optional.empty();
    }
    return false;
  }

  /// A mandate and all before it, or nothing where one of them does not hold, or the owner does not
  /// hold its agent, now.
  static List<Mandate> chain(Transaction transaction, Mandate mandate, Instant now)
      throws SQLException {
    OptionalLong owner = SqlOwners.ownerOf(transaction, mandate.subject());
    return chain(transaction, mandate, owner, now);
  }

  /// The same where it is known who owns the agent that holds the mandate.
  static List<Mandate> chain(
      Transaction transaction, Mandate mandate, OptionalLong ownerOfSubject, Instant now)
      throws SQLException {
    var chain = new ArrayList<Mandate>();
    Optional<Mandate> one = Optional.of(mandate);
    OptionalLong owner = ownerOfSubject;
    while (one.isPresent()) {
      Mandate link = one.get();
      if (!link.isLive(now) || owner.orElse(-1) != link.owner()) {
        return List.of();
      }
      chain.add(link);
      Optional<String> parent = link.parent();
      if (parent.isEmpty()) {
        return chain;
      }
      one = SqlMandates.find(transaction, parent.get());
      if (one.isPresent()) {
        owner = SqlOwners.ownerOf(transaction, one.get().subject());
      }
    }
    return List.of();
  }

  /// What is left of every limit of a mandate, and of those before it.
  List<Remaining> remaining(Mandate mandate) {
    return database.read(reader -> {
      var found = new ArrayList<Remaining>();
      Optional<Mandate> one = Optional.of(mandate);
      while (one.isPresent()) {
        found.addAll(Remaining.of(reader, budgets, one.get()));
        Optional<String> parent = one.get().parent();
        one = parent.isPresent() ? SqlMandates.find(reader, parent.get()) : Optional.empty();
      }
      return found;
    });
  }

  /// Whether each of some mandates holds, in their order.
  List<Standing> standings(List<Mandate> mandates) {
    return database.read(reader -> Standing.of(reader, mandates, now()));
  }

  List<SqlMandates.Numbered> page(Caller caller, long before, int limit) {
    return database.read(reader ->
        switch (caller) {
          case Caller.OfOwner owner -> SqlMandates.ofOwner(reader, owner.number(), before, limit);
          case Caller.OfAgent agent -> SqlMandates.ofSubject(reader, agent.number(), before, limit);
          case Caller.Admin _ -> List.of();
        });
  }

  /// A mandate that the caller may see: its owner, its agent, and who handed it on.
  Mandate find(Caller caller, String id) {
    return database.read(reader -> {
      Mandate mandate = SqlMandates.find(reader, id).orElseThrow(Mandates::unknown);
      boolean isShown =
          switch (caller) {
            case Caller.OfOwner owner -> owner.number() == mandate.owner();
            case Caller.OfAgent agent -> isInChain(reader, mandate, agent.number());
            case Caller.Admin _ -> false;
          };
      if (!isShown) {
        throw unknown();
      }
      return mandate;
    });
  }

  /// Makes a mandate, and all that was made of it, void at once. Its owner may, and an agent that
  /// handed it on.
  void revoke(Caller caller, String id) {
    Mandate mandate = find(caller, id);
    if (caller instanceof Caller.OfAgent agent && agent.number() == mandate.subject()) {
      throw new Refused(
          ProblemType.NOT_ALLOWED, "A mandate is revoked by whoever gave it, or by the owner");
    }
    Instant now = now();
    String by =
        switch (caller) {
          case Caller.OfAgent agent -> agent.id();
          case Caller.OfOwner owner -> owner.id();
          case Caller.Admin _ -> "admin";
        };
    database.write(transaction -> {
      audit.record(
          transaction,
          Leaf.of("mandate.revoked", by, agents.idOf(mandate.subject())).with("mandate_id", id));
      return SqlMandates.revoke(transaction, id, now);
    });
  }

  Instant now() {
    return time.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static Refused refused(String field, String detail) {
    return new Refused(ProblemType.DELEGATION_REFUSED, detail, Map.of("field", field));
  }

  private static Refused unknown() {
    return new Refused(ProblemType.UNKNOWN_MANDATE, "There is no such mandate of yours");
  }
}
