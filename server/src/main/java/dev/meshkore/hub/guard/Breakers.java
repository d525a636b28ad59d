package dev.meshkore.hub.guard;

import dev.meshkore.hub.audit.Audit;
import dev.meshkore.hub.audit.Leaf;
import dev.meshkore.hub.http.Json;
import dev.meshkore.hub.http.Rfc3339;
import dev.meshkore.hub.identity.Agents;
import dev.meshkore.hub.problem.ProblemType;
import dev.meshkore.hub.problem.Refused;
import dev.meshkore.hub.store.Database;
import dev.meshkore.hub.store.StoreFailure;
import dev.meshkore.hub.store.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import tools.jackson.databind.node.ObjectNode;

/// Circuit breakers. What looks like agents gone wrong opens the breaker of an agent, a pair, a
/// channel, an owner's agents or the hub: nothing of it is taken for a minute, twice as long each
/// time it happens again. Then a few messages are let through; if they come at once it opens again,
/// else it closes. Of a crowd, an owner's agents or all, the ordinary traffic is more than a few,
/// and any one of it could keep it shut for the others: after the pause it is counted anew. A trip
/// is stored and told. Thread-safe.
final class Breakers implements SendRule {
  private static final Logger LOG = System.getLogger(Breakers.class.getName());
  private static final long OPEN_MS = Duration.ofMinutes(1).toMillis();
  private static final long OPEN_MS_MAX = Duration.ofHours(1).toMillis();
  private static final long HALF_OPEN_MS = Duration.ofMinutes(1).toMillis();
  private static final long HASTE_MS = Duration.ofSeconds(10).toMillis();
  private static final long ALLOWED_MS = Duration.ofMinutes(10).toMillis();
  private static final int PROBES = 5;

  /// A breaker that has tripped.
  ///
  /// @param trips how often in a row
  record Tripped(String scope, String reason, long trips, long trippedAtMs, long openUntilMs) {
    boolean isOpen(long now) {
      return now < openUntilMs;
    }

    boolean isClosed(long now) {
      return now >= openUntilMs + HALF_OPEN_MS;
    }

    String state(long now) {
      return isOpen(now) ? "open" : isClosed(now) ? "closed" : "half-open";
    }
  }

  private record Held(Tripped tripped, AtomicInteger probes) {}

  private final Database database;
  private final Audit audit;
  private final Patterns patterns;
  private final Notices notices;
  private final Agents agents;
  private final Supplier<Persons> persons;
  private final Executor executor;
  private final InstantSource clock;
  private final Map<String, Held> held = new ConcurrentHashMap<>();

  Breakers(
      Guard.Parts parts,
      GuardSettings settings,
      Supplier<Persons> persons,
      Executor executor,
      InstantSource clock) {
    this.database = parts.database();
    this.audit = parts.audit();
    this.patterns = new Patterns(settings.resolved());
    this.notices = parts.notices();
    this.agents = parts.agents();
    this.persons = persons;
    this.executor = executor;
    this.clock = clock;
    refresh();
  }

  /// Reads what other hubs tripped and reset.
  void refresh() {
    List<Tripped> stored = database.read(SqlBreakers::all);
    Set<String> scopes = new HashSet<>();
    for (Tripped one : stored) {
      scopes.add(one.scope());
      held.merge(
          one.scope(),
          new Held(one, new AtomicInteger()),
          (known, fresh) -> known.tripped().openUntilMs() >= one.openUntilMs() ? known : fresh);
    }
    if (database.dialect().isShared()) {
      long settled = clock.millis() - HASTE_MS;
      held.values()
          .removeIf(one ->
              !scopes.contains(one.tripped().scope()) && one.tripped().trippedAtMs() < settled);
    }
  }

  /// Forgets those that have closed by time.
  void sweep() {
    long now = clock.millis();
    for (Held one : List.copyOf(held.values())) {
      if (one.tripped().isClosed(now) && held.remove(one.tripped().scope(), one)) {
        database.write(transaction -> SqlBreakers.delete(transaction, one.tripped()));
      }
    }
  }

  List<Tripped> all() {
    long now = clock.millis();
    return held.values().stream().map(Held::tripped).filter(one -> !one.isClosed(now)).toList();
  }

  /// Closes a breaker at once. An agent that spent as it never did may do so for a while: whoever
  /// closes it has seen what it was.
  ///
  /// @param by who orders it
  /// @return false where it was not open
  boolean reset(String scope, String by) {
    Held was = held.remove(scope);
    if (was == null && !Scopes.isSpending(scope)) {
      return false;
    }
    return database.write(transaction -> {
      if (Scopes.isSpending(scope)) {
        SqlBreakers.allow(transaction, scope, clock.millis() + ALLOWED_MS);
      }
      if (was != null) {
        // It is not there where it was not stored yet.
        SqlBreakers.delete(transaction, was.tripped());
      }
      audit.record(transaction, Leaf.of("breaker.reset", by, scope));
      return was != null;
    });
  }

  /// Refuses to let an agent spend while the breaker of its spending is open.
  void checkSpending(String scope, long payer, long now) {
    if (!held.isEmpty()) {
      checkHeld(scope, payer, now);
    }
  }

  @Override
  public boolean concerns(long sender, long recipient, long channel) {
    return patterns.isOn() || !held.isEmpty();
  }

  @Override
  public void check(Transaction transaction, Letter letter, Relations relations)
      throws SQLException {
    long now = letter.sentAtMs();
    Optional<String> owner = persons.get().lastOwnerOf(letter.sender());
    if (!held.isEmpty()) {
      // Its own first, so that whoever is shut out by itself counts for nobody else.
      checkHeld(Scopes.agent(letter.senderId()), letter.sender(), now);
      checkHeld(Scopes.place(letter), letter.sender(), now);
      for (String crowd : crowds(owner)) {
        checkHeld(crowd, letter.sender(), now);
      }
    }
    if (patterns.isOn()) {
      Optional<Patterns.Finding> found = patterns.seen(transaction, letter, relations, owner);
      if (found.isPresent()) {
        throw refusal(found.get(), letter.sender(), now);
      }
    }
  }

  /// To have a message refused in which something was found.
  Refused refusal(Patterns.Finding finding, long sender, long now) {
    return refusal(tripOnce(finding, sender, now), now);
  }

  /// Those with whom an owner's agent is counted.
  private static List<String> crowds(Optional<String> owner) {
    return owner.map(of -> List.of(of, Scopes.HUB)).orElse(List.of(Scopes.HUB));
  }

  /// What is found while its breaker is open was told before.
  private Tripped tripOnce(Patterns.Finding finding, long sender, long now) {
    Held before = held.get(finding.scope());
    return before != null && before.tripped().isOpen(now)
        ? before.tripped()
        : trip(finding, sender, now);
  }

  @Override
  public void refused(long sender, String senderId, ProblemType type, long atMs) {
    boolean isOwnFault =
        switch (type) {
          case CIRCUIT_OPEN, STOPPED, APPROVAL_REQUIRED, TASK_ENDED -> false;
          default -> true;
        };
    if (patterns.isOn() && isOwnFault) {
      List<String> counted =
          crowds(persons.get().lastOwnerOf(sender)).stream()
              .filter(crowd -> !isOpen(crowd, atMs))
              .toList();
      patterns
          .refused(sender, senderId, atMs, counted)
          .ifPresent(finding -> trip(finding, sender, atMs));
    }
  }

  /// While nothing of a crowd is taken, the share of what is refused says nothing.
  private boolean isOpen(String scope, long now) {
    Held one = held.get(scope);
    return one != null && one.tripped().isOpen(now);
  }

  private void checkHeld(String scope, long sender, long now) {
    Held one = held.get(scope);
    if (one == null || one.tripped().isClosed(now)) {
      return;
    }
    Tripped tripped = one.tripped();
    if (tripped.isOpen(now)) {
      throw refusal(tripped, now);
    }
    if (!Scopes.isCrowd(scope) && one.probes().incrementAndGet() > PROBES) {
      boolean isHasty = now < tripped.openUntilMs() + HASTE_MS;
      String detail = "It went on right after the pause";
      throw refusal(
          isHasty
              ? trip(new Patterns.Finding(scope, tripped.reason(), detail), sender, now)
              : tripped,
          now);
    }
  }

  /// Opens a breaker at once in memory; that is stored and told soon after.
  private Tripped trip(Patterns.Finding finding, long sender, long now) {
    Held before = held.get(finding.scope());
    long trips =
        before == null || before.tripped().isClosed(now) ? 1 : before.tripped().trips() + 1;
    long openMs = Math.min(OPEN_MS_MAX, OPEN_MS << Math.min(trips - 1, 10));
    var tripped = new Tripped(finding.scope(), finding.reason(), trips, now, now + openMs);
    held.put(finding.scope(), new Held(tripped, new AtomicInteger()));
    executor.execute(() -> storeAndTell(tripped, finding.detail(), sender));
    return tripped;
  }

  private void storeAndTell(Tripped tripped, String detail, long sender) {
    LOG.log(Level.WARNING, "A circuit breaker tripped: {0}, {1}", tripped.scope(), detail);
    ObjectNode notice = notice(tripped, detail);
    try {
      Leaf leaf =
          Leaf.of("breaker.tripped", Agents.HUB_ID, tripped.scope())
              .with("reason", tripped.reason());
      database.write(transaction -> {
        audit.record(transaction, leaf);
        for (String owner : owners(tripped.scope(), sender)) {
          persons.get().tell(transaction, owner, notice);
        }
        // Whoever has reset it in the meantime has seen it.
        return isHeld(tripped) && SqlBreakers.put(transaction, tripped);
      });
    } catch (StoreFailure failure) {
      LOG.log(Level.WARNING, "A trip could not be stored; it holds in memory", failure);
    }
    Scopes.agentsIn(tripped.scope()).forEach(agent -> notices.tell(agent, notice));
  }

  private boolean isHeld(Tripped tripped) {
    Held now = held.get(tripped.scope());
    return now != null && now.tripped().equals(tripped);
  }

  /// The owners whose agents a scope is about, and the owner of whoever tripped it; in order, so
  /// that of two that tell several none waits for the other.
  private Set<String> owners(String scope, long sender) {
    Set<String> owners = new TreeSet<>();
    if (scope.startsWith(Scopes.OWNER)) {
      owners.add(scope);
    }
    persons.get().lastOwnerOf(sender).ifPresent(owners::add);
    for (String agent : Scopes.agentsIn(scope)) {
      OptionalLong number = agents.numberOf(agent);
      if (number.isPresent()) {
        persons.get().lastOwnerOf(number.getAsLong()).ifPresent(owners::add);
      }
    }
    return owners;
  }

  private static ObjectNode notice(Tripped tripped, String detail) {
    ObjectNode notice = Json.object().put("notice", "circuit-open");
    notice.put("scope", tripped.scope()).put("reason", tripped.reason()).put("detail", detail);
    notice.put("open_until", Rfc3339.text(tripped.openUntilMs()));
    String then =
        Scopes.isCrowd(tripped.scope())
            ? "all is counted anew; if it is too much again within a minute"
            : Scopes.isSpending(tripped.scope())
                ? "a few payments are let through that are like those before; if it goes on"
                : "a few messages are let through; if it goes on at once";
    notice.put(
        "what_to_do",
        "Look for a loop or a fault before you go on. After the pause "
            + then
            + ", the next pause is twice as long."
            + (Scopes.isSpending(tripped.scope())
                ? " The owner, or the operator, lets more through by DELETE /breakers/"
                    + tripped.scope()
                : ""));
    return notice;
  }

  private static Refused refusal(Tripped tripped, long now) {
    long until = tripped.isOpen(now) ? tripped.openUntilMs() : tripped.openUntilMs() + HALF_OPEN_MS;
    return new Refused(
        ProblemType.CIRCUIT_OPEN,
        "The breaker of " + tripped.scope() + " is " + tripped.state(now) + ": " + tripped.reason(),
        Map.of(
            "scope",
            tripped.scope(),
            "reason",
            tripped.reason(),
            "retry_after",
            Math.max(1, Math.ceilDiv(until - now, 1_000))));
  }
}
